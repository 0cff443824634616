import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Message } from '../../emails/index.ts'

/** The tables as Kysely sees them; migrations/ is where they come from. Amounts are minor units, times are UTC. */
export interface Tables {
  users: {
    id: string
    email: string
    email_verified_at: Timestamp | null
    created_at: Generated<Timestamp>
  }
  sessions: {
    id: string
    user_id: string
    expires_at: Timestamp
    created_at: Generated<Timestamp>
  }
  email_tokens: {
    hash: string
    purpose: 'owner-link'
    user_id: string
    expires_at: Timestamp
    used_at: Timestamp | null
    created_at: Generated<Timestamp>
  }
  inbox: {
    id: string
    type: string
    object_id: string | null
    api_version: string | null
    livemode: boolean
    created_at: Timestamp
    received_at: Generated<Timestamp>
    via: 'webhook' | 'poll'
    payload: JSONColumnType<object>
    applied_at: Timestamp | null
    failures: Generated<number>
    error: string | null
  }
  synced: { object_id: string; read_number: number; synced_at: Generated<Timestamp> }
  polls: { name: string; seen_until: Timestamp }
  payments: {
    id: string
    kind: PaymentKind
    status: PaymentStatus
    amount: number
    currency: string
    refunded: Generated<number>
    description: string
    email: string | null
    name: string | null
    message: string | null
    locale: string
    method: string | null
    session_id: string | null
    charge_id: string | null
    balance_transaction_id: string | null
    livemode: boolean
    created_at: Timestamp
    paid_at: Timestamp | null
  }
  balance_transactions: {
    id: string
    type: string
    reporting_category: string
    amount: number
    fee: number
    net: number
    currency: string
    exchange_rate: number | null
    source: string | null
    payment_id: string | null
    description: string | null
    created_at: Timestamp
    available_on: Timestamp
  }
  mails: {
    id: Generated<number>
    key: string
    recipient: string
    message: JSONColumnType<Message>
    payment_id: string | null
    created_at: Generated<Timestamp>
    sent_at: Timestamp | null
    failed_at: Timestamp | null
    attempts: Generated<number>
    error: string | null
  }
}

export type PaymentKind = 'tip' | 'purchase' | 'pass' | 'subscription' | 'request'
export type PaymentStatus = 'processing' | 'paid' | 'failed'

type Timestamp = ColumnType<Date, Date | string, Date | string>
