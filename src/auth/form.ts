import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** A form's text fields; of a field that came twice the last counts, files are left out. */
export type Form = Partial<Record<string, string>>

export async function readForm(c: Context): Promise<Form> {
  const body = await c.req.parseBody().catch(() => ({}))
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, storable(value)]] : [])),
  )
}

/** All that a form sent, files too. What claims to be a form and is none, only a program sends: a 400. */
export function readBody(c: Context): ReturnType<Context['req']['parseBody']> {
  return c.req.parseBody().catch(() => {
    throw new HTTPException(400)
  })
}

// Postgres can't keep a NUL, or half of a character, as text.
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '\uFFFD')
