import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { QuestionState } from '../db/tables.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import type { AskDeps } from './questions.ts'

interface Written {
  id: string
  title: string
  body: string
  messageId: number
}

/** Of one message there is one mail, ever. */
const keyOf = (messageId: number) => `question:${messageId}`

/** Tells the owner. */
export async function mailQuestion(
  { config, jobs }: AskDeps,
  trx: Trx,
  { id, title, body, messageId, isFirst }: Written & { isFirst: boolean },
): Promise<void> {
  const { locale } = config
  const questionUrl = `${config.baseUrl}/dashboard/questions/${id}`
  const props = { isFirst, title, body, questionUrl, locale, shopName: catalog.name[locale] }
  await queueMail(jobs, trx, {
    key: keyOf(messageId),
    to: config.ownerEmail,
    message: { template: 'question-asked', props },
  })
}

/** Tells the asker, at the address that they have by now. */
export async function mailAnswer(
  { config, jobs }: AskDeps,
  trx: Trx,
  question: Written & { user_id: string; locale: string; state: QuestionState },
): Promise<void> {
  const { id, title, body, messageId, user_id: userId, state } = question
  const locale = await languageOf(trx, { userId }, question.locale)
  const { email } = await trx.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirstOrThrow()
  const props = {
    title,
    body,
    mayAskBack: state === 'answered',
    questionUrl: `${config.baseUrl}/ask/${id}`,
    locale,
    shopName: catalog.name[locale],
  }
  await queueMail(jobs, trx, {
    key: keyOf(messageId),
    to: email,
    userId,
    message: { template: 'question-answered', props },
  })
}

/** The questions go with their asker; so do the mails that carried them to the owner. */
export async function forgetMails(trx: Trx, userId: string): Promise<void> {
  const messages = await trx
    .selectFrom('question_messages')
    .innerJoin('questions', 'questions.id', 'question_id')
    .select('question_messages.id')
    .where('user_id', '=', userId)
    .execute()
  if (messages.length === 0) return
  const keys = messages.map(({ id }) => keyOf(id))
  await trx.deleteFrom('mails').where('key', 'in', keys).execute()
}
