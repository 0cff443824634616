import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { EmailAddress } from '../email-address.ts'
import { optionalText, plain } from '../plain-text.ts'
import { NAME_LENGTH } from './form.ts'

// None that looks like another: it is read on one screen and typed on another.
const LETTERS = '34679ACDEFHJKMNPQRTUWXY'

/** What goes into the note of a transfer, so that the owner knows whose it is. */
export function newCode(): string {
  return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

export function isCode(sent: unknown): sent is string {
  return typeof sent === 'string' && sent.length === 6 && [...sent].every((letter) => LETTERS.includes(letter))
}

export const MESSAGE_LENGTH = 240

/** What is typed before "I have paid". */
export const ClaimForm = z.object({
  email: z.string().transform(plain).pipe(EmailAddress),
  name: optionalText(NAME_LENGTH),
  message: optionalText(MESSAGE_LENGTH),
  wall: z.literal('yes').optional(),
})

export type ClaimField = 'email' | 'name' | 'message'
export type ClaimTyped = Partial<Record<ClaimField, string>> & { wall?: boolean }
