import { z } from 'zod'
import { EmailAddress } from '../email-address.ts'
import { plain } from '../plain-text.ts'

export const REASON_LENGTH = 200

const problems = ['email', 'unknown', 'amount', 'missing', 'tooLong'] as const
export type CreditProblem = (typeof problems)[number]

/** Other messages are about what only a tampered form sends. */
export function isCreditProblem(message: string): message is CreditProblem {
  return problems.some((problem) => problem === message)
}

export const CreditForm = z.object({
  email: EmailAddress,
  /** Positive gives, negative takes. */
  amount: z
    .string()
    .max(1000, 'amount')
    .transform((text) => text.trim())
    .refine((text) => /^[+-]?\d{1,3}$/.test(text), 'amount')
    .transform(Number)
    .refine((count) => count !== 0 && Math.abs(count) <= 100, 'amount'),
  reason: z
    .string()
    .transform((text) => plain(text).trim())
    .refine((text) => text !== '', 'missing')
    .refine((text) => [...text].length <= REASON_LENGTH, 'tooLong'),
  request: z.string().regex(/^[\w-]{8,64}$/),
  /** The page where the form stands, when it is another. */
  back: z
    .string()
    .regex(/^\/dashboard\/[\w/-]{1,300}$/)
    .optional(),
})
export type CreditForm = z.infer<typeof CreditForm>
