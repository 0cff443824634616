import { formatMoney } from '../src/money.ts'
import { dictionary, formatDate } from '../src/ui/i18n.ts'
import {
  Action,
  type Email,
  Facts,
  factLines,
  Layout,
  paragraphs,
  quoted,
  styles,
  subjectLine,
  toHtml,
} from './layout.tsx'
import type { OwnerPaymentProps } from './owner-payment.tsx'
import { paymentFacts } from './payment-facts.ts'

const words = dictionary({
  'zh-CN': {
    subject: (amount: string) => `🍬 你的第一笔：${amount}`,
    heading: '你有第一位付费用户了',
    milestone: (amount: string, date: string) => `第一笔 ${amount} · ${date}`,
    lesson:
      '也许只够买颗糖。可是有一个人，本来可以不付，却付了。从“会有人付钱吗”到“有人付过”，最难的一步你已经走完了。',
    next: '今天就给这个人写一句谢谢，问问是哪一点帮到了他。第二位付费用户，多半就藏在那个回答里。',
    message: '对你说：',
    action: '看看第一笔收入',
    footer: '这样的信只有一封。祝贺你。',
  },
  en: {
    subject: (amount) => `🍬 Your first payment: ${amount}`,
    heading: 'You have your first paying user',
    milestone: (amount, date) => `First payment ${amount} · ${date}`,
    lesson:
      'It may only buy a candy. But somebody who did not have to pay, paid. “Would anyone?” is now “someone did”, and that was the hardest step.',
    next: 'Write to them today. Say thank you, and ask what helped. Your second paying user is probably in the answer.',
    message: 'They say:',
    action: 'See your first revenue',
    footer: 'There is only ever one mail like this. Congratulations.',
  },
})

/** The owner's first payment ever. */
export function firstPayment(props: OwnerPaymentProps): Email {
  const { locale, shopName, amount, message, paidAt, timeZone, dashboardUrl } = props
  const t = words[locale]
  const paid = formatMoney(amount, locale)
  const milestone = t.milestone(paid, formatDate(new Date(paidAt), locale, timeZone, 'date'))
  const facts = paymentFacts(props)
  return {
    subject: subjectLine(t.subject(paid)),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={t.heading} footer={t.footer}>
        <p aria-hidden="true" style={styles.candy}>
          🍬
        </p>
        <h1 style={styles.heading}>{t.heading}</h1>
        <p class="gold" style={styles.milestone}>
          {milestone}
        </p>
        <p style={styles.text}>{t.lesson}</p>
        <p style={styles.text}>{t.next}</p>
        {message && <blockquote style={styles.quote}>{message}</blockquote>}
        <Facts facts={facts} />
        <Action href={dashboardUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(
      `🍬 ${t.heading}`,
      milestone,
      t.lesson,
      t.next,
      message && `${t.message}\n${quoted(message)}`,
      factLines(facts, locale),
      `${t.action}\n${dashboardUrl}`,
      t.footer,
    ),
  }
}
