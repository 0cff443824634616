import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Message } from '../../emails/index.ts'
import type { StripeMode } from '../config.ts'

/** The tables as Kysely sees them; migrations/ is where they come from. Amounts are minor units, times are UTC. */
export interface Tables {
  users: {
    id: string
    email: string
    email_verified_at: Timestamp | null
    password_hash: string | null
    locale: string | null
    last_seen_at: Timestamp | null
    auth_epoch: Generated<number>
    created_at: Now
  }
  sessions: {
    id: string
    user_id: string
    expires_at: Timestamp
    device: string | null
    method: string
    last_seen_at: Now
    created_at: Now
  }
  email_proofs: {
    id: string
    purpose: ProofPurpose
    email: string
    user_id: string | null
    browser_hash: string | null
    token_hash: string | null
    code_hash: string | null
    tries: Generated<number>
    password_hash: string | null
    return_to: string | null
    locale: string
    expires_at: Timestamp
    used_at: Timestamp | null
    created_at: Now
  }
  oauth_accounts: {
    provider: string
    provider_user_id: string
    user_id: string
    email: string
    created_at: Now
  }
  passkeys: {
    id: string
    user_id: string
    public_key: Buffer
    counter: number
    transports: string[]
    name: string
    created_at: Now
    last_used_at: Timestamp | null
  }
  passkey_challenges: { hash: string; challenge: string; user_id: string | null; expires_at: Timestamp }
  installation: { only_row: Generated<boolean>; stripe_mode: StripeMode }
  inbox: {
    id: string
    type: string
    object_id: string | null
    api_version: string | null
    livemode: boolean
    created_at: Timestamp
    received_at: Now
    via: 'webhook' | 'poll'
    payload: JSONColumnType<object>
    applied_at: Timestamp | null
    next_try_at: Now
    failures: Generated<number>
    error: string | null
  }
  synced: { object_id: string; read_number: number; synced_at: Now }
  polls: { name: string; seen_until: Timestamp }
  payments: {
    id: string
    kind: PaymentKind
    status: PaymentStatus
    amount: number
    currency: string
    refunded: Generated<number>
    disputed: Generated<number>
    description: string
    email: string | null
    name: string | null
    message: string | null
    locale: string
    method: string | null
    session_id: string | null
    charge_id: string | null
    fingerprint: string | null
    balance_transaction_id: string | null
    livemode: boolean
    created_at: Timestamp
    paid_at: Timestamp | null
    anonymized_at: Timestamp | null
    user_id: string | null
    buyer_id: string | null
    customer_id: string | null
    price_key: string | null
    quantity: Generated<number>
    credits: Generated<number>
    plan: string | null
    days: number | null
    subscription_id: string | null
    invoice_id: string | null
    request_id: string | null
    /** Whether the payer wants to be named on the supporters' page. */
    on_wall: Generated<boolean>
  }
  subscriptions: {
    id: string
    user_id: string | null
    buyer_id: string | null
    customer_id: string
    email: string | null
    locale: string
    status: string
    price_key: string | null
    plan: string | null
    quantity: number
    amount: number
    currency: string
    every: 'day' | 'week' | 'month' | 'year'
    every_count: number
    mrr: number
    began_at: Timestamp | null
    stopped_at: Timestamp | null
    period_start: Timestamp
    period_end: Timestamp
    trial_end: Timestamp | null
    ends_at: Timestamp | null
    ended_at: Timestamp | null
    livemode: boolean
    created_at: Timestamp
    anonymized_at: Timestamp | null
  }
  payment_requests: {
    id: string
    form_hash: string
    amount: number
    currency: string
    description: string
    customer_name: string | null
    expires_at: Timestamp | null
    cancelled_at: Timestamp | null
    session_id: string | null
    created_at: Now
  }
  credit_uses: {
    id: Generated<number>
    user_id: string
    amount: number
    reason: string
    idempotency_key: string
    created_at: Now
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
    balance_type: Generated<string>
    created_at: Timestamp
    available_on: Timestamp
  }
  refunds: {
    id: string
    payment_id: string
    amount: number
    currency: string
    status: string
    reason: string | null
    failure_reason: string | null
    asked_by: string | null
    created_at: Timestamp
  }
  refund_claims: { payment_id: string; user_id: string | null; created_at: Now }
  disputes: {
    id: string
    payment_id: string
    amount: number
    currency: string
    status: string
    reason: string
    due_by: Timestamp | null
    submissions: number
    created_at: Timestamp
  }
  payouts: {
    id: string
    amount: number
    currency: string
    status: string
    automatic: boolean
    failure_code: string | null
    arrives_at: Timestamp
    created_at: Timestamp
  }
  reconciliations: {
    id: Generated<number>
    since: Timestamp | null
    dry_run: Generated<boolean>
    started_at: Now
    seen_at: Now
    finished_at: Timestamp | null
    progress: ColumnType<ReconcileProgress, string | undefined, string>
    checked: Generated<number>
    healed: Generated<number>
    differences: ColumnType<Difference[], string | undefined, string>
    unexplained: Generated<number>
    error: string | null
  }
  balance_checks: {
    currency: string
    ours: number
    stripes: number
    checked_at: Timestamp
    differs_since: Timestamp | null
  }
  revenue_days: {
    day: ColumnType<string, string, string>
    currency: string
    kind: PaymentKind | 'offline' | 'other'
    gross: number
    refunds: number
    disputes: number
    fees: number
    other: number
    net: number
    payments: number
  }
  revenue_rollup: { only_row: Generated<boolean>; basis: string; rolled_until: string | null }
  milestones: { key: string; reached_at: Timestamp }
  revenue_late: { id: Generated<number>; at: Timestamp }
  offline_entries: {
    id: Generated<number>
    key: string
    email: string | null
    user_id: string | null
    name: string | null
    message: string | null
    request_id: string | null
    on_wall: Generated<boolean>
    description: string
    amount: number
    currency: string
    price_key: string | null
    quantity: Generated<number>
    credits: Generated<number>
    plan: string | null
    days: number | null
    locale: string
    received_at: Timestamp
    created_at: Now
    reverses: number | null
  }
  offline_claims: {
    id: string
    form_hash: string
    code: string
    email: string | null
    user_id: string | null
    name: string | null
    message: string | null
    request_id: string | null
    on_wall: Generated<boolean>
    description: string
    amount: number
    currency: string
    price_key: string | null
    credits: Generated<number>
    plan: string | null
    days: number | null
    locale: string
    state: Generated<ClaimState>
    created_at: Now
    decided_at: Timestamp | null
  }
  hidden_supporters: { payment_id: string; hidden_at: Now }
  person_notes: { user_id: string | null; email: string | null; body: string; written_at: Timestamp }
  questions: {
    id: string
    user_id: string
    request: string
    title: string
    state: Generated<QuestionState>
    helped: boolean | null
    locale: string
    created_at: Now
  }
  question_messages: {
    id: Generated<number>
    question_id: string
    author: 'asker' | 'owner'
    body: string
    request: string
    created_at: Now
  }
  api_keys: {
    id: Generated<number>
    user_id: string
    request: string
    name: string | null
    prefix: string
    hash: string
    created_at: Now
    last_used_at: Timestamp | null
  }
  api_requests: {
    user_id: string
    key: string
    hash: string
    claim: string
    claimed_at: Now
    status: number | null
    content_type: string | null
    body: string | null
    created_at: Now
  }
  mails: {
    id: Generated<number>
    key: string
    recipient: string
    message: JSONColumnType<Draft>
    payment_id: string | null
    user_id: string | null
    created_at: Now
    sent_at: Timestamp | null
    failed_at: Timestamp | null
    skipped_at: Timestamp | null
    attempts: Generated<number>
    error: string | null
  }
}

