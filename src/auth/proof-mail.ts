import type { Message } from '../../emails/index.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { asLocale } from '../ui/i18n.ts'
import { issueProof } from './proofs.ts'

const pathOf = {
  'sign-in': '/sign-in/link',
  'sign-up': '/verify-email',
  reset: '/reset-password',
  'change-email': '/verify-email',
  owner: '/sign-in/link',
} as const

/** The mail that carries a proof, made when it goes out. Undefined when nobody waits for it any more. */
export async function proofMail(
  db: Db,
  { baseUrl }: Pick<Config, 'baseUrl'>,
  proofId: string,
): Promise<Message | undefined> {
  const proof = await issueProof(db, proofId)
  if (!proof || proof.purpose === 'owner') return undefined
  const { purpose, token, code, minutes } = proof
  const locale = asLocale(proof.locale)
  const url = `${baseUrl}${pathOf[purpose]}?token=${token}`
  return { template: 'proof', props: { purpose, url, code, minutes, locale, shopName: catalog.name[locale] } }
}
