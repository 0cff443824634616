import { formatMoney } from '../src/money.ts'
import { dictionary } from '../src/ui/i18n.ts'
import { type Email, Facts, factLines, Layout, paragraphs, quoted, styles, subjectLine, toHtml } from './layout.tsx'
import { type PaymentMail, paymentFacts } from './payment-facts.ts'

export interface ReceiptProps extends PaymentMail {
  homeUrl: string
}

const words = dictionary({
  'zh-CN': {
    subject: (amount: string, shop: string) => `收据：${amount} · ${shop}`,
    heading: (name: string) => (name ? `谢谢你，${name}！` : '谢谢你！'),
    text: '这一笔收到了。下面是你的收据，留着就好，不用再做什么。',
    message: '你留的话：',
    footer: '这封信只因为这次付款而来，不会再有别的。有问题直接回信。',
  },
  en: {
    subject: (amount, shop) => `Your receipt for ${amount} from ${shop}`,
    heading: (name) => (name ? `Thank you, ${name}!` : 'Thank you!'),
    text: 'Your payment arrived. This is your receipt; there is nothing else to do.',
    message: 'You wrote:',
    footer:
      'You get this mail because of this one payment, and nothing more will follow. Just reply if something is wrong.',
  },
})

export function receipt(props: ReceiptProps): Email {
  const { locale, shopName, amount, name, message, homeUrl } = props
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
        {message && (
          <>
            <p class="muted" style={styles.quoteName}>
              {t.message}
            </p>
            <blockquote style={styles.quote}>{message}</blockquote>
          </>
        )}
        <Facts facts={facts} />
      </Layout>,
    ),
    text: paragraphs(
      heading,
      t.text,
      factLines(facts, locale),
      message && `${t.message}\n${quoted(message)}`,
      t.footer,
      `${shopName}\n${homeUrl}`,
    ),
  }
}
