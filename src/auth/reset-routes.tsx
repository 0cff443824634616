import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { EmailAddress } from '../email-address.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Form, readForm } from './form.ts'
import { askForProof, showLink, useLinkForm } from './proof-routes.tsx'
import type { AuthDeps } from './sign-in.ts'
import { ResetPage } from './sign-up-pages.tsx'

const EmailForm = z.object({ email: EmailAddress })

/** `/reset-password`: asks for the mail, and is where its link leads to. */
export function resetRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .get('/', (c) => (c.req.query('token') ? showLink(c, deps) : showReset(c, {})))
    .post('/', async (c) => {
      const form = await readForm(c)
      if (form.token) return useLinkForm(c, deps, form)
      const typed = EmailForm.safeParse(form)
      if (!typed.success) return showReset(c, form, true)
      return askForProof(c, deps, { purpose: 'reset', email: typed.data.email })
    })
}

function showReset(c: Context, form: Form, isWrong = false) {
  return renderPage(
    c,
    <ResetPage {...pageContext(c)} email={form.email ?? ''} isWrong={isWrong} />,
    isWrong ? 422 : 200,
  )
}
