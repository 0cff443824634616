import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { readBody } from '../auth/form.ts'
import { requireOwner } from '../auth/guards.ts'
import { randomToken } from '../auth/tokens.ts'
import type { Locale } from '../locales.ts'
import { reverseEntry } from '../payments/offline-entries.ts'
import { plain } from '../plain-text.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { words as claimWords } from './claim-words.ts'
import { decide, openClaims } from './claims.ts'
import { enter, latestEntries, type OfflineDeps, todayIn } from './entries.ts'
import { entryForm, type FieldName, fields, isEntryProblem } from './form.ts'
import { OfflinePage, type OfflinePageProps, type Typed } from './pages.tsx'
import { words } from './words.ts'

/** `/dashboard/offline`: for the owner alone. */
export function ownerRoutes(deps: OfflineDeps): Hono {
  return new Hono()
    .use(requireOwner)
    .get('/', (c) => show(c, deps, 200))
    .post('/', async (c) => {
      const sent = await readBody(c)
      // Not by a middleware: which day is today changes while the process runs.
      const parsed = entryForm(todayIn(deps.config.timeZone)).safeParse(sent)
      if (!parsed.success) {
        return show(c, deps, 422, { typed: typedIn(sent), problems: problemsIn(parsed.error, c.var.locale) })
      }
      await enter(deps, parsed.data, c.var.locale)
      return c.redirect('/dashboard/offline', 303)
    })
    .post('/:id{[0-9]{1,15}}/take-back', async (c) => {
      const id = Number(c.req.param('id'))
      const outcome = await deps.db.transaction().execute((trx) => reverseEntry(trx, id))
      if (outcome === 'not-found') return c.notFound()
      if (outcome === 'before') return show(c, deps, 409, { notice: words[c.var.locale].before })
      return c.redirect('/dashboard/offline', 303)
    })
    .post('/claims/:id{[\\w-]{1,64}}/confirm', (c) => decideClaim(c, deps, 'confirmed'))
    .post('/claims/:id{[\\w-]{1,64}}/refuse', (c) => decideClaim(c, deps, 'refused'))
}

async function decideClaim(c: Context, deps: OfflineDeps, decision: 'confirmed' | 'refused') {
  const state = await decide(deps, c.req.param('id') ?? '', decision)
  if (!state) return c.notFound()
  // The same word twice, by a double click, is that word.
  if (state === decision) return c.redirect('/dashboard/offline', 303)
  return show(c, deps, 409, { notice: claimWords[c.var.locale].decided[state] })
}

async function show(
  c: Context,
  { db, config }: OfflineDeps,
  status: 200 | 409 | 422,
  more: Partial<OfflinePageProps> = {},
) {
  const page = (
    <OfflinePage
      {...pageContext(c)}
      timeZone={config.timeZone}
      entries={await latestEntries(db)}
      claims={await openClaims(db)}
      typed={{ received: todayIn(config.timeZone), request: randomToken() }}
      {...more}
    />
  )
  return renderPage(c, page, status)
}

function typedIn(sent: Record<string, unknown>): Typed {
  const text = (key: string) => (typeof sent[key] === 'string' ? plain(sent[key]) : '')
  const typed = Object.fromEntries([...fields, 'price'].map((key) => [key, text(key)]))
  return { ...typed, request: text('request') || randomToken() }
}

/** A word for each wrong field. What only a tampered form can send is a 400. */
function problemsIn(error: z.core.$ZodError, locale: Locale): Partial<Record<FieldName, string>> {
  const problems: Partial<Record<FieldName, string>> = {}
  for (const { path, message } of error.issues) {
    const field = fields.find((name) => name === path[0])
    if (!field || !isEntryProblem(message)) throw new HTTPException(400)
    problems[field] ??= words[locale][message]
  }
  return problems
}
