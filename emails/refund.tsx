import { formatMoney, type Money } from '../src/money.ts'
import { dictionary, formatDate, type Locale } from '../src/ui/i18n.ts'
import { type Email, Facts, factLines, known, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface RefundProps {
  locale: Locale
  shopName: string
  /** What goes back. */
  amount: Money
  /** What had been paid. */
  paid: Money
  description: string
  /** ISO 8601: when it was paid. */
  paidAt: string
  timeZone: string
  paymentId: string
}

const words = dictionary({
  'zh-CN': {
    subject: (amount: string, shop: string) => `退款 ${amount} · ${shop}`,
    heading: '钱退回去了',
    text: '会原路退回：钱包一般几分钟，银行卡要五到十个工作日。到时没看到，直接回复这封邮件。',
    for: '项目',
    refunded: '退款',
    paid: '当时付了',
    at: '付款时间',
    id: '编号',
    footer: '谢谢你来过。',
  },
  en: {
    subject: (amount, shop) => `Your refund of ${amount} from ${shop}`,
    heading: 'Your money is on its way back',
    text: 'It goes back the way it came: minutes to a wallet, five to ten working days to a card. If it is not there by then, just reply.',
    for: 'For',
    refunded: 'Refunded',
    paid: 'You had paid',
    at: 'Paid on',
    id: 'Reference',
    footer: 'Thank you for having been here.',
  },
})

/** Tells a customer that money goes back to them. */
export function refund(props: RefundProps): Email {
  const { locale, shopName, amount, paid, description, paidAt, timeZone, paymentId } = props
  const t = words[locale]
  const back = formatMoney(amount, locale)
  const facts = known([
    [t.for, description],
    [t.refunded, `${back} ${amount.currency.toUpperCase()}`],
    [t.paid, formatMoney(paid, locale)],
    [t.at, formatDate(new Date(paidAt), locale, timeZone, 'dateTime')],
    [t.id, paymentId],
  ])
  return {
    subject: subjectLine(t.subject(back, shopName)),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={t.text} footer={t.footer}>
        <h1 style={styles.heading}>{t.heading}</h1>
        <p style={styles.amount}>{back}</p>
        <p style={styles.text}>{t.text}</p>
        <Facts facts={facts} />
      </Layout>,
    ),
    text: paragraphs(`${t.heading} ${back}`, t.text, factLines(facts, locale), t.footer),
  }
}
