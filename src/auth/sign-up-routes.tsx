import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { EmailAddress } from '../email-address.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Form, readForm } from './form.ts'
import { hashPassword, NewPassword, type PasswordProblem } from './passwords.ts'
import { askForProof } from './proof-routes.tsx'
import { returnPath } from './return-to.ts'
import type { AuthDeps } from './sign-in.ts'
import { SignUpPage } from './sign-up-pages.tsx'

const SignUpForm = z.object({ email: EmailAddress, password: NewPassword })

export type SignUpProblems = Partial<{ email: 'email'; password: PasswordProblem }>

/**
 * `/sign-up`. The password belongs to nobody until the address is proved in the same browser, so that nobody can wait
 * inside an account for its owner. Whether there is one already, the answer does not tell.
 */
export function signUpRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .get('/', (c) => showSignUp(c, { return: returnPath(c.req.query('return'), '') }))
    .post('/', async (c) => {
      const form = await readForm(c)
      const typed = await SignUpForm.safeParseAsync({ password: '', ...form })
      if (!typed.success) return showSignUp(c, form, problemsOf(typed.error))
      const { email, password } = typed.data
      await deps.limits.count(c, 'sign-up')
      const passwordHash = await hashPassword(password)
      return askForProof(c, deps, { purpose: 'sign-up', email, passwordHash, returnTo: form.return })
    })
}

function showSignUp(c: Context, form: Form, problems: SignUpProblems = {}) {
  const values = { email: form.email ?? '', return: form.return ?? '' }
  const isWrong = Object.keys(problems).length > 0
  return renderPage(c, <SignUpPage {...pageContext(c)} values={values} problems={problems} />, isWrong ? 422 : 200)
}

function problemsOf(error: z.ZodError): SignUpProblems {
  return Object.fromEntries(error.issues.map(({ path, message }) => [path[0], path[0] === 'email' ? 'email' : message]))
}
