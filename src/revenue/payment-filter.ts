import { z } from 'zod'
import { plain } from '../plain-text.ts'

export const kinds = ['tip', 'purchase', 'pass', 'subscription', 'request', 'offline'] as const
export const states = ['paid', 'partlyRefunded', 'refunded', 'disputed', 'processing', 'failed'] as const
export type State = (typeof states)[number]

const TEXT_LENGTH = 200

/** Which payments are asked for. */
export interface PaymentFilter {
  text?: string | undefined
  kind?: (typeof kinds)[number] | undefined
  state?: State | undefined
  currency?: string | undefined
  /** Days in the owner's time zone, yyyy-mm-dd, both included. */
  from?: string | undefined
  to?: string | undefined
}

export interface Asked {
  filter: PaymentFilter
  /** What was typed and is not used. */
  problems: { q?: 'tooLong'; from?: 'date'; to?: 'date' }
  typed: { q: string; from: string; to: string }
}

/** Reads the query of a list. What can't be understood is left out: a filter is no reason for an error. */
export function readFilter(query: Record<string, string>): Asked {
  const typed = { q: plain(query.q ?? '').trim(), from: plain(query.from ?? ''), to: plain(query.to ?? '') }
  const isLong = [...typed.q].length > TEXT_LENGTH
  const [from, to] = [Day.safeParse(typed.from), Day.safeParse(typed.to)]
  return {
    filter: {
      text: isLong || typed.q === '' ? undefined : typed.q,
      kind: kinds.find((kind) => kind === query.kind),
      state: states.find((state) => state === query.state),
      currency: z
        .string()
        .regex(/^[a-z]{3}$/)
        .safeParse(query.currency).data,
      from: from.data,
      to: to.data,
    },
    problems: {
      ...(isLong && { q: 'tooLong' }),
      ...(!from.success && { from: 'date' }),
      ...(!to.success && { to: 'date' }),
    },
    typed: { q: [...typed.q].slice(0, TEXT_LENGTH).join(''), from: typed.from.slice(0, 20), to: typed.to.slice(0, 20) },
  }
}

/** A day that is one, '' being none; of years that any database knows. */
const Day = z.union([z.literal('').transform(() => undefined), z.iso.date().regex(/^(19|20|21)/)])

/** The same filter as the query of an address; '' for all payments. */
export function queryOf({ text, ...rest }: PaymentFilter, more: Record<string, string> = {}): string {
  const said = Object.entries({ q: text, ...rest, ...more }).filter((pair): pair is [string, string] =>
    Boolean(pair[1]),
  )
  return said.length > 0 ? `?${new URLSearchParams(said)}` : ''
}

export const isEmpty = (filter: PaymentFilter) => queryOf(filter) === ''
