import { type Context, Hono } from 'hono'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Answered, accept, handIn } from './answer.ts'
import { AcceptPage, HandInPage } from './confirm-pages.tsx'
import { showNotice } from './dispute-routes.tsx'
import { savedEvidence } from './evidence.ts'
import { isOpen, readDispute } from './read.ts'
import type { DisputeDeps } from './routes.tsx'

/** What can't be undone, each on a page that says so. */
export function confirmRoutes(deps: DisputeDeps): Hono {
  const { db, stripe, config } = deps
  return new Hono()
    .get('/hand-in', async (c) => {
      const dispute = await readDispute(db, idOf(c))
      if (!dispute) return c.notFound()
      if (!isOpen(dispute.status)) return c.redirect(`/dashboard/disputes/${dispute.id}`, 303)
      const evidence = savedEvidence((await stripe.disputes.retrieve(dispute.id)).evidence)
      const page = <HandInPage {...pageContext(c)} timeZone={config.timeZone} dispute={dispute} evidence={evidence} />
      return renderPage(c, page)
    })
    .post('/hand-in', (c) => answer(c, deps, handIn))
    .get('/accept', async (c) => {
      const dispute = await readDispute(db, idOf(c))
      if (!dispute) return c.notFound()
      if (!isOpen(dispute.status)) return c.redirect(`/dashboard/disputes/${dispute.id}`, 303)
      return renderPage(c, <AcceptPage {...pageContext(c)} timeZone={config.timeZone} dispute={dispute} />)
    })
    .post('/accept', (c) => answer(c, deps, accept))
}

async function answer(c: Context, deps: DisputeDeps, how: (deps: DisputeDeps, id: string) => Promise<Answered>) {
  const dispute = await readDispute(deps.db, idOf(c))
  if (!dispute) return c.notFound()
  const answered = await how(deps, dispute.id)
  if (answered !== 'done') return showNotice(c, deps, dispute.id, answered)
  return c.redirect(`/dashboard/disputes/${dispute.id}`, 303)
}

const idOf = (c: Context) => c.req.param('id')!
