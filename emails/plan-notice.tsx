import { dictionary, formatDate, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface PlanNoticeProps {
  what: 'payment-failed' | 'pass-ends' | 'ended'
  /** What the plan is called. */
  product: string
  /** When it ends, or ended: an ISO time. */
  until: string
  timeZone: string
  accountUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    'payment-failed': {
      heading: (product: string) => `${product}这期没有扣到款`,
      text: (until: string) => `别担心，${until}之前一切照常。换一张卡，或者确认余额，我们会再试。`,
      action: '更新付款方式',
    },
    'pass-ends': {
      heading: (product: string) => `${product}快到期了`,
      text: (until: string) => `可以用到${until}。再买一次就接着往后延，一天也不会少。`,
      action: '再买一次',
    },
    ended: {
      heading: (product: string) => `${product}已经结束`,
      text: (until: string) => `到${until}为止。谢谢你用过它。想回来，随时都可以。`,
      action: '看看账户',
    },
    footer: '有什么问题，直接回复这封邮件。',
  },
  en: {
    'payment-failed': {
      heading: (product) => `The payment for ${product} didn’t go through`,
      text: (until) =>
        `No harm done: everything works until ${until}. Use another card, or check this one, and we try again.`,
      action: 'Update the payment method',
    },
    'pass-ends': {
      heading: (product) => `Your ${product} ends soon`,
      text: (until) => `It lasts until ${until}. Buy it again and it goes on from there; no day is lost.`,
      action: 'Buy it again',
    },
    ended: {
      heading: (product) => `Your ${product} has ended`,
      text: (until) => `It lasted until ${until}. Thank you for having used it. Come back any time.`,
      action: 'See your account',
    },
    footer: 'Anything unclear? Just answer this mail.',
  },
})

/** Tells a customer in time that a plan ends, or could. */
export function planNotice({ what, product, until, timeZone, accountUrl, locale, shopName }: PlanNoticeProps): Email {
  const t = words[locale]
  const { heading, text, action } = t[what]
  const said = text(formatDate(new Date(until), locale, timeZone, 'date'))
  return {
    subject: subjectLine(heading(product)),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={said} footer={t.footer}>
        <h1 style={styles.heading}>{heading(product)}</h1>
        <p style={styles.text}>{said}</p>
        <Action href={accountUrl}>{action}</Action>
      </Layout>,
    ),
    text: paragraphs(heading(product), said, `${action}\n${accountUrl}`, t.footer),
  }
}
