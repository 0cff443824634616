import { problemOf } from '../payments/required.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { type Description, operationsOf } from './description.ts'
import { answerOf, curlOf } from './examples.ts'
import { type Status, TITLES } from './problems.ts'
import { words } from './words.ts'

interface DocsProps extends PageContext {
  baseUrl: string
  description: Description
}

/** All of it is read from the OpenAPI description, so it can't say anything else. */
export function DocsPage({ baseUrl, description, ...context }: DocsProps) {
  const { locale } = context
  const t = words[locale]
  const operations = operationsOf(description)
  const statuses = new Set(operations.flatMap(({ problems }) => problems))
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
          <p class="small muted">{t.mayAnswer(operation.problems.join(t.comma))}</p>
        </section>
      ))}
      <section>
        <h2>{t.sendAgain}</h2>
        <p>{t.idempotency}</p>
      </section>
      <section>
        <h2>{t.wrong}</h2>
        <p>{t.wrongText}</p>
        <dl>{Object.keys(TITLES).map((status) => statuses.has(status) && <Problem {...{ status, locale }} />)}</dl>
        <Code>{JSON.stringify(problemOf({ credit: true }, baseUrl), null, 2)}</Code>
      </section>
      <p>
        <a href="/api/openapi.json">{t.json}</a>
      </p>
    </Page>
  )
}

function Problem({ status, locale }: { status: string; locale: Locale }) {
  const number = Number(status) as Status
  return (
    <>
      <dt>
        <code>{`${status} ${TITLES[number]}`}</code>
      </dt>
      <dd>{words[locale].problems[number]}</dd>
    </>
  )
}

function Code({ children }: { children: string }) {
  return (
    // It scrolls by itself, so the keyboard must reach it.
    <pre tabindex={0}>
      <code>{children}</code>
    </pre>
  )
}
