import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

/** The text of a file of variables and what it says; undefined where there is none. */
export async function readEnvFile(file: string): Promise<{ text: string; values: NodeJS.Dict<string> } | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : { text, values: parseEnv(text) }
}

/** The same text with these values: each in its own line, or at the end. Every other line stays as it is. */
export function withValues(text: string, values: Record<string, string>): string {
  const rest = new Map(Object.entries(values))
  const lines = text.split('\n').flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=/.exec(line)?.[1]
    if (name === undefined || !(name in values)) return [line]
    const value = rest.get(name)
    rest.delete(name)
    // Of a variable that stands there twice, the last would count.
    return value === undefined ? [] : [lineOf(name, value)]
  })
  const more = [...rest].map(([name, value]) => lineOf(name, value))
  if (more.length === 0) return lines.join('\n')
  return `${lines.join('\n').replace(/\n*$/, '\n')}${more.join('\n')}\n`.replace(/^\n/, '')
}

/** For this user alone: there are keys in it. Either the old one is there, or the new one. */
export async function writeEnvFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(unfinished, text, { mode: 0o600, flag: 'wx', flush: true })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** As Node reads it back: https://nodejs.org/api/environment_variables.html#dotenv */
function lineOf(name: string, value: string): string {
  if (/^[\w@:/.,%+?&=~-]*$/.test(value)) return `${name}=${value}`
  // Between single ones nothing has a meaning, neither to Node (\n) nor to Docker Compose ($).
  const quote = [`'`, `"`, '`'].find((one) => !value.includes(one))
  if (!quote || /[\n\r]/.test(value))
    throw new Error(`${name} has a value that can't be written into a file of variables`)
  return `${name}=${quote}${value}${quote}`
}
