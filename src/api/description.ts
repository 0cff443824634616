import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Locale } from '../locales.ts'
import { documentOf, PROBLEMS, type Wrong } from './problems.ts'

export interface Operation {
  method: string
  path: string
  summary: Record<Locale, string>
  /** JSON Schemas of what is sent and, when it went well, answered. */
  body: object | undefined
  answer: object | undefined
  status: string
  /** The other statuses, each with the problem document that its route gives as an example. */
  problems: { status: string; example: object | undefined }[]
}
export type Description = ReturnType<OpenAPIHono['getOpenAPI31Document']>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** OpenAPI 3.1 of all that is mounted, with what holds for every call: the key, the limits, the Idempotency-Key. */
export function describe(programs: OpenAPIHono, { baseUrl, title }: { baseUrl: string; title: string }): Description {
  const description = programs.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title, version: '1' },
    servers: [{ url: baseUrl }],
  })
  description.components = {
    schemas: { Problem, ...description.components?.schemas },
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key, from /account' } },
  }
  for (const { method, operation } of each(description)) {
    operation.security = [{ key: [] }]
    operation.responses = {
      ...operation.responses,
      401: problem('No key, or none that is valid', PROBLEMS.noKey),
      429: problem('Too many requests; Retry-After says how long to wait', PROBLEMS.tooMany),
    }
    if (method !== 'post') continue
    const parameters = operation.parameters ?? []
    const hasKey = parameters.some((one) => 'name' in one && one.name.toLowerCase() === 'idempotency-key')
    operation.parameters = hasKey ? parameters : [...parameters, IdempotencyKey]
    operation.responses[400] ??= problem('No Idempotency-Key, or no JSON', PROBLEMS.noIdempotencyKey)
    operation.responses[409] ??= problem(
      'The Idempotency-Key was sent with another request, or its first is under way',
      PROBLEMS.otherRequest,
    )
  }
  return description
}

/** What there is to call, in a list. */
export function operationsOf(description: Description): Operation[] {
  return each(description).map(({ method, path, operation }) => {
    const { summary = '', requestBody, responses = {} } = operation
    const [status = '', ...problems] = Object.keys(responses).sort()
    return {
      method: method.toUpperCase(),
      path,
      summary: { en: summary, 'zh-CN': operation['x-zh-CN'] ?? summary },
      body: schemaOf(requestBody),
      answer: schemaOf(responses[status]),
      status,
      problems: problems.map((status) => ({ status, example: problemExampleOf(responses[status]) })),
    }
  })
}

function problemExampleOf(response: unknown): object | undefined {
  return (response as { content?: { 'application/problem+json'?: { example?: object } } }).content?.[
    'application/problem+json'
  ]?.example
}

function schemaOf(holder: unknown): object | undefined {
  return (holder as { content?: { 'application/json'?: { schema: object } } })?.content?.['application/json']?.schema
}

function each({ paths = {} }: Description) {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method]
      return operation ? [{ path, method, operation }] : []
    }),
  )
}

const Problem = {
  type: 'object' as const,
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const },
  },
  required: ['type', 'title', 'status', 'detail'],
}

const IdempotencyKey = {
  name: 'idempotency-key',
  in: 'header' as const,
  required: true,
  description: 'Yours: sent again within a day, it is done once',
  schema: { type: 'string' as const, minLength: 1, maxLength: 255 },
}

function problem(description: string, wrong: Wrong) {
  const schema = { $ref: '#/components/schemas/Problem' }
  return { description, content: { 'application/problem+json': { schema, example: documentOf(wrong) } } }
}
