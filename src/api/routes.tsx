import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { readForm } from '../auth/form.ts'
import { isFresh, requireFresh, requireUser } from '../auth/guards.ts'
import type { Limits } from '../auth/limits.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import type { Jobs } from '../jobs/queue.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { describe, operationsOf } from './description.ts'
import { DocsPage } from './docs-page.tsx'
import { keysOf, MOST_KEYS, makeKey, NAME_LENGTH, NewKeyForm, ownKeys, RevokeForm, revokeKey } from './keys.ts'
import { KeyFormPage, KeySection, NewKeyPage } from './pages.tsx'
import { programRoutes } from './programs.ts'
import { words } from './words.ts'

export interface ApiDeps {
  config: Config
  db: Db
  jobs: Jobs
  limits: Limits
  /** Those whose `api` it mounts. */
  features: Feature[]
}

/** API keys on `/account`, what they open under `/api/v1`, and its description. */
export function api(deps: ApiDeps): Feature {
  const { db, config } = deps
  const programs = programRoutes(deps)
  const description = describe(programs, { baseUrl: config.baseUrl, title: `${catalog.name.en} API` })
  const operations = operationsOf(description)
  return {
    programs: new Hono().route('/', programs),
    routes: new Hono()
      .get('/api', (c) =>
        renderPage(c, <DocsPage {...{ ...pageContext(c), baseUrl: config.baseUrl, description, operations }} />),
      )
      .get('/api/openapi.json', (c) => c.json(description))
      .route('/account/keys', keyRoutes(deps)),
    account: async (c) => (
      <KeySection
        locale={c.var.locale}
        timeZone={config.timeZone}
        now={new Date()}
        keys={await keysOf(db, c.var.user!.userId)}
        fresh={isFresh(c.var.user)}
      />
    ),
    ownData: (user) => ownKeys(db, user),
  }
}

function keyRoutes(deps: ApiDeps): Hono {
  return (
    new Hono()
      .use(requireUser)
      // Where the language switch of the two pages below leads.
      .get('/', (c) => c.redirect('/account'))
      .post('/', requireFresh, async (c) => {
        const form = await readForm(c)
        const typed = NewKeyForm.safeParse(form)
        const t = words[c.var.locale]
        if (!typed.success) {
          if (typed.error.issues.some(({ message }) => message !== 'tooLong')) throw new HTTPException(400)
          return showForm(c, form.name, t.tooLong(NAME_LENGTH))
        }
        const made = await makeKey(deps, c.var.user!, typed.data)
        if (made === 'full') return showForm(c, form.name, t.full(MOST_KEYS))
        if (made === 'again') return c.redirect('/account', 303)
        deps.jobs.wake('mail')
        // Never by a redirect: an address is kept in histories and logs. readSession says no-store.
        return renderPage(c, <NewKeyPage {...pageContext(c)} newKey={made.key} />)
      })
      // Without a fresh sign-in: who sees a key that leaked should not have to stop for a mail.
      .post('/revoke', async (c) => {
        const form = RevokeForm.safeParse(await readForm(c))
        if (!form.success) throw new HTTPException(400)
        const isTheirs = await revokeKey(deps.db, c.var.user!.userId, form.data.id)
        return isTheirs ? c.redirect('/account', 303) : c.notFound()
      })
  )
}

function showForm(c: Context, typed = '', error: string) {
  return renderPage(c, <KeyFormPage {...pageContext(c)} typed={typed} error={error} />, 422)
}
