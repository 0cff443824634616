import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readForm } from '../auth/form.ts'
import { requireFresh } from '../auth/guards.ts'
import { askForProof } from '../auth/proof-routes.tsx'
import type { AuthDeps } from '../auth/sign-in.ts'
import { EmailAddress } from '../email-address.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { EmailPage } from './pages.tsx'

const EmailForm = z.object({ email: EmailAddress })

/**
 * `/account/email`: the new address is proved by a mail to it, and then told to both. Whether it has an account already,
 * only its reader learns.
 */
export function emailRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .use(requireFresh)
    .get('/', (c) => showForm(c, ''))
    .post('/', async (c) => {
      const user = c.var.user!
      const form = await readForm(c)
      const typed = EmailForm.safeParse(form)
      if (!typed.success) return showForm(c, form.email ?? '', 'invalid')
      const { email } = typed.data
      if (email === user.email) return showForm(c, email, 'same')
      const returnTo = '/account?said=email-changed'
      return askForProof(c, deps, { purpose: 'change-email', email, userId: user.userId, returnTo })
    })
}

function showForm(c: Context, typed: string, problem?: 'invalid' | 'same') {
  const { user, isOwner } = c.var
  const page = <EmailPage {...pageContext(c)} current={user!.email} typed={typed} problem={problem} isOwner={isOwner} />
  return renderPage(c, page, problem ? 422 : 200)
}
