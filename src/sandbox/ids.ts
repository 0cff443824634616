import { randomBytes } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** As Stripe's look: the prefix, then random letters and digits. */
export const newId = (prefix: string, length = 24) => prefix + random(length)

function random(length: number): string {
  let text = ''
  while (text.length < length) {
    // 248 = 4 × 62: bytes above would make some letters likelier.
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62]
  }
  return text
}
