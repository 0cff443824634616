import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import type { Sessions } from './lucia.ts'
import { useOwnerLink } from './owner-link.ts'
import { ConfirmLinkPage, LinkProblemPage, SignInPage } from './pages.tsx'

const Link = z.object({ token: z.string().max(200) })

/** `/sign-in`, the owner's link, `/sign-out`. */
export function authRoutes(deps: { db: Db; sessions: Sessions; config: Config }): Hono {
  return new Hono()
    .get('/sign-in', (c) => renderPage(c, <SignInPage {...pageContext(c)} />))
    .get(
      '/sign-in/link',
      zValidator('query', Link, (result, c) => (result.success ? undefined : linkProblem(c))),
      // Only the button uses the link up: mail scanners and previews open every link they see.
      (c) =>
        renderPage(
          c,
          <ConfirmLinkPage {...pageContext(c)} token={c.req.valid('query').token} action="/sign-in/link" />,
        ),
    )
    .post(
      '/sign-in/link',
      zValidator('form', Link, (result, c) => (result.success ? undefined : linkProblem(c))),
      async (c) => {
        const userId = await useOwnerLink(deps.db, c.req.valid('form').token)
        if (!userId) return linkProblem(c)
        c.header('set-cookie', await deps.sessions.start(userId), { append: true })
        return c.redirect('/dashboard', 303)
      },
    )
    .post('/sign-out', async (c) => {
      c.header('set-cookie', await deps.sessions.end(c.req.header('cookie') ?? ''), { append: true })
      return c.redirect('/', 303)
    })
}

function linkProblem(c: Parameters<typeof renderPage>[0]) {
  return renderPage(c, <LinkProblemPage {...pageContext(c)} />, 400)
}
