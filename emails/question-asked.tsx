import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { plainText, rendered } from '../src/ui/markdown.ts'
import { Action, type Email, Layout, paragraphs, quoted, styles, subjectLine, toHtml } from './layout.tsx'

export interface QuestionAskedProps {
  /** False when it is asked back after an answer. */
  isFirst: boolean
  title: string
  body: string
  questionUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    asked: (title: string) => `有人问你：${title}`,
    askedBack: (title: string) => `追问：${title}`,
    action: '去回答',
    footer: '请在网站上回答，对方会收到邮件。直接回复这封信，对方看不到。',
  },
  en: {
    asked: (title) => `A question for you: ${title}`,
    askedBack: (title) => `Asked back: ${title}`,
    action: 'Answer it',
    footer: 'Answer on the site, and they are told by mail. An answer to this mail does not reach them.',
  },
})

/** Tells the owner that somebody asks. */
export function questionAsked({ isFirst, title, body, questionUrl, locale, shopName }: QuestionAskedProps): Email {
  const t = words[locale]
  const heading = isFirst ? t.asked(title) : t.askedBack(title)
  return {
    subject: subjectLine(heading),
    html: toHtml(
      <Layout
        locale={locale}
        shopName={shopName}
        preview={plainText(body).slice(0, 200).toWellFormed()}
        footer={t.footer}
      >
        <h1 style={styles.heading}>{heading}</h1>
        <div style={styles.written}>{rendered(body)}</div>
        <Action href={questionUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(heading, quoted(plainText(body)), `${t.action}\n${questionUrl}`, t.footer),
  }
}
