import { randomInt, randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Db, Trx } from '../db/connection.ts'
import type { ProofPurpose } from '../db/tables.ts'
import type { Jobs } from '../jobs/queue.ts'
import { queueMail } from '../mail/outbox.ts'
import type { Locale } from '../ui/i18n.ts'
import { returnPath } from './return-to.ts'
import { randomToken, sha256 } from './tokens.ts'

/**
 * What an email proves. One mail holds a link and a six-digit code; whoever uses either reads that address. It works once,
 * for fifteen minutes. The code works only in the browser that asked, and not after five wrong tries.
 * Of token and code only hashes are kept, and they come into being when the mail is sent: nothing at rest signs anybody in.
 */
export interface Proof {
  purpose: ProofPurpose
  email: string
  userId: string | null
  passwordHash: string | null
  returnTo: string | null
  /** Whether it was used in the browser that asked for it. */
  sameBrowser: boolean
}

export interface ProofRequest {
  purpose: Exclude<ProofPurpose, 'owner'>
  email: string
  userId?: string
  passwordHash?: string
  returnTo?: string
  locale: Locale
}

const MINUTES = 15
const TRIES = 5

/** Asks for a proof: queues the mail, and returns what the asking browser has to keep. */
export async function requestProof(jobs: Jobs, trx: Trx, request: ProofRequest): Promise<string> {
  const browser = randomToken()
  const id = randomUUID()
  await trx
    .insertInto('email_proofs')
    .values({
      id,
      purpose: request.purpose,
      email: request.email,
      user_id: request.userId ?? null,
      browser_hash: sha256(browser),
      password_hash: request.passwordHash ?? null,
      return_to: returnPath(request.returnTo, '') || null,
      locale: request.locale,
      expires_at: minutesFromNow(MINUTES),
    })
    .execute()
  await queueMail(jobs, trx, {
    key: `proof:${id}`,
    to: request.email,
    message: { template: 'proof', props: { proofId: id } },
  })
  return browser
}

/** A proof for the owner alone, by a link that no mail carries. */
export async function issueOwnerProof(trx: Trx, email: string, locale: Locale, minutes: number): Promise<string> {
  const token = randomToken()
  await trx
    .insertInto('email_proofs')
    .values({
      id: randomUUID(),
      purpose: 'owner',
      email,
      token_hash: sha256(token),
      locale,
      expires_at: minutesFromNow(minutes),
    })
    .execute()
  return token
}

/**
 * Makes token and code when the mail is about to go out; one sent again has new ones, and the old are void.
 * Undefined when the proof is no longer wanted.
 */
export async function issueProof(db: Db, id: string) {
  const token = randomToken()
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const proof = await db
    .updateTable('email_proofs')
    .set({ token_hash: sha256(token), code_hash: await hash(code), expires_at: minutesFromNow(MINUTES) })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .returning(['purpose', 'locale'])
    .executeTakeFirst()
  return proof && { ...proof, token, code, minutes: MINUTES }
}

/** What a link is about, without using it up; undefined when it does not work any more. */
export function peekLink(db: Db, token: string): Promise<Waiting | undefined> {
  return waiting(db, 'token_hash', token)
}

/** What this browser waits for; undefined when nothing, or no longer. */
export function peekBrowser(db: Db, browser: string): Promise<Waiting | undefined> {
  return waiting(db, 'browser_hash', browser)
}

interface Waiting {
  purpose: ProofPurpose
  email: string
}

function waiting(db: Db, column: 'token_hash' | 'browser_hash', secret: string): Promise<Waiting | undefined> {
  return db
    .selectFrom('email_proofs')
    .select(['purpose', 'email'])
    .where(column, '=', sha256(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date())
    .executeTakeFirst()
}

/** Uses a link up. Of many at once exactly one gets the proof. */
export async function useLink(trx: Trx, token: string, browser: string | undefined): Promise<Proof | undefined> {
  const proof = await trx
    .updateTable('email_proofs')
    .set({ used_at: new Date() })
    .where('token_hash', '=', sha256(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date())
    .returningAll()
    .executeTakeFirst()
  return proof && finish(trx, proof, browser)
}

/** Uses a code up, in the browser that asked for it. Wrong tries count, however many come at once. */
export async function useCode(db: Db, code: string, browser: string): Promise<Proof | undefined> {
  const tried = await db
    .updateTable('email_proofs')
    .set((row) => ({ tries: row('tries', '+', 1) }))
    .where('browser_hash', '=', sha256(browser))
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date())
    .where('tries', '<', TRIES)
    .returning(['id', 'code_hash'])
    .executeTakeFirst()
  if (!tried?.code_hash || !(await verify(tried.code_hash, code))) return undefined
  return db.transaction().execute(async (trx) => {
    const proof = await trx
      .updateTable('email_proofs')
      .set({ used_at: new Date() })
      .where('id', '=', tried.id)
      .where('used_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    return proof && finish(trx, proof, browser)
  })
}

interface ProofRow {
  purpose: ProofPurpose
  email: string
  user_id: string | null
  browser_hash: string | null
  password_hash: string | null
  return_to: string | null
}

/** The others that were asked for the same are void, too: a second mail in the box is no second key. */
async function finish(trx: Trx, proof: ProofRow, browser: string | undefined): Promise<Proof> {
  await trx
    .updateTable('email_proofs')
    .set({ used_at: new Date() })
    .where('email', '=', proof.email)
    .where('purpose', '=', proof.purpose)
    // Somebody else's change to the same address is theirs.
    .where('user_id', 'is not distinct from', proof.user_id)
    .where('used_at', 'is', null)
    .execute()
  const { purpose, email, user_id: userId, password_hash: passwordHash, return_to: returnTo } = proof
  const sameBrowser = browser !== undefined && sha256(browser) === proof.browser_hash
  return { purpose, email, userId, passwordHash, returnTo, sameBrowser }
}

function minutesFromNow(minutes: number): Date {
  return new Date(Date.now() + minutes * 60_000)
}
