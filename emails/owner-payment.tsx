import { formatMoney } from '../src/money.ts'
import { dictionary } from '../src/ui/i18n.ts'
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
import { type PaymentMail, paymentFacts } from './payment-facts.ts'

export interface OwnerPaymentProps extends PaymentMail {
  email?: string | undefined
  dashboardUrl: string
}

const words = dictionary({
  'zh-CN': {
    subject: (amount: string, name: string) => (name ? `收到 ${amount}，来自${name}` : `收到 ${amount}`),
    heading: (name: string) => (name ? `${name}付了` : '有人付了'),
    message: '对你说：',
    action: '看收入',
    footer: '手续费由 Stripe 稍后结算，到手的数在收入页里。',
  },
  en: {
    subject: (amount, name) => (name ? `${amount} from ${name}` : `You received ${amount}`),
    heading: (name) => (name ? `${name} paid` : 'Somebody paid'),
    message: 'They say:',
    action: 'See revenue',
    footer: 'Stripe settles its fee a little later. What you keep is on your revenue page.',
  },
})

export function ownerPayment(props: OwnerPaymentProps): Email {
  const { locale, shopName, amount, name, message, dashboardUrl } = props
  const t = words[locale]
  const paid = formatMoney(amount, locale)
  const heading = t.heading(name ?? '')
  const facts = paymentFacts(props)
  return {
    subject: subjectLine(t.subject(paid, name ?? '')),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={message ?? heading} footer={t.footer}>
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.amount}>{paid}</p>
        {message && <blockquote style={styles.quote}>{message}</blockquote>}
        <Facts facts={facts} />
        <Action href={dashboardUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(
      `${heading} ${paid}`,
      message && `${t.message}\n${quoted(message)}`,
      factLines(facts, locale),
      `${t.action}\n${dashboardUrl}`,
      t.footer,
    ),
  }
}
