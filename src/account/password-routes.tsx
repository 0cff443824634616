import { type Context, Hono } from 'hono'
import { setPassword } from '../auth/accounts.ts'
import { type Form, readForm } from '../auth/form.ts'
import { requireFresh } from '../auth/guards.ts'
import type { SignedIn } from '../auth/lucia.ts'
import { hashPassword, NewPassword, type PasswordProblem, TypedPassword, verifyPassword } from '../auth/passwords.ts'
import { notify } from '../auth/redeem.ts'
import type { AuthDeps } from '../auth/sign-in.ts'
import type { Db, Trx } from '../db/connection.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { PasswordPage } from './pages.tsx'

export type PasswordProblems = Partial<{ current: 'wrong'; password: PasswordProblem }>

/** `/account/password`: proved by the current one; the first one by a fresh sign-in. Ends all other sessions. */
export function passwordRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .use(async (c, next) => ((await passwordHashOf(deps.db, c.var.user!)) === null ? requireFresh(c, next) : next()))
    .get('/', (c) => showForm(c, deps))
    .post('/', async (c) => {
      const user = c.var.user!
      const form = await readForm(c)
      const current = await passwordHashOf(deps.db, user)
      const problems = { ...(await currentProblem(c, deps, current, form)), ...(await newProblem(form)) }
      if (Object.keys(problems).length > 0) return showForm(c, deps, problems)

      if (!(await changePassword(deps, user, current, form.password!))) return showForm(c, deps, { current: 'wrong' })
      deps.jobs.wake('mail')
      const how = { device: c.req.header('user-agent'), method: 'password' } as const
      c.header('set-cookie', await deps.sessions.start(user.userId, how), { append: true })
      return c.redirect('/account?said=password-changed', 303)
    })
}

async function currentProblem(
  c: Context,
  { limits }: AuthDeps,
  current: string | null,
  form: Form,
): Promise<PasswordProblems> {
  if (current === null) return {}
  await limits.count(c, 'sign-in', c.var.user!.email)
  const typed = TypedPassword.safeParse(form.current)
  return typed.success && (await verifyPassword(current, typed.data)) ? {} : { current: 'wrong' }
}

async function newProblem({ password = '' }: Form): Promise<PasswordProblems> {
  const typed = await NewPassword.safeParseAsync(password)
  return typed.success ? {} : { password: typed.error.issues[0]!.message as PasswordProblem }
}

/** False when the current password is another by now. */
async function changePassword(deps: AuthDeps, user: SignedIn, current: string | null, password: string) {
  const passwordHash = await hashPassword(password)
  return deps.db.transaction().execute(async (trx) => {
    const locked = await trx
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', user.userId)
      .forUpdate()
      .executeTakeFirst()
    if (locked?.password_hash !== current) return false
    await setPassword(trx, user.userId, passwordHash)
    await notify(deps, trx, { id: user.userId, email: user.email }, { what: 'password-changed' })
    return true
  })
}

async function passwordHashOf(db: Db | Trx, { userId }: SignedIn): Promise<string | null> {
  const user = await db.selectFrom('users').select('password_hash').where('id', '=', userId).executeTakeFirst()
  return user?.password_hash ?? null
}

async function showForm(c: Context, { db }: AuthDeps, problems: PasswordProblems = {}) {
  const hasPassword = (await passwordHashOf(db, c.var.user!)) !== null
  const page = <PasswordPage {...pageContext(c)} hasPassword={hasPassword} problems={problems} />
  return renderPage(c, page, Object.keys(problems).length > 0 ? 422 : 200)
}
