import { hash, verify } from '@node-rs/argon2'
import { z } from 'zod'

// OWASP's second choice: m=19 MiB, t=2, p=1. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

export const PASSWORD_LENGTH = { least: 8, most: 256 }

export type PasswordProblem = 'tooShort' | 'tooLong' | 'tooCommon'

/** A new password: any characters, counted as a person counts them, and none of the fifty thousand that everybody tries first. */
export const NewPassword = z.string().check(async ({ value, issues }) => {
  const problem = await problemOf(value)
  if (problem) issues.push({ code: 'custom', input: value, message: problem })
})

/** A password to compare: of any length that we would ever have taken. */
export const TypedPassword = z.string().max(4 * PASSWORD_LENGTH.most)

export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), COST)
}

/**
 * Whether the password is that of the hash. Without a hash it takes as long and is false, so that the time tells nobody
 * whether there is an account.
 */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobodys), normal(password))
  return matches && Boolean(passwordHash)
}

const nobodys = hash(crypto.randomUUID(), COST)

async function problemOf(password: string): Promise<PasswordProblem | undefined> {
  const length = [...normal(password)].length
  if (length < PASSWORD_LENGTH.least) return 'tooShort'
  if (length > PASSWORD_LENGTH.most) return 'tooLong'
  return (await mostCommon()).has(password.toLowerCase()) ? 'tooCommon' : undefined
}

let common: Promise<Set<string>> | undefined

/** Loaded when the first password is chosen: it is half a megabyte. */
function mostCommon(): Promise<Set<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']))
  return common
}

// The same letters typed on another keyboard may be other code points. https://www.rfc-editor.org/rfc/rfc8265#section-4
const normal = (password: string) => password.normalize('NFC')
