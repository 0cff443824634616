import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { readBody } from '../auth/form.ts'
import { expanded } from '../payments/reading.ts'
import { isStripeDown } from '../payments/stripe.ts'
import { plain } from '../plain-text.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Answered, saveEvidence } from './answer.ts'
import { collectEvidence, savedEvidence } from './evidence.ts'
import { type Evidence, type EvidenceField, EvidenceForm, evidenceFields } from './form.ts'
import { DisputePage, type DisputePageProps, DisputesPage } from './pages.tsx'
import { allDisputes, type Dispute, isOpen, readDispute } from './read.ts'
import type { DisputeDeps } from './routes.tsx'
import { words } from './words.ts'

/** The list, and a dispute with its draft. */
export function disputeRoutes(deps: DisputeDeps): Hono {
  const { db, config } = deps
  return new Hono()
    .get('/', async (c) => {
      const disputes = await allDisputes(db)
      return renderPage(c, <DisputesPage {...pageContext(c)} timeZone={config.timeZone} disputes={disputes} />)
    })
    .get('/:id{\\w+}', async (c) => {
      const dispute = await readDispute(db, c.req.param('id'))
      if (!dispute) return c.notFound()
      return show(c, deps, dispute, {
        evidence: await evidenceOf(deps, dispute),
        isSaved: c.req.query('saved') === '1',
      })
    })
    .post('/:id{\\w+}', async (c) => {
      const dispute = await readDispute(db, c.req.param('id'))
      if (!dispute) return c.notFound()
      const sent = await readBody(c)
      const parsed = EvidenceForm.safeParse(sent)
      if (!parsed.success) {
        const problems = problemsIn(parsed.error.issues, words[c.var.locale].tooLong)
        return show(c, deps, dispute, { evidence: typedIn(sent), problems, status: 422 })
      }
      const { next, ...evidence } = parsed.data
      const saved = await saveEvidence(deps, dispute.id, evidence).catch(downOrThrow)
      if (saved === 'done') {
        const page = `/dashboard/disputes/${dispute.id}`
        return c.redirect(next === 'save' ? `${page}?saved=1` : `${page}/hand-in`, 303)
      }
      return showUnsaved(c, deps, dispute.id, evidence, saved)
    })
}

/** What was written is worth keeping when Stripe is away. */
function downOrThrow(error: unknown): 'down' {
  if (!isStripeDown(error)) throw error
  return 'down'
}

async function showUnsaved(
  c: Context,
  deps: DisputeDeps,
  id: string,
  evidence: Evidence,
  why: Exclude<Answered, 'done'> | 'down',
) {
  const t = words[c.var.locale]
  const dispute = (await readDispute(deps.db, id))!
  if (why === 'down') return show(c, deps, dispute, { evidence, notice: t.down, status: 503 })
  if (why === 'closed') return show(c, deps, dispute, { evidence, notice: t.closed, status: 409 })
  return show(c, deps, dispute, { evidence, notice: t.refused(why.refused), status: 422 })
}

/** What is saved at Stripe; before anything is, what we know. */
async function evidenceOf(deps: DisputeDeps, dispute: Dispute): Promise<Evidence> {
  const { evidence, evidence_details, charge } = await deps.stripe.disputes.retrieve(dispute.id, { expand: ['charge'] })
  if (evidence_details.has_evidence || !isOpen(dispute.status)) return savedEvidence(evidence)
  return collectEvidence(deps, dispute, expanded(charge))
}

/** A dispute, after something was said about it elsewhere. */
export async function showNotice(c: Context, deps: DisputeDeps, id: string, why: Exclude<Answered, 'done'>) {
  const dispute = await readDispute(deps.db, id)
  if (!dispute) return c.notFound()
  const t = words[c.var.locale]
  const evidence = await evidenceOf(deps, dispute)
  if (why === 'closed') return show(c, deps, dispute, { evidence, notice: t.closed, status: 409 })
  return show(c, deps, dispute, { evidence, notice: t.refused(why.refused), status: 422 })
}

function show(
  c: Context,
  { config }: DisputeDeps,
  dispute: Dispute,
  {
    status = 200,
    ...more
  }: Pick<DisputePageProps, 'evidence' | 'problems' | 'notice' | 'isSaved'> & {
    status?: 200 | 409 | 422 | 503
  },
) {
  c.header('cache-control', 'no-store')
  return renderPage(
    c,
    <DisputePage {...pageContext(c)} timeZone={config.timeZone} dispute={dispute} {...more} />,
    status,
  )
}

function typedIn(sent: Record<string, unknown>): Evidence {
  const text = (field: string) => (typeof sent[field] === 'string' ? plain(sent[field]) : '')
  return Object.fromEntries(evidenceFields.map((field) => [field, text(field)])) as Evidence
}

/** A word for each field that is too long. What only a tampered form can send is a 400. */
function problemsIn(issues: { path: PropertyKey[]; message: string }[], tooLong: string) {
  const problems: Partial<Record<EvidenceField, string>> = {}
  for (const { path, message } of issues) {
    const field = evidenceFields.find((name) => name === path[0])
    if (!field || message !== 'tooLong') throw new HTTPException(400)
    problems[field] = tooLong
  }
  return problems
}
