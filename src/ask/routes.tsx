import { Hono } from 'hono'
import type { Feature } from '../feature.ts'
import { questionApi } from './api.ts'
import { askerRoutes, ownSection } from './asker-routes.tsx'
import { askedAndAnswered } from './evidence.ts'
import { forgetMails } from './mails.ts'
import { PersonsQuestions } from './owner-pages.tsx'
import { ownerRoutes } from './owner-routes.tsx'
import type { AskDeps } from './questions.ts'
import { countWaiting, ownQuestions, questionsOf } from './read.ts'
import { words } from './words.ts'

/** THE SAMPLE SERVICE: a paid question to an engineer. docs/your-service.md says how to put yours in its place. */
export function ask(deps: AskDeps): Feature {
  const { db } = deps
  const href = '/dashboard/questions'
  return {
    routes: new Hono().route('/ask', askerRoutes(deps)).route(href, ownerRoutes(deps)),
    home: ({ locale }) => (
      <a class="button quiet" href="/ask">
        {words[locale].toAsk}
      </a>
    ),
    header: { href: '/ask', text: { 'zh-CN': words['zh-CN'].ask, en: words.en.ask } },
    dashboard: {
      href,
      title: { 'zh-CN': words['zh-CN'].owner.title, en: words.en.owner.title },
      async todos(locale) {
        const count = await countWaiting(db)
        return count > 0 ? [{ text: words[locale].owner.todo(count), href }] : []
      },
    },
    account: (c) => ownSection(c, deps),
    async person(c, { userId }) {
      const questions = userId === undefined ? [] : await questionsOf(db, userId)
      if (questions.length === 0) return undefined
      return <PersonsQuestions locale={c.var.locale} timeZone={deps.config.timeZone} questions={questions} />
    },
    api: questionApi(deps),
    evidence: (userId) => askedAndAnswered(db, userId),
    ownData: async ({ userId }) => ({ questions: await ownQuestions(db, userId) }),
    forget: (trx, { userId }) => forgetMails(trx, userId),
  }
}
