import { domainToASCII } from 'node:url'
import { z } from 'zod'

/**
 * An email address as we compare and keep it: lower case, its domain in ASCII. Plus signs, dots and letters of any script
 * stay: whose box it is, only the mail server knows. An invalid one fails with 'email'.
 */
export const EmailAddress = z
  .string()
  .max(1000, 'email')
  .transform((text, context) => {
    const address = normalEmail(text)
    if (!address) context.addIssue({ code: 'custom', message: 'email' })
    return address ?? z.NEVER
  })

/** For `like`: the addresses that begin with a text. */
export function addressesBeginning(text: string): string {
  return `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

/** The address in that form; undefined when it is none. */
export function normalEmail(text: string): string | undefined {
  const match = /^([^\s@<>()[\],;:"\\\p{Cc}]{1,64})@([^\s@<>()[\],;:"\\\p{Cc}]{3,253})$/u.exec(
    text.trim().normalize('NFC'),
  )
  if (!match) return undefined
  const [, mailbox = '', domain = ''] = match
  const ascii = domainToASCII(domain)
  const isDomain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(ascii)
  const isMailbox = !/^\.|\.\.|\.$/.test(mailbox)
  return isDomain && isMailbox ? `${mailbox.toLowerCase()}@${ascii}` : undefined
}
