import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { requireOwner } from '../auth/guards.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { patientOf } from '../doctor/patient.ts'
import type { Feature } from '../feature.ts'
import type { Jobs } from '../jobs/queue.ts'
import { retryMails } from '../mail/retry.ts'
import { dismissEvent, retryEvents } from '../payments/retry-events.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { createChecklist } from './checklist.ts'
import { HealthPage } from './pages.tsx'
import { readState } from './state.ts'
import { troubles } from './troubles.ts'
import { readVersions } from './versions.tsx'
import { words } from './words.ts'

interface HealthDeps {
  db: Db
  jobs: Jobs
  config: Config
  /** Undefined where none is used. */
  stripe: Stripe | undefined
}

const path = '/dashboard/health'

/** `/dashboard/health`: whether the books agree with Stripe, what could not be booked or sent, and trying it again. */
export function health(deps: HealthDeps): Feature {
  return {
    routes: new Hono().use(path, requireOwner).use(`${path}/*`, requireOwner).route(path, healthPages(deps)),
    dashboard: {
      href: path,
      title: { 'zh-CN': words['zh-CN'].title, en: words.en.title },
      todos: (locale) => troubles(deps, locale),
    },
  }
}

function healthPages(deps: HealthDeps): Hono {
  const { db, jobs, config } = deps
  const checklist = createChecklist(patientOf(config, deps))
  return new Hono()
    .get('/', async (c) => {
      const lines = await checklist.read(c.req.query('checked') !== undefined)
      const state = await readState(db)
      const versions = await readVersions(db, config)
      const page = { ...pageContext(c), ...state, lines, versions, timeZone: config.timeZone, notice: noticeOf(c) }
      return renderPage(c, <HealthPage {...page} />)
    })
    .post('/checklist', async (c) => {
      await checklist.lookAnew()
      return c.redirect(`${path}?checked#checklist`, 303)
    })
    .post('/reconcile', async (c) => {
      await db.transaction().execute((trx) => jobs.enqueue(trx, 'reconcile', {}))
      jobs.wake('reconcile')
      return c.redirect(`${path}?reconciling`, 303)
    })
    .post('/events/:id{evt_\\w+}/dismiss', async (c) => {
      await dismissEvent(db, c.req.param('id'))
      return c.redirect(`${path}?dismissed`, 303)
    })
    .post('/events/:id{evt_\\w+}?', async (c) => again(c, await retryEvents(deps, c.req.param('id'))))
    .post('/mails/:id{[0-9]{1,15}}?', async (c) => {
      const id = c.req.param('id')
      return again(c, await retryMails(deps, id === undefined ? undefined : Number(id)))
    })
}

const again = (c: Context, count: number) => c.redirect(`${path}?retried=${count}`, 303)

function noticeOf(c: Context): string | undefined {
  const t = words[c.var.locale]
  if (c.req.query('reconciling') !== undefined) return t.reconciling
  if (c.req.query('dismissed') !== undefined) return t.dismissed
  const retried = c.req.query('retried')
  return retried === undefined ? undefined : t.retried(Number.parseInt(retried, 10) || 0)
}
