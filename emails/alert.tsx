import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface AlertProps {
  /** Events that were not booked in time. */
  waiting: number
  error: string | null
  healthUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    heading: (waiting: number) => `Stripe 的 ${waiting} 条消息一刻钟了还没入账`,
    text: '付款没有丢：消息都存着，会一直再试。到状态页看看是什么卡住了。',
    error: (error: string) => `最后的错误：${error}`,
    action: '看看状态',
    footer: '一天最多一封。',
  },
  en: {
    heading: (waiting) =>
      waiting === 1
        ? 'A message from Stripe waits for a quarter of an hour'
        : `${waiting} messages from Stripe wait for a quarter of an hour`,
    text: 'No payment is lost: the messages are kept and tried again and again. The health page shows what is in the way.',
    error: (error) => `The last error: ${error}`,
    action: 'Look at the health page',
    footer: 'At most one such mail a day.',
  },
})

/** Tells the owner that what Stripe told does not get into the books. */
export function alert({ waiting, error, healthUrl, locale, shopName }: AlertProps): Email {
  const t = words[locale]
  const lines = [t.text, error && t.error(error)].filter((line) => typeof line === 'string')
  return {
    subject: subjectLine(t.heading(waiting)),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={t.text} footer={t.footer}>
        <h1 style={styles.heading}>{t.heading(waiting)}</h1>
        {lines.map((line) => (
          <p style={styles.text}>{line}</p>
        ))}
        <Action href={healthUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(t.heading(waiting), ...lines, `${t.action}\n${healthUrl}`, t.footer),
  }
}
