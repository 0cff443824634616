import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { endSessions } from '../auth/accounts.ts'
import { readForm } from '../auth/form.ts'
import type { AuthDeps } from '../auth/sign-in.ts'
import { endSession } from './sessions.ts'

const SessionForm = z.object({ session: z.string().regex(/^[0-9a-f]{64}$/) })

/** `/account/sessions`: signing out elsewhere. */
export function sessionRoutes({ db, sessions }: AuthDeps): Hono {
  return new Hono()
    .post('/end', async (c) => {
      const typed = SessionForm.safeParse(await readForm(c))
      if (!typed.success) throw new HTTPException(400)
      await endSession(db, c.var.user!, typed.data.session)
      return c.redirect('/account?said=session-ended', 303)
    })
    .post('/end-others', async (c) => {
      const user = c.var.user!
      await db.transaction().execute((trx) => endSessions(trx, user.userId, user.sessionHash))
      return c.redirect('/account?said=others-ended', 303)
    })
    .post('/end-all', async (c) => {
      await db.transaction().execute((trx) => endSessions(trx, c.var.user!.userId))
      c.header('set-cookie', await sessions.end(c.req.header('cookie') ?? ''), { append: true })
      return c.redirect('/sign-in', 303)
    })
}
