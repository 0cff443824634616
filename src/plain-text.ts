import { z } from 'zod'

/** Text that Postgres stores and mail carries: well-formed Unicode without control characters other than newline and tab, and without
 * those that turn around the order of what stands beside them. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
}

/** The same value, of what JSON has, with texts that Postgres stores: NUL and halves of characters are marked as missing. */
export function plainJson(value: unknown): unknown {
  // JSON.stringify escapes those and no other characters of theirs; a pair of backslashes is one that is meant.
  const json = JSON.stringify(value)
  const storable = json.replace(/\\(?:\\|u0000|ud[89a-f][\da-f]{2})/gi, (found) =>
    found === '\\\\' ? found : '\ufffd',
  )
  return storable === json ? value : JSON.parse(storable)
}

/** What a person typed into an optional field; '' becomes undefined. `max` counts characters, as the person does. */
export function optionalText(max: number) {
  return z
    .string()
    .default('')
    .transform((text) => plain(text).trim())
    .refine((text) => [...text].length <= max, 'tooLong')
    .transform((text) => text || undefined)
}
