import type { Limits } from '../auth/limits.ts'
import { randomToken } from '../auth/tokens.ts'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { QuestionState } from '../db/tables.ts'
import type { Feature } from '../feature.ts'
import type { Jobs } from '../jobs/queue.ts'
import type { Locale } from '../locales.ts'
import { takeCredit } from '../payments/credits.ts'
import { hasPlan } from '../payments/rights.ts'
import { mailAnswer, mailQuestion } from './mails.ts'

export interface AskDeps {
  config: Config
  db: Db
  jobs: Jobs
  limits: Limits
  /** Those that know how to say thanks for an answer. */
  features: Feature[]
}

/** What a question needs: a credit, or the plan of those who ask freely. */
export const NEEDED = { credit: true, plan: 'member' }

export interface NewQuestion {
  userId: string
  title: string
  /** Markdown. */
  body: string
  locale: Locale
  /** Of the form or the API call: the same one asks once. */
  request: string
}

/** 'other': that request has already asked something else, which has this id. */
export type Asked = { outcome: 'asked' | 'other'; id: string } | { outcome: 'unpaid' }

/** Asks, and takes a credit of everybody but members: both, or neither. */
export async function askQuestion(deps: AskDeps, question: NewQuestion): Promise<Asked> {
  const asked = await deps.db.transaction().execute((trx) => askIn(trx, deps, question))
  deps.jobs.wake('mail')
  return asked
}

async function askIn(trx: Trx, deps: AskDeps, question: NewQuestion): Promise<Asked> {
  const { userId, title, body, locale, request } = question
  // What one person asks at the same time waits here, so a double click finds what the first one asked.
  const user = await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirst()
  if (!user) return { outcome: 'unpaid' }
  const before = await askedBefore(trx, question)
  if (before) return before
  const isFree = await hasPlan(trx, userId, NEEDED.plan)
  if (!isFree && !(await takeCredit(trx, userId, 'question', request)).taken) return { outcome: 'unpaid' }
  const id = randomToken()
  await trx.insertInto('questions').values({ id, user_id: userId, title, locale, request }).execute()
  const messageId = await addMessage(trx, { question_id: id, author: 'asker', body, request })
  await mailQuestion(deps, trx, { id, title, body, messageId, isFirst: true })
  return { outcome: 'asked', id }
}

async function askedBefore(trx: Trx, question: NewQuestion): Promise<Asked | undefined> {
  const before = await trx
    .selectFrom('questions')
    .innerJoin('question_messages as first', (join) =>
      join.onRef('first.question_id', '=', 'questions.id').onRef('first.request', '=', 'questions.request'),
    )
    .select(['questions.id', 'title', 'body'])
    .where('user_id', '=', question.userId)
    .where('questions.request', '=', question.request)
    .executeTakeFirst()
  if (!before) return undefined
  const isSame = before.title === question.title && before.body === question.body
  return { outcome: isSame ? 'asked' : 'other', id: before.id }
}

/** Who may speak when, and what comes of it. The asker asks back once. */
const next: Record<'asker' | 'owner', Partial<Record<QuestionState, QuestionState>>> = {
  asker: { answered: 'asked-back' },
  owner: { waiting: 'answered', answered: 'answered', 'asked-back': 'closed', closed: 'closed' },
}

interface NewMessage {
  questionId: string
  /** The asker's id; the owner may answer everybody's. */
  by: { asker: string } | 'owner'
  body: string
  request: string
}

/** Adds an answer, or what is asked back, once for each request. 'refused': it is not their turn, or that request said something else. */
export async function say(deps: AskDeps, message: NewMessage): Promise<'said' | 'refused' | 'not-found'> {
  const outcome = await deps.db.transaction().execute((trx) => sayIn(trx, deps, message))
  deps.jobs.wake('mail')
  return outcome
}

async function sayIn(trx: Trx, deps: AskDeps, { questionId, by, body, request }: NewMessage) {
  const author = by === 'owner' ? 'owner' : 'asker'
  const question = await trx
    .selectFrom('questions')
    .selectAll()
    .where('id', '=', questionId)
    .$if(by !== 'owner', (query) => query.where('user_id', '=', (by as { asker: string }).asker))
    .forUpdate()
    .executeTakeFirst()
  if (!question) return 'not-found'
  const before = await trx
    .selectFrom('question_messages')
    .select('body')
    .where('question_id', '=', questionId)
    .where('author', '=', author)
    .where('request', '=', request)
    .executeTakeFirst()
  if (before) return before.body === body ? 'said' : 'refused'
  const state = next[author][question.state]
  if (!state) return 'refused'
  await trx.updateTable('questions').set({ state }).where('id', '=', questionId).execute()
  const messageId = await addMessage(trx, { question_id: questionId, author, body, request })
  if (author === 'owner') await mailAnswer(deps, trx, { ...question, state, body, messageId })
  else await mailQuestion(deps, trx, { ...question, body, messageId, isFirst: false })
  return 'said'
}

async function addMessage(
  trx: Trx,
  message: { question_id: string; author: 'asker' | 'owner'; body: string; request: string },
): Promise<number> {
  const { id } = await trx.insertInto('question_messages').values(message).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Whether it helped, as its asker says, who may say otherwise later. False when there is nothing to rate. */
export async function rate({ db }: AskDeps, id: string, userId: string, helped: boolean): Promise<boolean> {
  const rated = await db
    .updateTable('questions')
    .set({ helped })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('state', '!=', 'waiting')
    .returning('id')
    .executeTakeFirst()
  return rated !== undefined
}
