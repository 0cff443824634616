import { sql } from 'kysely'
import { catalog, productOfPlan } from '../catalog.ts'
import type { Db } from '../db/connection.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import { isKept } from './offline-entries.ts'
import { accessEnds, isKeptPass, passEnds } from './rights.ts'
import type { SyncDeps } from './sync.ts'

const DAYS_BEFORE = 3
const DAY_MS = 86_400_000

type PassMailDeps = Pick<SyncDeps, 'db' | 'jobs' | 'config'>

/**
 * Tells whoever has a plan by passes that its last day is at most three days away, once for each end, in the language
 * they paid in: users at their address, guests at the one they paid with. A subscription that goes on longer needs no mail.
 */
export async function mailEndingPasses(deps: PassMailDeps, now = new Date()): Promise<void> {
  for (const passes of await passesEndingBy(deps.db, now)) await tell(deps, passes, now)
  deps.jobs.wake('mail')
}

async function tell({ db, jobs, config }: PassMailDeps, passes: PassesOfPlan, now: Date): Promise<void> {
  const { userId, email, plan, list } = passes
  const until = passEnds(list.map(({ paid_at, days }) => ({ paid_at: new Date(paid_at), days })))
  const product = productOfPlan(plan)
  if (!until || !product || until <= now || until > soon(now) || (await lastsLonger(db, passes, until))) return
  const locale = await languageOf(db, { email }, list.at(-1)!.locale)
  await db.transaction().execute((trx) =>
    queueMail(jobs, trx, {
      // By address, not by account: a guest who follows the mail and signs in gets no second one.
      key: `pass-ends:${email}:${plan}:${until.toISOString().slice(0, 10)}`,
      to: email,
      ...(userId && { userId }),
      message: {
        template: 'plan-notice',
        props: {
          what: 'pass-ends',
          product: product.name[locale],
          until: until.toISOString(),
          timeZone: config.timeZone,
          // Where passes are sold, to guests too.
          accountUrl: `${config.baseUrl}/#${product.key}`,
          locale,
          shopName: catalog.name[locale],
        },
      },
    }),
  )
}

interface PassesOfPlan {
  userId: string | null
  email: string
  plan: string
  /** In the order they were paid. */
  list: { paid_at: string; days: number; locale: string }[]
}

/**
 * Everybody whose passes may end soon, with all passes they have of that plan. They end no earlier than any single pass
 * does, and no later than all their days after the last: most are told apart by the database already.
 */
async function passesEndingBy(db: Db, now: Date): Promise<PassesOfPlan[]> {
  const days = sql`make_interval(days => p.days)`
  const { rows } = await sql<PassesOfPlan>`
    select p.user_id as "userId", coalesce(u.email, p.email) as email, p.plan,
      json_agg(json_build_object('paid_at', p.paid_at, 'days', p.days, 'locale', p.locale) order by p.paid_at) as list
    from (
      select user_id, email, plan, paid_at, days, locale from payments where ${isKeptPass}
      union all
      select user_id, email, plan, received_at, days, locale from offline_entries where days is not null and ${isKept}
    ) as p
    left join users u on u.id = p.user_id
    where coalesce(u.email, p.email) is not null
    group by 1, 2, 3
    having max(p.paid_at + ${days}) <= ${soon(now)}
      and max(p.paid_at) + make_interval(days => sum(p.days)::int) > ${now}
  `.execute(db)
  return rows
}

/** Whether a subscription to the same plan goes on after that. */
async function lastsLonger(db: Db, { userId, email, plan }: PassesOfPlan, until: Date): Promise<boolean> {
  const subscriptions = await db
    .selectFrom('subscriptions')
    .select(['status', 'period_start', 'period_end', 'ends_at'])
    .where('plan', '=', plan)
    .where(({ and, eb }) =>
      userId ? eb('user_id', '=', userId) : and([eb('user_id', 'is', null), eb('email', '=', email)]),
    )
    .execute()
  return subscriptions.some((subscription) => (accessEnds(subscription) ?? until) > until)
}

function soon(now: Date): Date {
  return new Date(now.getTime() + DAYS_BEFORE * DAY_MS)
}
