import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { EmailAddress } from '../email-address.ts'
import { sameForAll } from '../ui/kept-pages.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { findUser } from './accounts.ts'
import { type Form, readForm } from './form.ts'
import { TypedPassword, verifyPassword } from './passwords.ts'
import { askForProof } from './proof-routes.tsx'
import { returnPath } from './return-to.ts'
import { type AuthDeps, signIn } from './sign-in.ts'
import { SignInPage } from './sign-in-pages.tsx'

const PasswordForm = z.object({ email: EmailAddress, password: TypedPassword })
const EmailForm = z.object({ email: EmailAddress })

/** `/sign-in`: with a password, or by a mail with a link and a code. */
export function signInRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .get('/', (c) => {
      const returnTo = returnPath(c.req.query('return'), '')
      const isAgain = c.req.query('again') === '1'
      if (c.var.user && !isAgain) return c.redirect(returnTo || '/account')
      sameForAll(c)
      return showSignIn(c, deps, { return: returnTo })
    })
    .post('/', async (c) => {
      const form = await readForm(c)
      const typed = PasswordForm.safeParse(form)
      if (!typed.success) return showSignIn(c, deps, form, 'wrong')
      const { email, password } = typed.data
      await deps.limits.count(c, 'sign-in', email)
      const user = await findUser(deps.db, email)
      if (!(await verifyPassword(user?.password_hash, password)) || !user) return showSignIn(c, deps, form, 'wrong')
      const { id, auth_epoch: epoch } = user
      const signedIn = await signIn(c, deps, { id, method: 'password', returnTo: form.return, epoch })
      return signedIn ?? showSignIn(c, deps, form, 'wrong')
    })
    .post('/email', async (c) => {
      const form = await readForm(c)
      const typed = EmailForm.safeParse(form)
      if (!typed.success) return showSignIn(c, deps, form, 'email')
      return askForProof(c, deps, { purpose: 'sign-in', email: typed.data.email, returnTo: form.return })
    })
}

function showSignIn(c: Context, { ways }: AuthDeps, form: Form, problem?: 'wrong' | 'email') {
  const values = { email: form.email ?? c.var.user?.email ?? '', return: form.return ?? '' }
  const page = (
    <SignInPage {...pageContext(c)} values={values} problem={problem} ways={ways} again={Boolean(c.var.user)} />
  )
  return renderPage(c, page, problem ? 422 : 200)
}
