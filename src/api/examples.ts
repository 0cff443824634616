import type { Description, Operation } from './description.ts'

/** As much of JSON Schema as the descriptions here use. */
interface Schema {
  $ref?: string
  example?: unknown
  allOf?: Schema[]
  properties?: Record<string, Schema>
  items?: Schema
}

/** The call as somebody types it, with the examples that its schemas give. */
export function curlOf(description: Description, { method, path, body }: Operation, baseUrl: string): string {
  const lines = [
    `curl ${baseUrl}${path.replace(/\{(\w+)\}/g, (_, name) => name.toUpperCase())}`,
    `-H "Authorization: Bearer fpu_…"`,
  ]
  if (method === 'POST') lines.push('-H "Idempotency-Key: $(uuidgen)"')
  if (body)
    lines.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(exampleOf(description, body)))}`)
  return lines.join(' \\\n  ')
}

/** For a shell; an apostrophe is written as JSON allows. */
const quoted = (json: string) => `'${json.replaceAll("'", '\\u0027')}'`

/** What is answered when it went well. */
export function answerOf(description: Description, { answer }: Operation): string | undefined {
  return answer && JSON.stringify(exampleOf(description, answer), null, 2)
}

function exampleOf(description: Description, schema: Schema): unknown {
  const { $ref, example, allOf, properties, items } = schema
  if (example !== undefined) return example
  if ($ref) return exampleOf(description, named(description, $ref))
  if (allOf) return Object.assign({}, ...allOf.map((part) => exampleOf(description, part)))
  if (items) return [exampleOf(description, items)]
  const examples = Object.entries(properties ?? {}).map(([name, part]) => [name, exampleOf(description, part)])
  return Object.fromEntries(examples)
}

function named({ components }: Description, $ref: string): Schema {
  return (components?.schemas?.[$ref.split('/').at(-1)!] ?? {}) as Schema
}
