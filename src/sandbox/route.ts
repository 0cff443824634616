import type { z } from 'zod'
import type { Tx } from './tx.ts'

/** One of Stripe's operations: what it takes and what it does. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  params: z.ZodType
  // biome-ignore lint/suspicious/noExplicitAny: a list holds routes of many parameter types; `route()` ties each to its own.
  run: (tx: Tx, params: any, id: string) => Promise<object>
}

const route =
  (method: Route['method']) =>
  <S extends z.ZodType>(
    path: string,
    params: S,
    run: (tx: Tx, params: z.output<S>, id: string) => Promise<object>,
  ): Route => ({
    method,
    path,
    params,
    run,
  })

export const get = route('GET')
export const post = route('POST')
export const del = route('DELETE')
