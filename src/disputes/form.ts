import { z } from 'zod'
import { plain } from '../plain-text.ts'

/**
 * What the owner may tell the bank: Stripe's names, and the longest that we take, in characters. Stripe takes 20,000 of each,
 * but all of it has to fit into one form in Chinese, too.
 */
export const limits = {
  customer_name: 200,
  customer_email_address: 254,
  billing_address: 500,
  product_description: 2000,
  service_date: 100,
  access_activity_log: 8000,
  uncategorized_text: 8000,
} as const
export type EvidenceField = keyof typeof limits
export const evidenceFields = Object.keys(limits) as EvidenceField[]

export type Evidence = Record<EvidenceField, string>

const textUpTo = (max: number) =>
  z
    .string()
    .default('')
    .transform((text) => plain(text).trim())
    .refine((text) => [...text].length <= max, 'tooLong')

export const EvidenceForm = z.object({
  ...(Object.fromEntries(evidenceFields.map((field) => [field, textUpTo(limits[field])])) as Record<
    EvidenceField,
    ReturnType<typeof textUpTo>
  >),
  /** Which button it was. */
  next: z.enum(['save', 'go-on']),
})
