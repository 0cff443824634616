import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requireUser } from '../auth/guards.ts'
import { tooManyText } from '../auth/limit-words.ts'
import { TooMany } from '../auth/limits.ts'
import { randomToken } from '../auth/tokens.ts'
import { productsFor } from '../payments/offers.tsx'
import { rightsOf } from '../payments/rights.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { AskForm, MessageForm, RatingForm } from './form.ts'
import { AskPage, type AskPageProps, OwnQuestions, ThreadPage, type ThreadPageProps } from './pages.tsx'
import { type AskDeps, askQuestion, NEEDED, rate, say } from './questions.ts'
import { questionsOf, readThread } from './read.ts'
import { keepTyped, problemsIn, typedIn } from './typed.tsx'
import { words } from './words.ts'

/** `/ask`: for everybody to see, for customers to ask, each about their own questions alone. */
export function askerRoutes(deps: AskDeps): Hono {
  return new Hono()
    .use(keepTyped)
    .get('/', (c) => showAsk(c, deps, 200))
    .use(requireUser)
    .post(
      '/',
      zValidator('form', AskForm, (result, c) => {
        if (result.success) return
        const problems = problemsIn(result.error, c.var.locale)
        return showAsk(c, deps, 422, { typed: typedIn(result.data), problems })
      }),
      async (c) => {
        const typed = c.req.valid('form')
        const t = words[c.var.locale]
        const tooMany = await countOne(c, deps)
        if (tooMany) return showAsk(c, deps, 429, { typed, notice: { text: tooMany } })
        const { userId } = c.var.user!
        const asked = await askQuestion(deps, {
          ...typed,
          request: `form:${typed.request}`,
          userId,
          locale: c.var.locale,
        })
        if (asked.outcome === 'unpaid') {
          const link = { href: `/#${productsFor(NEEDED, pageContext(c))[0]?.key ?? ''}`, text: t.buy }
          return showAsk(c, deps, 402, { typed, notice: { text: t.unpaid, link } })
        }
        const href = `/ask/${asked.id}`
        if (asked.outcome === 'asked') return c.redirect(href, 303)
        const notice = { text: t.other, link: { href, text: t.before } }
        return showAsk(c, deps, 409, { typed: { ...typed, request: randomToken() }, notice })
      },
    )
    .get('/:id{[\\w-]+}', (c) => showThread(c, deps, 200))
    .post(
      '/:id{[\\w-]+}/reply',
      zValidator('form', MessageForm, (result, c) => {
        if (result.success) return
        const problem = problemsIn(result.error, c.var.locale).body
        return showThread(c, deps, 422, { typed: typedIn(result.data), problem })
      }),
      async (c) => {
        const typed = c.req.valid('form')
        const questionId = c.req.param('id')
        const by = { asker: c.var.user!.userId }
        const outcome = await say(deps, { questionId, by, ...typed })
        if (outcome === 'said') return c.redirect(`/ask/${questionId}`, 303)
        return showThread(c, deps, 409, { typed, notice: words[c.var.locale].refused })
      },
    )
    .post('/:id{[\\w-]+}/rating', zValidator('form', RatingForm, refuse), async (c) => {
      const id = c.req.param('id')
      const isRated = await rate(deps, id, c.var.user!.userId, c.req.valid('form').helped)
      return isRated ? c.redirect(`/ask/${id}`, 303) : c.notFound()
    })
}

/** No page of ours sends this. */
function refuse({ success }: { success: boolean }) {
  if (!success) throw new HTTPException(400)
}

/** What to tell who asks too often. Not thrown: an error page would lose what they typed. */
async function countOne(c: Context, { limits }: AskDeps): Promise<string | undefined> {
  try {
    await limits.count(c, 'ask', c.var.user!.userId)
    return undefined
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    c.header('retry-after', String(error.retryAfterSeconds))
    return tooManyText(error, c.var.locale)
  }
}

async function showAsk(
  c: Context,
  { db, config }: AskDeps,
  status: 200 | 402 | 409 | 422 | 429,
  more: Partial<AskPageProps> = {},
) {
  const { user } = c.var
  const { plans, credits } = user ? await rightsOf(db, user.userId) : { plans: [], credits: 0 }
  const page = (
    <AskPage
      {...pageContext(c)}
      timeZone={config.timeZone}
      rights={{ isMember: plans.some(({ plan }) => plan === NEEDED.plan), credits }}
      questions={user ? await questionsOf(db, user.userId) : []}
      typed={{ request: randomToken() }}
      {...more}
    />
  )
  // Each visit gets a request id of its own.
  c.header('cache-control', 'no-store')
  return renderPage(c, page, status)
}

/** On the account page: what was asked last, and the way to ask. */
export async function ownSection(c: Context, { db, config }: AskDeps) {
  const questions = await questionsOf(db, c.var.user!.userId, 3)
  return <OwnQuestions locale={c.var.locale} timeZone={config.timeZone} questions={questions} />
}

/** To everybody but its asker, a question does not exist. */
async function showThread(c: Context, deps: AskDeps, status: 200 | 409 | 422, more: Partial<ThreadPageProps> = {}) {
  const { user, isOwner } = c.var
  const id = c.req.param('id')!
  const thread = await readThread(deps.db, id, user!.userId)
  if (!thread && isOwner && (await readThread(deps.db, id))) return c.redirect(`/dashboard/questions/${id}`)
  if (!thread) return c.notFound()
  const context = pageContext(c)
  const about = { message: words[context.locale].tipMessage(thread.title), back: `/ask/${id}` }
  const page = (
    <ThreadPage
      {...context}
      thanks={deps.features.flatMap((feature) => feature.thanks?.(context, about) ?? [])}
      timeZone={deps.config.timeZone}
      thread={thread}
      typed={{ request: randomToken() }}
      {...more}
    />
  )
  return renderPage(c, page, status)
}
