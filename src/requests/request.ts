import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import type { Payable } from '../feature.ts'
import type { Money } from '../money.ts'
import { isKept, isOpenClaim } from '../payments/offline-entries.ts'

/**
 * Something that one person is asked to pay, once. How it stands is nowhere written down: it follows from what was paid,
 * and only then from what the owner and the clock did. So one that was paid in the last moment is paid, not cancelled.
 */
export interface PaymentRequest {
  id: string
  money: Money
  description: string
  customerName: string | null
  state: RequestState
  createdAt: Date
  /** From then on no page to pay it is opened any more. */
  expiresAt: Date | null
  cancelledAt: Date | null
  /** The one Checkout Session that anybody is sent to, see pay-once.ts. */
  sessionId: string | null
  payment: RequestPayment | null
}

export type RequestState = 'open' | 'processing' | 'paid' | 'cancelled' | 'expired'

export interface RequestPayment {
  name: string | null
  email: string | null
  method: string | null
  refunded: Money
  /** Null while the payment is under way. */
  paidAt: Date | null
}

export interface NewRequest {
  money: Money
  description: string
  customerName: string | undefined
  expiresAt: Date | undefined
  /** Of the form that was sent: the same one twice makes one request. */
  formHash: string
}

/** Keeps a request, and returns its id: also that of the one which the same form has made before. */
export async function createRequest(db: Db, request: NewRequest): Promise<string> {
  const { money, description, customerName, expiresAt, formHash } = request
  const row = await db
    .insertInto('payment_requests')
    .values({
      id: newId(),
      form_hash: formHash,
      ...money,
      description,
      customer_name: customerName ?? null,
      expires_at: expiresAt ?? null,
    })
    // Changes nothing, so that the row comes back.
    .onConflict((conflict) => conflict.column('form_hash').doUpdateSet({ form_hash: formHash }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

// Small letters and digits that nobody takes for each other.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
export const REQUEST_ID = /^[0-9a-hjkmnp-tv-z]{26}$/

/** 130 bits that nobody guesses. */
function newId(): string {
  return Array.from(randomBytes(26), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** Undefined when there is none, whatever was typed as its id. */
export async function requestOf(db: Db, id: string): Promise<PaymentRequest | undefined> {
  if (!REQUEST_ID.test(id)) return undefined
  const row = await requestsWithPayment(db).where('r.id', '=', id).executeTakeFirst()
  return row && asRequest(row, new Date())
}

/** The newest first. */
export async function latestRequests(db: Db, limit: number) {
  const rows = await requestsWithPayment(db).orderBy('r.created_at', 'desc').orderBy('r.id').limit(limit).execute()
  const now = new Date()
  return rows.map((row) => asRequest(row, now))
}

/** What is paid directly by `request-<id>`. */
export async function payableOf(db: Db, key: string): Promise<Payable | undefined> {
  const request = key.startsWith('request-') ? await requestOf(db, key.slice('request-'.length)) : undefined
  if (!request) return undefined
  const { id, money, description, state } = request
  return { money, description, requestId: id, isOpen: state === 'open', page: `/pay/${id}` }
}

function requestsWithPayment(db: Db) {
  return db
    .selectFrom('payment_requests as r')
    .leftJoinLateral(
      ({ selectFrom }) =>
        selectFrom(anyPayment)
          .select(['status', 'name', 'email', 'method', 'refunded', 'paid_at'])
          .orderBy('status') // paid, then processing
          .limit(1)
          .as('p'),
      (join) => join.onTrue(),
    )
    .selectAll('r')
    .select(['p.status', 'p.name', 'p.email', 'p.method', 'p.refunded', 'p.paid_at'])
}

/** By Stripe, by hand, or said to be paid and waiting for the owner to check. */
const anyPayment = sql<PaymentOfRequest>`(
  select status, name, email, method, refunded, paid_at from payments
    where request_id = r.id and status in ('paid', 'processing')
  union all
  select 'paid', name, email, 'offline', 0, received_at from offline_entries where request_id = r.id and ${isKept}
  union all
  select 'processing', name, email, 'offline', 0, null from offline_claims where request_id = r.id and ${isOpenClaim}
)`.as('any_payment')

interface PaymentOfRequest {
  status: 'paid' | 'processing'
  name: string | null
  email: string | null
  method: string | null
  refunded: number
  paid_at: Date | null
}

type Row = Awaited<ReturnType<ReturnType<typeof requestsWithPayment>['execute']>>[number]

function asRequest(row: Row, now: Date): PaymentRequest {
  const { amount, currency } = row
  return {
    id: row.id,
    money: { amount, currency },
    description: row.description,
    customerName: row.customer_name,
    state: stateOf(row, now),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    cancelledAt: row.cancelled_at,
    sessionId: row.session_id,
    payment: row.status && {
      name: row.name,
      email: row.email,
      method: row.method,
      refunded: { amount: row.refunded ?? 0, currency },
      paidAt: row.paid_at,
    },
  }
}

function stateOf(row: Row, now: Date): RequestState {
  if (row.status === 'paid' || row.status === 'processing') return row.status
  if (row.cancelled_at) return 'cancelled'
  return row.expires_at && row.expires_at <= now ? 'expired' : 'open'
}
