import { createSessions } from '../src/auth/lucia.ts'
import { connectPostgres } from '../src/db/connection.ts'
import { OWNER } from './app.ts'

const PURCHASES = 10

/** The Cookie headers of somebody signed in as the owner, and of a customer with a few purchases. */
export async function signIn(url: string): Promise<{ owner: string; customer: string }> {
  const { db, close } = connectPostgres(url)
  const sessions = createSessions(db, { secure: false })
  const cookieOf = async (id: string, email: string) => {
    await db.insertInto('users').values({ id, email, email_verified_at: new Date() }).execute()
    const setCookie = await sessions.start(id, { device: 'bench', method: 'link' })
    return setCookie.split(';')[0]!
  }
  const owner = await cookieOf('owner', OWNER)
  const customer = await cookieOf('customer', 'payer@bench.example')
  const theirs = db.selectFrom('payments').select('id').orderBy('id').limit(PURCHASES)
  await db
    .updateTable('payments')
    .set({ user_id: 'customer', email: 'payer@bench.example' })
    .where('id', 'in', theirs)
    .execute()
  await close()
  return { owner, customer }
}
