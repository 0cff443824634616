import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { paymentProblem, problemOf } from '../payments/required.tsx'
import { asLocale } from '../ui/i18n.ts'
import { bodyText, titleText } from './form.ts'
import { type AskDeps, askQuestion, NEEDED } from './questions.ts'
import { type Question, questionsOf, readThread, type Thread } from './read.ts'

const State = z.enum(['waiting', 'answered', 'asked-back', 'closed'])

const QuestionShape = z
  .object({
    id: z.string().openapi({ example: 'pHbbXzG2aV0cFqG9Yt8e0nC3oYc1nq8mVQk1T5b2wXo' }),
    title: z.string().openapi({ example: 'Why does my query wait?' }),
    state: State.openapi({ example: 'answered' }),
    helped: z.boolean().nullable().openapi({ description: 'What the asker says of the answer', example: true }),
    createdAt: z.iso.datetime().openapi({ example: '2026-11-24T10:17:00.000Z' }),
    url: z.url().openapi({ description: 'Its page, for the asker', example: 'https://example.com/ask/pHbb' }),
  })
  .openapi('Question')

const ThreadShape = QuestionShape.extend({
  messages: z.array(
    z.object({
      author: z.enum(['asker', 'owner']).openapi({ example: 'asker' }),
      body: z.string().openapi({ description: 'Markdown', example: 'It hangs at `select … for update`.' }),
      createdAt: z.iso.datetime().openapi({ example: '2026-11-24T10:17:00.000Z' }),
    }),
  ),
}).openapi('QuestionThread')

const NewQuestion = z
  .object({
    title: titleText().openapi({ type: 'string', maxLength: 120, example: 'Why does my query wait?' }),
    body: bodyText().openapi({ type: 'string', maxLength: 10_000, example: 'It hangs at `select … for update`.' }),
  })
  .openapi('NewQuestion')

const ProblemShape = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string().openapi({ example: 'Payment Required' }),
    status: z.int().openapi({ example: 402 }),
    detail: z.string().openapi({ example: 'You have 0 questions left, and no plan that covers this.' }),
    buy: z.url().optional().openapi({ description: 'Where to buy what is missing', example: 'https://example.com/' }),
  })
  .openapi('Problem')

const headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .openapi({ description: 'Yours: sent again, it asks once', example: '0f6ec3b6-7f0c-4a54-9d3c-8f7a4f2f6b0e' }),
})
const params = z.object({ id: z.string().regex(/^[\w-]+$/) })

const titles = { 400: 'Bad Request', 404: 'Not Found', 409: 'Conflict', 422: 'Unprocessable Content' } as const

const wrong = (status: keyof typeof titles, detail: string) => {
  return { type: 'about:blank', title: titles[status], status, detail }
}
const NO_SUCH = wrong(404, 'You have no such question.')

const problem = (description: string, example: z.input<typeof ProblemShape>) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemShape, example } },
})
const json = <T>(description: string, schema: T) => ({ description, content: { 'application/json': { schema } } })

// Whoever mounts it describes its own Idempotency-Key problems.
const asking = (baseUrl: string) =>
  createRoute({
    method: 'post',
    path: '/questions',
    summary: 'Ask a question',
    'x-zh-CN': '提一个问题',
    description: 'Takes one of the questions you have bought; members ask freely.',
    request: { headers, body: { required: true, content: { 'application/json': { schema: NewQuestion } } } },
    responses: {
      201: json('It was asked', ThreadShape),
      402: problem('No question left', problemOf(NEEDED, baseUrl)),
      422: problem('Title or body is missing or too long', wrong(422, 'title: missing')),
    },
  })

const listing = createRoute({
  method: 'get',
  path: '/questions',
  summary: 'Your latest questions',
  'x-zh-CN': '你最近的问题',
  description: 'Up to a hundred, the newest first.',
  responses: { 200: json('The questions', z.object({ data: z.array(QuestionShape) })) },
})

const reading = createRoute({
  method: 'get',
  path: '/questions/{id}',
  summary: 'A question and what was said',
  'x-zh-CN': '一个问题，和它的来往',
  request: { params },
  responses: { 200: json('The question', ThreadShape), 404: problem('You have no such question', NO_SUCH) },
})

/** `/questions` of the API. Whoever mounts it has found out who calls, and put them on `c.var.user`. */
export function questionApi(deps: AskDeps) {
  const { db, config } = deps
  const shape = ({ id, title, state, helped, created_at }: Question) => ({
    ...{ id, title, state, helped },
    createdAt: created_at.toISOString(),
    url: `${config.baseUrl}/ask/${id}`,
  })
  const whole = (thread: Thread) => ({
    ...shape(thread),
    messages: thread.messages.map(({ author, body, created_at }) => {
      return { author, body, createdAt: created_at.toISOString() }
    }),
  })
  return new OpenAPIHono({ defaultHook: (result, c) => (result.success ? undefined : wrongInput(c, result)) })
    .openapi(asking(config.baseUrl), async (c) => {
      const { userId } = c.var.user!
      await deps.limits.count(c, 'ask', userId)
      const request = `api:${c.req.valid('header')['idempotency-key']}`
      const asked = await askQuestion(deps, {
        ...c.req.valid('json'),
        request,
        userId,
        locale: asLocale(c.var.locale),
      })
      if (asked.outcome === 'unpaid') return paymentProblem(c, deps, NEEDED) as never
      if (asked.outcome === 'other') return answer(c, wrong(409, 'This Idempotency-Key has asked another question.'))
      return c.json(whole((await readThread(db, asked.id, userId))!), 201)
    })
    .openapi(listing, async (c) => {
      const questions = await questionsOf(db, c.var.user!.userId)
      return c.json({ data: questions.map(shape) }, 200)
    })
    .openapi(reading, async (c) => {
      const thread = await readThread(db, c.req.valid('param').id, c.var.user!.userId)
      return thread ? c.json(whole(thread), 200) : answer(c, NO_SUCH)
    })
}

/** What is wrong with a body is the caller's to correct (422); without a key it can't be asked safely at all (400). */
function wrongInput(c: Context, { target, error }: { target: string; error: z.core.$ZodError }) {
  if (target === 'param') return answer(c, NO_SUCH)
  if (target === 'header') return answer(c, wrong(400, 'Send an Idempotency-Key: 1 to 255 visible ASCII characters.'))
  const details = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return answer(c, wrong(422, details.join('; ')))
}

function answer(c: Context, problem: ReturnType<typeof wrong>) {
  // A Response of a status, without a type for each: what it holds is described by the route.
  return c.body(JSON.stringify(problem), problem.status, { 'content-type': 'application/problem+json' }) as never
}
