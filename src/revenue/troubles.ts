import type { Db } from '../db/connection.ts'
import type { Todo } from '../feature.ts'
import { dictionary, type Locale } from '../ui/i18n.ts'

const words = dictionary({
  'zh-CN': {
    failedMail: (to: string) => `给 ${to} 的邮件没有送到`,
    failedEvent: (type: string) => `Stripe 的一条消息还没能入账：${type}`,
  },
  en: {
    failedMail: (to) => `The mail to ${to} was not delivered`,
    failedEvent: (type) => `A message from Stripe is not in the books yet: ${type}`,
  },
})

const MOST = 5

/** What does not mend itself: mail that was given up, and events that could not be applied. The oldest few of each. */
export async function troubles(db: Db, locale: Locale): Promise<Todo[]> {
  const [mails, events] = await Promise.all([failedMails(db), failedEvents(db)])
  const t = words[locale]
  return [
    ...mails.map(({ recipient, error }) => ({ text: t.failedMail(recipient), note: error ?? '' })),
    ...events.map(({ type, error }) => ({ text: t.failedEvent(type), note: error ?? '' })),
  ]
}

function failedMails(db: Db) {
  return db
    .selectFrom('mails')
    .select(['recipient', 'error'])
    .where('failed_at', 'is not', null)
    .orderBy('failed_at')
    .limit(MOST)
    .execute()
}

function failedEvents(db: Db) {
  return db
    .selectFrom('inbox')
    .select(['type', 'error'])
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .orderBy('received_at')
    .limit(MOST)
    .execute()
}
