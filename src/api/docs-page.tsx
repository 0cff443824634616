import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { Description, Operation } from './description.ts'
import { answerOf, curlOf } from './examples.ts'
import { type Status, TITLES } from './problems.ts'
import { words } from './words.ts'

interface DocsProps extends PageContext {
  baseUrl: string
  description: Description
  operations: Operation[]
}

/** All of it is read from the OpenAPI description, so it can't say anything else. */
export function DocsPage({ baseUrl, description, operations, ...context }: DocsProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.title} description={t.lead} narrow>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      <section>
        <h2>{t.getKey}</h2>
        <p>
          {t.getKeyText} <a href="/account#keys">{t.account}</a>
        </p>
      </section>
      {operations.map((operation) => (
        <section>
          <h2>{operation.summary[locale]}</h2>
          <p>
            <code>{`${operation.method} ${operation.path}`}</code>
          </p>
          <Code>{curlOf(description, operation, baseUrl)}</Code>
          <p class="small muted">{t.answers(operation.status)}</p>
          <Code>{answerOf(description, operation) ?? ''}</Code>
          <p class="small muted">{t.mayAnswer(operation.problems.map(({ status }) => status).join(t.comma))}</p>
        </section>
      ))}
      <section>
        <h2>{t.sendAgain}</h2>
        <p>{t.idempotency}</p>
      </section>
      <section>
        <h2>{t.wrong}</h2>
        <p>{t.wrongText}</p>
      </section>
      {problemsIn(operations).map((problem) => (
        <Problem {...problem} locale={locale} />
      ))}
      <p>
        <a href="/api/openapi.json">{t.json}</a>
      </p>
    </Page>
  )
}

/** Each status once, in order, with the first example there is. */
function problemsIn(operations: Operation[]) {
  const all = operations.flatMap(({ problems }) => problems)
  return Object.keys(TITLES).flatMap((status) => {
    const these = all.filter((one) => one.status === status)
    return these.find(({ example }) => example) ?? these.slice(0, 1)
  })
}

function Problem({ status, example, locale }: Operation['problems'][number] & { locale: Locale }) {
  const number = Number(status) as Status
  return (
    <section>
      <h3>
        <code>{`${status} ${TITLES[number]}`}</code>
      </h3>
      <p>{words[locale].problems[number]}</p>
      {example && <Code>{JSON.stringify(example, null, 2)}</Code>}
    </section>
  )
}

function Code({ children }: { children: string }) {
  return (
    // It scrolls by itself, so the keyboard must reach it.
    <pre class="code" tabindex={0}>
      <code>{children}</code>
    </pre>
  )
}
