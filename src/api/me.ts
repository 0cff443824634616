import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Db } from '../db/connection.ts'
import { rightsOf } from '../payments/rights.ts'

const Me = z
  .object({
    email: z.string().openapi({ example: 'ming@example.com' }),
    plans: z.array(
      z.object({
        plan: z.string().openapi({ example: 'member' }),
        until: z.iso.datetime().openapi({ example: '2026-12-24T10:17:00.000Z' }),
      }),
    ),
    credits: z.int().openapi({ example: 3 }),
  })
  .openapi('Me')

const reading = createRoute({
  method: 'get',
  path: '/me',
  summary: 'Whose key this is, and what they have',
  'x-zh-CN': '这是谁的密钥，有什么',
  responses: { 200: { description: 'You', content: { 'application/json': { schema: Me } } } },
})

/** `/me` of the API. */
export function meApi(db: Db) {
  return new OpenAPIHono().openapi(reading, async (c) => {
    const { userId, email } = c.var.user!
    const { plans, credits } = await rightsOf(db, userId)
    const open = plans.map(({ plan, until }) => ({ plan, until: until.toISOString() }))
    return c.json({ email, plans: open, credits }, 200)
  })
}
