import type { Db } from '../db/connection.ts'
import { offlinePaymentId } from '../payments/offline-entries.ts'
import type { Payment } from './payment.ts'
import { type Happening, historyOf, mailsAbout } from './payment-history.ts'

/** What came without Stripe, by the id that it has in lists: offline-1. Undefined for an id that is none. */
export async function readEntry(db: Db, paymentId: string): Promise<Payment | undefined> {
  const entry = await db
    .selectFrom('offline_entries')
    .selectAll()
    .where('id', '=', Number(paymentId.replace('offline-', '')))
    .executeTakeFirst()
  if (!entry) return undefined
  const { credits, plan, days, reverses } = entry
  const [mails, claim, reversal] = await Promise.all([
    mailsAbout(db, paymentId),
    claimOf(db, entry.key),
    db.selectFrom('offline_entries').select(['id', 'received_at']).where('reverses', '=', entry.id).executeTakeFirst(),
  ])
  const isKept = reverses === null && !reversal
  return {
    ...entry,
    id: paymentId,
    kind: 'offline',
    method: 'offline',
    state: reversal ? 'takenBack' : reverses === null ? 'paid' : 'takesBack',
    refunded: 0,
    disputed: 0,
    anonymized_at: null,
    opened: { credits, keptCredits: isKept ? credits : 0, plan, days, isPlanKept: isKept },
    history: historyOf([...beginningOf(entry, claim), ...mails, ...endOf(reversal)]),
    events: [],
    ids: [],
  }
}

/** Of a claim that the owner confirmed; an entry that they typed has none. */
function claimOf(db: Db, key: string) {
  return db
    .selectFrom('offline_claims')
    .select(['code', 'created_at'])
    .where('id', '=', key.startsWith('claim:') ? key.slice('claim:'.length) : null)
    .executeTakeFirst()
}

function beginningOf(
  { received_at, created_at, reverses }: { received_at: Date; created_at: Date; reverses: number | null },
  claim: { code: string; created_at: Date } | undefined,
): Happening[] {
  if (reverses !== null) return [{ what: 'takesBack', at: received_at, id: offlinePaymentId(reverses) }]
  if (!claim) {
    return [
      { what: 'received', at: received_at },
      { what: 'entered', at: created_at },
    ]
  }
  return [
    { what: 'saidPaid', at: claim.created_at, code: claim.code },
    { what: 'confirmed', at: received_at },
  ]
}

function endOf(reversal: { id: number; received_at: Date } | undefined): Happening[] {
  return reversal ? [{ what: 'takenBack', at: reversal.received_at, id: offlinePaymentId(reversal.id) }] : []
}
