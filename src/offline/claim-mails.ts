import { type Selectable, sql } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import type { OfflineDeps } from './entries.ts'

type Claim = Selectable<Tables['offline_claims']>

const madeKey = (id: string) => `claim:${id}`
const refusedKey = (id: string) => `claim-refused:${id}`

/** So many an hour of guests are told one by one; of more, once an hour that there are some. */
const TOLD_ONE_BY_ONE = 5

/** Tells the owner. */
export async function mailClaim({ config, jobs }: OfflineDeps, trx: Trx, claim: Claim): Promise<void> {
  const { id, amount, currency, description, name, email, code } = claim
  const { locale } = config
  const props = {
    amount: { amount, currency },
    description,
    code,
    name: name ?? undefined,
    email: email ?? undefined,
    dashboardUrl: `${config.baseUrl}/dashboard/offline`,
    locale,
    shopName: catalog.name[locale],
  }
  const key = claim.user_id || (await lately(trx)) <= TOLD_ONE_BY_ONE ? madeKey(id) : `claims:${thisHour()}`
  await queueMail(jobs, trx, { key, to: config.ownerEmail, message: { template: 'claim-made', props } })
}

const thisHour = () => Math.floor(Date.now() / 3_600_000)

async function lately(trx: Trx): Promise<number> {
  const { count } = await trx
    .selectFrom('offline_claims')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', 'is', null)
    .where('created_at', '>', sql<Date>`now() - interval '1 hour'`)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Tells the payer. That it was confirmed, the receipt says. */
export async function mailRefusal(
  { config, jobs }: OfflineDeps,
  trx: Trx,
  { id, amount, currency, description, code, email, user_id, ...claim }: Claim & { email: string },
): Promise<void> {
  const locale = await languageOf(trx, { email }, claim.locale)
  const props = {
    amount: { amount, currency },
    description,
    code,
    claimUrl: `${config.baseUrl}/offline/claims/${id}`,
    locale,
    shopName: catalog.name[locale],
  }
  await queueMail(jobs, trx, {
    key: refusedKey(id),
    to: email,
    message: { template: 'claim-refused', props },
    ...(user_id && { userId: user_id }),
  })
}

export async function deleteClaimMails(trx: Trx, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const keys = ids.flatMap((id) => [madeKey(id), refusedKey(id)])
  await trx.deleteFrom('mails').where('key', 'in', keys).execute()
}