/**
 * A mail as it waits in the outbox. One that carries a secret waits without it, and is told it when it goes out:
 * nothing that is at rest here signs anybody in.
 */
export type Draft = Exclude<Message, { template: 'proof' }> | { template: 'proof'; props: { proofId: string } }

/** Where a reconciliation stands. */
export interface ReconcileProgress {
  /** What is being compared, by its place in the list of kinds. */
  kind?: number
  /** The last object of it that is through. */
  after?: string | undefined
}

/** Something that our tables and Stripe do not say alike. */
export interface Difference {
  kind: 'balance_transactions' | 'payments' | 'refunds' | 'disputes' | 'payouts' | 'subscriptions'
  id: string
  what: 'missing' | 'different' | 'unknown to Stripe' | 'not readable'
  /** Column by column, what we have and what Stripe has. */
  columns?: Record<string, [ours: unknown, stripes: unknown]>
  /** Why it could not be healed. */
  error?: string
}

export type ProofPurpose = 'sign-in' | 'sign-up' | 'reset' | 'change-email' | 'owner'
export type PaymentKind = 'tip' | 'purchase' | 'pass' | 'subscription' | 'request'
/** 'closed': whoever claimed it deleted their account. */
export type ClaimState = 'open' | 'confirmed' | 'refused' | 'closed'
export type QuestionState = 'waiting' | 'answered' | 'asked-back' | 'closed'
export type PaymentStatus = 'processing' | 'paid' | 'failed'

type Timestamp = ColumnType<Date, Date | string, Date | string>
/** The database's clock, where nothing is said. */
type Now = ColumnType<Date, Date | string | undefined, Date | string>
