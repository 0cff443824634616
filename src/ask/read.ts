import { type ExpressionBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import type { QuestionState, Tables } from '../db/tables.ts'

const LONGEST_LIST = 100

/** The latest questions of one person. */
export function questionsOf(db: Db, userId: string, most = LONGEST_LIST) {
  return db
    .selectFrom('questions')
    .select(['id', 'title', 'state', 'helped', 'created_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .limit(most)
    .execute()
}

/** Everybody's: those that wait, from the oldest on, then the others from the newest on. */
export function allQuestions(db: Db) {
  return db
    .selectFrom('questions')
    .innerJoin('users', 'users.id', 'user_id')
    .select(['questions.id', 'title', 'state', 'helped', 'questions.created_at', 'email'])
    .orderBy(
      (eb) => sql`case when ${waits(eb)} then questions.created_at end`,
      (order) => order.asc().nullsLast(),
    )
    .orderBy('questions.created_at', 'desc')
    .limit(LONGEST_LIST)
    .execute()
}

export async function countWaiting(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('questions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(waits)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** A question with all that was said; of one person alone, where `userId` says whose. */
export async function readThread(db: Db, id: string, userId?: string) {
  const question = await db
    .selectFrom('questions')
    .innerJoin('users', 'users.id', 'user_id')
    .select(['questions.id', 'title', 'state', 'helped', 'questions.created_at', 'email'])
    .where('questions.id', '=', id)
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId!))
    .executeTakeFirst()
  if (!question) return undefined
  const messages = await db
    .selectFrom('question_messages')
    .select(['author', 'body', 'created_at'])
    .where('question_id', '=', id)
    .orderBy('id')
    .execute()
  return { ...question, messages }
}

export type Question = Awaited<ReturnType<typeof questionsOf>>[number]
export type Thread = NonNullable<Awaited<ReturnType<typeof readThread>>>

/** For the download of one's own data. */
export async function ownQuestions(db: Db, userId: string) {
  const messages = await db
    .selectFrom('question_messages')
    .innerJoin('questions', 'questions.id', 'question_id')
    .select(['questions.id', 'title', 'state', 'helped', 'locale', 'questions.created_at as askedAt'])
    .select(['author', 'body', 'question_messages.created_at as writtenAt'])
    .where('user_id', '=', userId)
    .orderBy('question_messages.id')
    .execute()
  return [...Map.groupBy(messages, ({ id }) => id).values()].map((thread) => {
    const { author: _author, body: _body, writtenAt: _writtenAt, ...question } = thread[0]!
    return { ...question, messages: thread.map(({ author, body, writtenAt }) => ({ author, body, writtenAt })) }
  })
}

const WAITING: QuestionState[] = ['waiting', 'asked-back']

function waits(eb: ExpressionBuilder<Tables, 'questions'>) {
  return eb('questions.state', 'in', WAITING)
}
