import { type Context, Hono } from 'hono'
import { readForm } from '../auth/form.ts'
import { requireFresh } from '../auth/guards.ts'
import { EmailAddress } from '../email-address.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { deleteAccount } from './delete-account.ts'
import { DeletePage } from './pages.tsx'
import type { AccountDeps } from './routes.tsx'

/** `/account/delete`: for whoever types their own address. Not for the owner, whom the site would be without. */
export function deletionRoutes(deps: AccountDeps): Hono {
  return new Hono()
    .use(requireFresh)
    .get('/', (c) => showForm(c, ''))
    .post('/', async (c) => {
      const user = c.var.user!
      const { email = '' } = await readForm(c)
      if (c.var.isOwner) return showForm(c, '', 403)
      if (EmailAddress.safeParse(email).data !== user.email) return showForm(c, email, 422)
      await deleteAccount(deps, user)
      c.header('set-cookie', await deps.sessions.end(c.req.header('cookie') ?? ''), { append: true })
      return c.redirect('/account/deleted', 303)
    })
}

function showForm(c: Context, typed: string, status: 200 | 403 | 422 = 200) {
  const { user, isOwner } = c.var
  const page = (
    <DeletePage {...pageContext(c)} email={user!.email} typed={typed} isWrong={status === 422} isOwner={isOwner} />
  )
  return renderPage(c, page, status)
}
