import type { Shop } from './shop.ts'
import type { Visitor } from './visitor.ts'

/** Signs in by the link of a mail to that address, and returns the user's id. */
export async function proveAddress(shop: Shop, visitor: Visitor, email: string): Promise<string> {
  await visitor.post('/sign-in/email', { email })
  await shop.quiet()
  const [mail] = (await shop.mails()).filter(({ to, text }) => to === email && text.includes('token='))
  await visitor.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
  const user = await shop.db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  return user.id
}
