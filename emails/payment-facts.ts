import { formatMoney, type Money } from '../src/money.ts'
import { dictionary, formatDate, type Locale } from '../src/ui/i18n.ts'
import { methodName } from '../src/ui/words.ts'
import { type Fact, known } from './layout.tsx'

/** What a mail about a payment is told. Everything is JSON: a mail waits in the outbox as jsonb. */
export interface PaymentMail {
  locale: Locale
  shopName: string
  amount: Money
  description: string
  name?: string | undefined
  message?: string | undefined
  /** Stripe's payment method type. */
  method?: string | undefined
  /** ISO 8601. */
  paidAt: string
  timeZone: string
  paymentId: string
}

const words = dictionary({
  'zh-CN': { for: '项目', amount: '金额', name: '称呼', email: '邮箱', method: '付款方式', at: '时间', id: '编号' },
  en: { for: 'For', amount: 'Amount', name: 'Name', email: 'Email', method: 'Paid with', at: 'Date', id: 'Reference' },
})

export function paymentFacts(props: PaymentMail & { email?: string | undefined }): Fact[] {
  const { locale, amount, description, name, email, method, paidAt, timeZone, paymentId } = props
  const t = words[locale]
  return known([
    [t.for, description],
    [t.amount, `${formatMoney(amount, locale)} ${amount.currency.toUpperCase()}`],
    [t.name, name],
    [t.email, email],
    [t.method, method && methodName(method, locale)],
    [t.at, formatDate(new Date(paidAt), locale, timeZone, 'dateTime')],
    [t.id, paymentId],
  ])
}
