import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { ThreadPageProps } from './pages.tsx'
import { MessageFields, Messages, Notice, Questions } from './parts.tsx'
import type { Question } from './read.ts'
import { words } from './words.ts'

export function QuestionsPage(props: PageContext & { timeZone: string; questions: (Question & { email: string })[] }) {
  const { timeZone, questions, ...context } = props
  const { locale } = context
  const t = words[locale].owner
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      {questions.length === 0 && <p class="muted">{t.empty}</p>}
      <section>
        <Questions {...{ locale, timeZone, questions }} under="/dashboard/questions" />
      </section>
    </Page>
  )
}

/** On the page of one person. */
export function PersonsQuestions(props: { locale: Locale; timeZone: string; questions: Question[] }) {
  return (
    <section>
      <h2>{words[props.locale].owner.title}</h2>
      <Questions {...props} under="/dashboard/questions" />
    </section>
  )
}

export function AnswerPage({ thread, timeZone, typed, problem, notice, ...context }: Omit<ThreadPageProps, 'thanks'>) {
  const { locale } = context
  const t = words[locale].owner
  const { id, title, state, helped, email, messages } = thread
  const isWaiting = state === 'waiting' || state === 'asked-back'
  return (
    <Page {...context} title={title} narrow>
      <p class="status">{words[locale].state[state]}</p>
      <h1>{title}</h1>
      {notice && <Notice text={notice} />}
      {helped !== null && <p class="muted">{helped ? t.helped : t.notHelped}</p>}
      <Messages {...{ locale, timeZone, messages }} asker={email} owner={t.you} />
      <section>
        <MessageFields
          action={`/dashboard/questions/${id}`}
          label={isWaiting ? t.answer : t.answerAgain}
          hint={t.hint}
          send={t.send}
          typed={typed}
          error={problem}
        />
      </section>
    </Page>
  )
}
