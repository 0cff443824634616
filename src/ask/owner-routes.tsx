import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { requireOwner } from '../auth/guards.ts'
import { randomToken } from '../auth/tokens.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { MessageForm } from './form.ts'
import { AnswerPage, QuestionsPage } from './owner-pages.tsx'
import type { ThreadPageProps } from './pages.tsx'
import { type AskDeps, say } from './questions.ts'
import { allQuestions, readThread } from './read.ts'
import { keepTyped, problemsIn, typedIn } from './typed.tsx'
import { words } from './words.ts'

/** `/dashboard/questions`: what everybody asks, and the owner's answers. */
export function ownerRoutes(deps: AskDeps): Hono {
  const { db, config } = deps
  return new Hono()
    .use(keepTyped, requireOwner)
    .get('/', async (c) => {
      const questions = await allQuestions(db)
      return renderPage(c, <QuestionsPage {...pageContext(c)} timeZone={config.timeZone} questions={questions} />)
    })
    .get('/:id{[\\w-]+}', (c) => showThread(c, deps, 200))
    .post(
      '/:id{[\\w-]+}',
      zValidator('form', MessageForm, (result, c) => {
        if (result.success) return
        const problem = problemsIn(result.error, c.var.locale).body
        return showThread(c, deps, 422, { typed: typedIn(result.data), problem })
      }),
      async (c) => {
        const typed = c.req.valid('form')
        const questionId = c.req.param('id')
        const outcome = await say(deps, { questionId, by: 'owner', ...typed })
        if (outcome === 'said') return c.redirect(`/dashboard/questions/${questionId}`, 303)
        const notice = words[c.var.locale].owner.sent
        return showThread(c, deps, 409, { typed: { ...typed, request: randomToken() }, notice })
      },
    )
}

async function showThread(
  c: Context,
  { db, config }: AskDeps,
  status: 200 | 409 | 422,
  more: Partial<Omit<ThreadPageProps, 'thanks'>> = {},
) {
  const thread = await readThread(db, c.req.param('id')!)
  if (!thread) return c.notFound()
  const page = (
    <AnswerPage
      {...pageContext(c)}
      timeZone={config.timeZone}
      thread={thread}
      typed={{ request: randomToken() }}
      {...more}
    />
  )
  c.header('cache-control', 'no-store')
  return renderPage(c, page, status)
}
