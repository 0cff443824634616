import { formatMoney } from '../src/money.ts'
import { dictionary } from '../src/ui/i18n.ts'
import { type Email, Facts, factLines, Layout, paragraphs, quoted, styles, subjectLine, toHtml } from './layout.tsx'
import { type PaymentMail, paymentFacts } from './payment-facts.ts'

export interface ReceiptProps extends PaymentMail {
  homeUrl: string
  /** Where what was bought is used; absent for a tip. */
  accountUrl?: string | undefined
  /** Where it can be printed, by whoever proves the address. */
  receiptUrl?: string | undefined
}

const words = dictionary({
  'zh-CN': {
    subject: (amount: string, shop: string) => `收据：${amount} · ${shop}`,
    heading: (name: string) => (name ? `谢谢你，${name}！` : '谢谢你！'),
    text: '这一笔收到了，下面是你的收据。',
    use: '用这个邮箱登录，就能用买到的东西：',
    account: '我的账户',
    message: '你留的话：',
    print: '用这个邮箱登录，可以打印收据，或者存成 PDF：',
    printable: '可打印的收据',
    footer: '这封信只因为这次付款而来。有问题直接回信。',
  },
  en: {
    subject: (amount, shop) => `Your receipt for ${amount} from ${shop}`,
    heading: (name) => (name ? `Thank you, ${name}!` : 'Thank you!'),
    text: 'Your payment arrived. This is your receipt.',
    use: 'Sign in with this address to use what you bought:',
    account: 'Your account',
    message: 'You wrote:',
    print: 'Sign in with this address to print it, or to save it as a PDF:',
    printable: 'Receipt to print',
    footer: 'You get this mail because of this payment. Just reply if something is wrong.',
  },
})

export function receipt(props: ReceiptProps): Email {
  const { locale, shopName, amount, name, message, homeUrl, accountUrl, receiptUrl } = props
  const t = words[locale]
  const paid = formatMoney(amount, locale)
  const heading = t.heading(name ?? '')
  const facts = paymentFacts(props)
  return {
    subject: subjectLine(t.subject(paid, shopName)),
    html: toHtml(
      <Layout
        locale={locale}
        shopName={shopName}
        preview={t.text}
        footer={
          <>
            {t.footer}{' '}
            <a href={homeUrl} style={styles.link}>
              {shopName}
            </a>
          </>
        }
      >
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.amount}>{paid}</p>
        <p style={styles.text}>{t.text}</p>
        {accountUrl && (
          <p style={styles.text}>
            {t.use}{' '}
            <a href={accountUrl} style={styles.link}>
              {t.account}
            </a>
          </p>
        )}
        {message && (
          <>
            <p class="muted" style={styles.quoteName}>
              {t.message}
            </p>
            <blockquote style={styles.quote}>{message}</blockquote>
          </>
        )}
        <Facts facts={facts} />
        {receiptUrl && (
          <p class="muted" style={styles.small}>
            {t.print}{' '}
            <a href={receiptUrl} style={styles.link}>
              {t.printable}
            </a>
          </p>
        )}
      </Layout>,
    ),
    text: paragraphs(
      heading,
      t.text,
      accountUrl && `${t.use}\n${accountUrl}`,
      factLines(facts, locale),
      receiptUrl && `${t.print}\n${receiptUrl}`,
      message && `${t.message}\n${quoted(message)}`,
      t.footer,
      `${shopName}\n${homeUrl}`,
    ),
  }
}
