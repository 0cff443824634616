import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requireOwner } from '../auth/guards.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import { plain } from '../plain-text.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { findPeople, SearchText } from './find.ts'
import { listPeople, PlaceText } from './list.ts'
import { PeoplePage } from './list-page.tsx'
import { claimNote, forgetNotes, NOTE_LENGTH, NoteForm, ownNotes, readNote, writeNote } from './notes.ts'
import { activeAt, type Person, readPeople } from './people.ts'
import { hrefOf, pageOfPayer, paymentsOf, personOfId, subscriptionsOf } from './person.ts'
import { PersonPage } from './person-page.tsx'
import { words } from './words.ts'

const PAGE = 50

export interface PeopleDeps {
  db: Db
  config: Pick<Config, 'timeZone' | 'ownerEmail'>
  /** Each may add its part to a person's page. */
  features: Feature[]
}

/** `/dashboard/people`: everybody who paid or has an account, a page for each, and the owner's note. */
export function people(deps: PeopleDeps): Feature {
  const { db } = deps
  const path = '/dashboard/people'
  return {
    routes: new Hono().use(path, requireOwner).use(`${path}/*`, requireOwner).route(path, peopleRoutes(deps)),
    dashboard: { href: path, title: { 'zh-CN': words['zh-CN'].title, en: words.en.title } },
    async payment(c, paymentId) {
      const href = await pageOfPayer(db, paymentId)
      if (!href) return undefined
      return (
        <p>
          <a href={href}>{words[c.var.locale].toPerson}</a>
        </p>
      )
    },
    claim: (user) => claimNote(db, user),
    ownData: async (user) => ({ ownersNotes: await ownNotes(db, user) }),
    forget: forgetNotes,
  }
}

function peopleRoutes(deps: PeopleDeps): Hono {
  return new Hono()
    .get('/', (c) => showList(c, deps))
    .get('/:id{[\\w-]{1,255}}', (c) => showPerson(c, deps))
    .post(
      '/:id{[\\w-]{1,255}}/note',
      zValidator('form', NoteForm, (result, c) => {
        if (result.success) return
        const typed = (result.data as { note?: unknown }).note
        // Anything else than too much is what no form sends.
        if (typeof typed !== 'string') throw new HTTPException(400)
        const problem = words[c.var.locale].noteTooLong(NOTE_LENGTH)
        return showPerson(c, deps, { text: plain(typed), problem })
      }),
      async (c) => {
        const person = await personOfId(deps.db, c.req.param('id'))
        const about = person && aboutOf(person)
        if (!about) return c.notFound()
        await writeNote(deps.db, about, c.req.valid('form').note)
        return c.redirect(`${hrefOf(person.id)}?said=noted`, 303)
      },
    )
}

async function showList(c: Context, { db, config }: PeopleDeps) {
  const except = config.ownerEmail
  const search = SearchText.safeParse(c.req.query('q'))
  const typed = search.data ?? ''
  const beyond = PlaceText.safeParse(c.req.query('older')).data
  const found = typed ? await findPeople(db, typed, { limit: PAGE + 1, except }) : undefined
  const list = found
    ? { people: found.slice(0, PAGE), next: undefined }
    : await listPeople(db, { beyond, limit: PAGE, except })
  const people = await readPeople(db, list.people)
  return renderPage(
    c,
    <PeoplePage
      {...pageContext(c)}
      people={found ? people.toSorted((a, b) => (activeAt(b)?.getTime() ?? 0) - (activeAt(a)?.getTime() ?? 0)) : people}
      timeZone={config.timeZone}
      now={new Date()}
      typed={search.success ? typed : plain(c.req.query('q') ?? '').slice(0, 200)}
      isTooLong={!search.success}
      isMany={found !== undefined && found.length > PAGE}
      isFurther={!found && beyond !== undefined}
      older={list.next && `/dashboard/people?${new URLSearchParams({ older: list.next })}`}
    />,
    search.success ? 200 : 422,
  )
}

async function showPerson(c: Context, deps: PeopleDeps, typed?: { text: string; problem: string }) {
  const { db, config, features } = deps
  const id = c.req.param('id')!
  const person = await personOfId(db, id)
  if (!person) return c.notFound()
  // Whoever has opened an account since is found where they were before.
  if (person.userId && person.id !== id && !typed) return c.redirect(hrefOf(person.id), 303)
  const about = aboutOf(person)
  const known = { userId: person.userId, email: about?.email, href: hrefOf(person.id) }
  const parts = await Promise.all(features.map((feature) => feature.person?.(c, known)))
  return renderPage(
    c,
    <PersonPage
      {...pageContext(c)}
      person={person}
      subscriptions={await subscriptionsOf(db, person)}
      payments={await paymentsOf(db, person)}
      note={about && (typed ?? { text: await readNote(db, about) })}
      wasNoted={c.req.query('said') === 'noted'}
      timeZone={config.timeZone}
      now={new Date()}
      parts={parts.filter((part) => part !== undefined)}
    />,
    typed ? 422 : 200,
  )
}

/** Who a note can be about; undefined for whoever left no address, or is forgotten. */
function aboutOf({ userId, email }: Person) {
  if (userId) return { userId, email }
  return email ? { userId: undefined, email } : undefined
}
