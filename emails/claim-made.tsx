import { formatMoney, type Money } from '../src/money.ts'
import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface ClaimMadeProps {
  amount: Money
  description: string
  /** What stands in the note of the transfer. */
  code: string
  name?: string | undefined
  /** Gone once its owner deletes their account. */
  email?: string | undefined
  dashboardUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    heading: (amount: string, code: string) => `有人说付了 ${amount}，备注 ${code}`,
    for: (what: string) => `为了：${what}`,
    from: (who: string) => `来自：${who}`,
    text: '请在微信、支付宝里看看这笔钱到了没有，再点「到账了」。在那之前，什么都没有开通，也没有算进收入。',
    action: '去核对',
    footer: '这是对方自己填的，还没有核实。',
  },
  en: {
    heading: (amount, code) => `Somebody says they paid ${amount}, with the note ${code}`,
    for: (what) => `For: ${what}`,
    from: (who) => `From: ${who}`,
    text: 'Look in your wallet whether it arrived, then say so. Until then nothing is opened, and it does not count as revenue.',
    action: 'Check it',
    footer: 'This is what they say. Nobody has verified it yet.',
  },
})

/** Tells the owner that somebody says they have paid by a payment code. */
export function claimMade(props: ClaimMadeProps): Email {
  const { amount, description, code, name, email, dashboardUrl, locale, shopName } = props
  const t = words[locale]
  const heading = t.heading(formatMoney(amount, locale), code)
  const lines = [t.for(description), t.from([name, email].filter(Boolean).join(' · '))]
  return {
    subject: subjectLine(heading),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={lines.join(' · ')} footer={t.footer}>
        <h1 style={styles.heading}>{heading}</h1>
        {lines.map((line) => (
          <p style={styles.text}>{line}</p>
        ))}
        <p style={styles.text}>{t.text}</p>
        <Action href={dashboardUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(heading, lines.join('\n'), t.text, `${t.action}\n${dashboardUrl}`, t.footer),
  }
}
