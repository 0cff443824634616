import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { plainText, rendered } from '../src/ui/markdown.ts'
import { Action, type Email, Layout, paragraphs, quoted, styles, subjectLine, toHtml } from './layout.tsx'

export interface QuestionAnsweredProps {
  title: string
  body: string
  mayAskBack: boolean
  questionUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    heading: (title: string) => `有回答了：${title}`,
    mayAskBack: '没说清楚的地方，可以在那一页追问一次。',
    action: '看回答',
    footer: '回答是一个人亲自写的。',
  },
  en: {
    heading: (title) => `Answered: ${title}`,
    mayAskBack: 'If something is still unclear, you may ask back once, on the same page.',
    action: 'Read the answer',
    footer: 'A real person wrote it.',
  },
})

/** Tells a customer that there is an answer. */
export function questionAnswered(props: QuestionAnsweredProps): Email {
  const { title, body, mayAskBack, questionUrl, locale, shopName } = props
  const t = words[locale]
  return {
    subject: subjectLine(t.heading(title)),
    html: toHtml(
      <Layout
        locale={locale}
        shopName={shopName}
        preview={plainText(body).slice(0, 200).toWellFormed()}
        footer={t.footer}
      >
        <h1 style={styles.heading}>{t.heading(title)}</h1>
        <div style={styles.written}>{rendered(body)}</div>
        {mayAskBack && <p style={styles.text}>{t.mayAskBack}</p>}
        <Action href={questionUrl}>{t.action}</Action>
      </Layout>,
    ),
    text: paragraphs(
      t.heading(title),
      quoted(plainText(body)),
      mayAskBack && t.mayAskBack,
      `${t.action}\n${questionUrl}`,
      t.footer,
    ),
  }
}
