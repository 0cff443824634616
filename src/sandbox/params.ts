import { z } from 'zod'
import { CURRENCIES } from './currencies.ts'
import { invalid, notInSandbox, type StripeError } from './errors.ts'

/** Parameters arrive as text; these read them and complain in Stripe's words. */

type Nested = { [key: string]: Nested | Nested[] | string } | Nested[] | string

/** `a[b][0][c]=1` as an object. Objects whose keys are 0, 1, 2 … become arrays. */
export function decodeForm(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = [name.split('[')[0]!, ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!)]
    let at = root
    keys.forEach((key, depth) => {
      const own = key === '' ? String(Object.keys(at).length) : key
      if (depth === keys.length - 1) at[own] = value
      else {
        if (typeof at[own] !== 'object') at[own] = Object.create(null)
        at = at[own] as Record<string, unknown>
      }
    })
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, withArrays(value as Nested)]))
}

function withArrays(value: Nested): unknown {
  if (typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, item]) => [key, withArrays(item as Nested)] as const)
  const isArray = entries.length > 0 && entries.every(([key], index) => key === String(index))
  return isArray ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

const complain = (context: z.RefinementCtx, message: string, code?: string) => {
  context.addIssue({ code: 'custom', message, params: { code } })
  return z.NEVER
}

/** Reads a text, or complains. */
function read<T>(parse: (value: string) => T | undefined, problem: (value: string) => string, code?: string) {
  return z.string().transform((value, context): T => {
    const parsed = parse(value)
    return parsed === undefined ? complain(context, problem(value), code) : parsed
  })
}

export const integer = ({ min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}) =>
  read(
    (value) => (/^-?\d{1,15}$/.test(value) ? Number(value) : undefined),
    (value) => `Invalid integer: ${value}`,
    'parameter_invalid_integer',
  ).transform((value, context) => {
    if (value < min) {
      return complain(context, `This value must be greater than or equal to ${min}.`, 'parameter_invalid_integer')
    }
    if (value > max) {
      return complain(context, `This value must be less than or equal to ${max}.`, 'parameter_invalid_integer')
    }
    return value
  })

export const boolean = read(
  (value) => ({ true: true, false: false })[value],
  (value) => `Invalid boolean: ${value}`,
)

export const oneOf = <const T extends string>(...values: readonly T[]) =>
  read(
    (value) => values.find((known) => known === value),
    () => `must be one of ${listed(values)}`,
  )

const EMPTY = 'We assume empty values are an attempt to unset a parameter'

export const text = (max = 5000) =>
  z.string().transform((value, context) => {
    if (value === '') return complain(context, EMPTY, 'parameter_invalid_empty')
    if (value.length > max) return complain(context, `Invalid string: must be at most ${max} characters`)
    return value
  })

/** A text that an empty one unsets. */
export const optionalText = (max = 5000) =>
  z.string().transform((value, context) => {
    if (value.length > max) return complain(context, `Invalid string: must be at most ${max} characters`)
    return value === '' ? null : value
  })

export const currency = read(
  (value) => CURRENCIES.find((known) => known === value.toLowerCase()),
  (value) => `Invalid currency: ${value}. The sandbox knows these currencies: ${CURRENCIES.join(', ')}`,
)

export const email = read(
  (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) && value.length <= 512 ? value : undefined),
  (value) => `Invalid email address: ${value}`,
  'email_invalid',
)

export const url = read(
  (value) => (/^https?:\/\/[^\s]+$/.test(value) && value.length <= 5000 ? value : undefined),
  () => 'Not a valid URL',
  'url_invalid',
)

/** Up to 50 keys; an empty value takes its key away, an empty hash all of them. */
export const metadata = z
  .union([z.literal(''), z.record(z.string(), z.string()), z.array(z.string())])
  .transform((value, context) => {
    const entries = value === '' ? [] : Object.entries(value)
    if (entries.length > 50) return complain(context, 'Metadata can have at most 50 keys')
    for (const [key, item] of entries) {
      if (key.length > 40) return complain(context, `Metadata keys can have at most 40 characters: ${key}`)
      if (item.length > 500) return complain(context, `Metadata values can have at most 500 characters: ${key}`)
    }
    return value === '' ? '' : (Object.fromEntries(entries) as Record<string, string>)
  })

export function mergeMetadata(before: Record<string, string>, change: z.output<typeof metadata> | undefined) {
  if (change === '') return {}
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''))
}

export const address = z.strictObject(
  Object.fromEntries(
    ['city', 'country', 'line1', 'line2', 'postal_code', 'state'].map((key) => [key, optionalText().optional()]),
  ),
)

export const created = z.union([
  integer(),
  z.strictObject({ gt: integer(), gte: integer(), lt: integer(), lte: integer() }).partial(),
])

export const page = {
  limit: integer({ min: 1, max: 100 }).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
}

/** A hash of parameters, all optional; `later` are Stripe's own that the sandbox does not have. */
export const params = <T extends z.ZodRawShape>(shape: T, later: readonly string[] = []) =>
  z
    .looseObject({})
    .superRefine((given, context) => {
      for (const name of later) {
        if (name in given) context.addIssue({ code: 'custom', path: [name], message: '', params: { later: true } })
      }
    })
    .pipe(z.strictObject(shape))

export const nothing = params({})

/** The first problem, as Stripe words it. */
export function asStripeError(error: z.ZodError, given: unknown): StripeError {
  const issue = deepest(error.issues)
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') path.push(issue.keys[0]!)
  const param = path.map((part, index) => (index ? `[${part}]` : part)).join('')
  const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], given)
  const of = (message: string, code?: string) => invalid(message, { code, param })

  if (issue.code === 'unrecognized_keys') return of(`Received unknown parameter: ${param}`, 'parameter_unknown')
  if (value === undefined) return of(`Missing required param: ${param}.`, 'parameter_missing')
  if (issue.code === 'custom') {
    const { code, later } = (issue.params ?? {}) as { code?: string; later?: boolean }
    if (later) return notInSandbox(`the parameter ${param}`, param)
    if (issue.message === EMPTY) {
      return of(
        `You passed an empty string for '${param}'. ${EMPTY}; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
        code,
      )
    }
    return of(issue.message.startsWith('must be') ? `Invalid ${param}: ${issue.message}` : issue.message, code)
  }
  if (issue.code === 'invalid_type') return of(`Invalid ${issue.expected}`)
  return of(`Invalid value for ${param}`)
}

/** Of a union's branches, the one that got furthest says best what is wrong. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const issue = issues[0]!
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors
    .filter((branch) => branch.length)
    .map((branch) => deepest(branch))
    .sort((a, b) => b.path.length - a.path.length)[0]
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue
}

const listed = (values: readonly string[]) =>
  values.length < 3 ? values.join(' or ') : `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`
