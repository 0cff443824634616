import { z } from 'zod'
import { plain } from '../plain-text.ts'

export const TITLE_LENGTH = 120
// As an address-encoded form the longest may not fit the site's limit of 64 KB, so the forms are multipart.
export const BODY_LENGTH = 10_000

const textProblems = ['missing', 'tooLong'] as const
export type TextProblem = (typeof textProblems)[number]

/** Other messages are about what only a tampered form sends. */
export function isTextProblem(message: string): message is TextProblem {
  return textProblems.some((problem) => problem === message)
}

/** What a person has to type; `max` counts characters, as the person does. */
function typedText(max: number, tidy: (text: string) => string) {
  return z
    .string()
    .transform((text) => tidy(plain(text)).trim())
    .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'missing')
    .refine((text) => [...text].length <= max, 'tooLong')
}

export const titleText = () => typedText(TITLE_LENGTH, (text) => text.replace(/\s+/g, ' '))
export const bodyText = () => typedText(BODY_LENGTH, (text) => text)

const request = z.string().regex(/^[\w-]{8,64}$/)

/** A new question. */
export const AskForm = z.object({ title: titleText(), body: bodyText(), request })
/** What is asked back, or answered. */
export const MessageForm = z.object({ body: bodyText(), request })
export const RatingForm = z.object({ helped: z.enum(['yes', 'no']).transform((helped) => helped === 'yes') })
