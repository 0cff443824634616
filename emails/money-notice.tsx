import { formatMoney, type Money } from '../src/money.ts'
import { dictionary, formatDate, type Locale } from '../src/ui/i18n.ts'
import {
  Action,
  type Email,
  Facts,
  factLines,
  known,
  Layout,
  paragraphs,
  styles,
  subjectLine,
  toHtml,
} from './layout.tsx'

export interface MoneyNoticeProps {
  what:
    | 'dispute'
    | 'appeal'
    | 'inquiry'
    | 'dispute-won'
    | 'dispute-lost'
    | 'inquiry-closed'
    | 'refund-failed'
    | 'refund-refused'
    | 'payout-failed'
  amount: Money
  /** What was paid for. */
  description?: string | undefined
  email?: string | undefined
  /** Stripe's own words, in English. */
  said?: string | undefined
  /** ISO 8601: until when to answer. */
  dueBy?: string | undefined
  url: string
  timeZone: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    dispute: {
      heading: '有客人通过银行拒付',
      text: '银行先把钱拿走了。在期限之前交上证据，钱才可能回来；不答复就算输。',
    },
    appeal: {
      heading: '一笔拒付到了申诉这一步',
      text: '请在期限之前到 Stripe 的后台答复，那里写着要交什么。',
    },
    inquiry: {
      heading: '银行来问一笔付款',
      text: '钱还没动。现在答复，或者直接退款，通常就不会变成拒付。',
    },
    'dispute-won': { heading: '拒付你赢了', text: '钱和争议费都回来了。' },
    'dispute-lost': { heading: '拒付没有赢', text: '钱归客人了，争议费也不退。这一笔到此为止。' },
    'inquiry-closed': { heading: '银行的询问结束了', text: '钱没有动，不用再做什么。' },
    'refund-failed': {
      heading: '一笔退款没有退成',
      text: '客人的银行或钱包没收，钱回到了你的余额。请联系客人，用别的办法退给他。',
    },
    'refund-refused': {
      heading: '客人想退款，Stripe 没有同意',
      text: '钱没有动，客人买的还在。请看看怎么帮他：可以在这笔付款的页面上再退一次。',
    },
    'payout-failed': { heading: '提现没有到账', text: '银行退了回来，钱在 Stripe 余额里。请检查收款账户。' },
    amount: '金额',
    for: '项目',
    email: '客人',
    said: 'Stripe 的话',
    dueBy: '答复期限',
    action: '去看看',
    footer: '只要钱有动静，这里就会告诉你。',
  },
  en: {
    dispute: {
      heading: 'A customer disputed a payment',
      text: 'The bank has taken the money. Hand in evidence before the deadline to get it back; no answer means lost.',
    },
    appeal: {
      heading: 'A dispute has come to an appeal',
      text: 'Answer in Stripe’s own dashboard before the deadline; it says what is needed.',
    },
    inquiry: {
      heading: 'A bank asks about a payment',
      text: 'No money has moved yet. Answer now, or refund it, and it usually never becomes a dispute.',
    },
    'dispute-won': { heading: 'You won the dispute', text: 'The money and the dispute fee are back.' },
    'dispute-lost': {
      heading: 'The dispute was lost',
      text: 'The customer keeps the money, and the dispute fee stays paid. Nothing is left to do about this one.',
    },
    'inquiry-closed': {
      heading: 'The bank’s question is settled',
      text: 'No money moved, and there is nothing to do.',
    },
    'refund-failed': {
      heading: 'A refund did not go through',
      text: 'The customer’s bank or wallet did not take it; the money is in your balance again. Please ask them for another way.',
    },
    'refund-refused': {
      heading: 'Stripe refused a customer’s refund',
      text: 'No money moved, and the customer still has what they bought. See how to help them: you can refund it from its page.',
    },
    'payout-failed': {
      heading: 'A payout did not arrive',
      text: 'The bank sent it back, and the money is in your Stripe balance. Please check the bank account.',
    },
    amount: 'Amount',
    for: 'For',
    email: 'Customer',
    said: 'Stripe says',
    dueBy: 'Answer by',
    action: 'Have a look',
    footer: 'You hear from here whenever money moves in a way you did not ask for.',
  },
})

/** Tells the owner what banks did with their money. */
export function moneyNotice(props: MoneyNoticeProps): Email {
  const { what, amount, description, email, said, dueBy, url, timeZone, locale, shopName } = props
  const t = words[locale]
  const { heading, text } = t[what]
  const money = formatMoney(amount, locale)
  const facts = known([
    [t.amount, `${money} ${amount.currency.toUpperCase()}`],
    [t.for, description],
    [t.email, email],
    [t.said, said],
    [t.dueBy, dueBy && formatDate(new Date(dueBy), locale, timeZone, 'dateTime')],
  ])
  return {
    subject: subjectLine(`${heading} · ${money}`),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={text} footer={t.footer}>
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.amount}>{money}</p>
        <p style={styles.text}>{text}</p>
        <Facts facts={facts} />
        <Action href={url}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(`${heading} ${money}`, text, factLines(facts, locale), `${t.action}\n${url}`, t.footer),
  }
}
