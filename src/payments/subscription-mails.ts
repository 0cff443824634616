import type { Selectable } from 'kysely'
import { catalog, productOfPlan } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import { accessEnds } from './rights.ts'
import type { SyncDeps } from './sync.ts'

/** Tells a subscriber when a payment failed, while access goes on, and when it has ended. Once for each period, and once at the end. */
export async function queueSubscriptionMails(
  { config, jobs }: SyncDeps,
  trx: Trx,
  subscription: Selectable<Tables['subscriptions']>,
): Promise<void> {
  const { id, status, email, plan, period_start, ended_at } = subscription
  const product = productOfPlan(plan)
  if (!email || !product) return
  const locale = await languageOf(trx, { email }, subscription.locale)
  const send = (what: 'payment-failed' | 'ended', key: string, until: Date, about: Date) =>
    queueMail(jobs, trx, {
      key,
      to: email,
      about,
      message: {
        template: 'plan-notice',
        props: {
          what,
          product: product.name[locale],
          until: until.toISOString(),
          timeZone: config.timeZone,
          accountUrl: `${config.baseUrl}/account`,
          locale,
          shopName: catalog.name[locale],
        },
      },
    })
  const ends = accessEnds(subscription)
  const period = period_start.toISOString()
  // A renewal is first tried within hours of the period that it is for.
  if (status === 'past_due' && ends) await send('payment-failed', `past-due:${id}:${period}`, ends, period_start)
  if (status === 'canceled' && ended_at) await send('ended', `ended:${id}`, ended_at, ended_at)
}
