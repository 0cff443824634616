import { formatMoney, type Money } from '../src/money.ts'
import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface ClaimRefusedProps {
  amount: Money
  description: string
  code: string
  claimUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    heading: (amount: string) => `没有找到你的 ${amount}`,
    text: (what: string, code: string) => `你说为「${what}」付了款，备注是 ${code}，但店主没有看到这笔钱。`,
    help: '如果你确实付了，直接回复这封邮件，附上付款截图，我们一起找到它。如果没有付，不用管它，什么都没有扣。',
    action: '看看这一笔',
    footer: '店主亲自核对每一笔。',
  },
  en: {
    heading: (amount) => `We could not find your ${amount}`,
    text: (what, code) => `You said that you paid for “${what}” with the note ${code}, but no such transfer arrived.`,
    help: 'If you did pay, just answer this mail with a picture of the transfer, and we will find it together. If you did not, there is nothing to do.',
    action: 'See it',
    footer: 'The owner checks each one by hand.',
  },
})

/** Tells a customer that the owner found no payment of theirs. */
export function claimRefused(props: ClaimRefusedProps): Email {
  const { amount, description, code, claimUrl, locale, shopName } = props
  const t = words[locale]
  const heading = t.heading(formatMoney(amount, locale))
  const text = t.text(description, code)
  return {
    subject: subjectLine(heading),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={text} footer={t.footer}>
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.text}>{text}</p>
        <p style={styles.text}>{t.help}</p>
        <Action href={claimUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(heading, text, t.help, `${t.action}\n${claimUrl}`, t.footer),
  }
}
