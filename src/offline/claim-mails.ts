import type { Selectable } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { queueMail } from '../mail/outbox.ts'
import { asLocale } from '../ui/i18n.ts'
import type { OfflineDeps } from './entries.ts'

type Claim = Selectable<Tables['offline_claims']>

const madeKey = (id: string) => `claim:${id}`
const refusedKey = (id: string) => `claim-refused:${id}`

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
  await queueMail(jobs, trx, { key: madeKey(id), to: config.ownerEmail, message: { template: 'claim-made', props } })
}

/** Tells the payer. That it was confirmed, the receipt says. */
export async function mailRefusal(
  { config, jobs }: OfflineDeps,
  trx: Trx,
  { id, amount, currency, description, code, email, user_id, ...claim }: Claim & { email: string },
): Promise<void> {
  const locale = asLocale(claim.locale)
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
