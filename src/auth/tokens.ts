import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that nobody guesses, for links. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token or a session id. Enough for values with 256 (lucia: 200) bits of their own; never for passwords. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
