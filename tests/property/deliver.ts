import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Jobs } from '../../src/jobs/queue.ts'
import { claimPurchases } from '../../src/payments/claims.ts'
import { handledTypes, objectToSync, StripeEvent } from '../../src/payments/event-table.ts'
import { receive, requeueDue } from '../../src/payments/inbox.ts'
import { poll } from '../../src/payments/poll.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { syncEvents } from '../../src/payments/sync.ts'
import { SECRET } from '../support/shop.ts'
import type { Delivery } from './history.ts'
import { inLanes } from './teller.ts'
import { type Process, pause, type World } from './world.ts'

const PATIENCE_MS = 60_000

/** Who has proved an address, and what the account's id is. */
export interface Person {
  id: string
  email: string
}

/** Each event once, in order, and of one customer the next only when that is done. */
export async function deliverCalmly({ calm, sandbox, config }: World, events: Stripe.Event[], people: Person[]) {
  for (const person of people) await prove(calm, person)
  const jobs = { enqueue: async () => {}, wake() {} } as unknown as Jobs
  const stripe = createStripe('sk_test_sandbox', { fetch: remembering(sandbox.fetch) })
  const deps = { db: calm.db, jobs, stripe, config }
  await inLanes(4, byCustomer(events), async (theirs) => {
    const parsed = theirs.map((event) => StripeEvent.parse(event))
    for (const [index, event] of parsed.entries()) {
      await receive(deps, [event], 'webhook')
      const objectId = objectToSync(event)!
      const next = parsed[index + 1]
      // Nothing changes between two events about the same, so it is read once for both.
      if (!next || objectToSync(next) !== objectId) await syncEvents(deps, objectId)
    }
  })
}

function byCustomer(events: Stripe.Event[]): Stripe.Event[][] {
  const about = events.map(({ data }) => data.object as { id: string; customer?: string; payment_intent?: string })
  const payers = new Map<string | undefined, string>()
  for (const { id, customer, payment_intent } of about) {
    if (customer) payers.set(payment_intent ?? id, customer)
  }
  const payerOf = (event: Stripe.Event) => {
    const { id, customer, payment_intent } = event.data.object as (typeof about)[number]
    return customer ?? payers.get(payment_intent) ?? payment_intent ?? id
  }
  return [...Map.groupBy(events, payerOf).values()]
}

/** Nothing happens at Stripe any more, so that one answer does for all who ask the same. */
function remembering(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const answers = new Map<string, Promise<Response>>()
  return async (input, init) => {
    const key = String(input)
    const answer = answers.get(key) ?? fetch(input, init)
    answers.set(key, answer)
    return (await answer).clone()
  }
}

/** Brings a shop of two processes the news in the way that `how` says, while a history goes on and after it. */
export class Courier {
  private readonly world: World
  private readonly how: Delivery
  private readonly events: Stripe.Event[] = []
  private readonly held: Stripe.Event[] = []
  private readonly heldPeople: Person[] = []
  private readonly underWay: Promise<unknown>[] = []
  readonly people: Person[] = []
  posts = 0

  constructor(world: World, how: Delivery) {
    this.world = world
    this.how = how
  }

  /** All that the shop should hear of, oldest first. */
  get told(): Stripe.Event[] {
    return this.events
  }

  /** Something may have happened: brings what is not held back, and waits for nothing. */
  async look(): Promise<void> {
    const { random } = this.world
    const { live, lost, late } = this.how
    const fresh = await this.freshEvents()
    const here = fresh.filter(() => random() * 100 >= lost)
    const now = here.filter(() => live && random() * 100 >= late)
    this.held.push(...here.filter((event) => !now.includes(event)))
    this.underWay.push(this.bring(now))
    if (live && lost > 0 && random() < 0.1) this.underWay.push(this.poll(0).catch(() => {}))
  }

  /** The same, every other time: news of several things comes together. */
  async glance(): Promise<void> {
    if (this.world.random() < 0.5) await this.look()
  }

  async prove(email: string): Promise<void> {
    const person = { id: crypto.randomUUID(), email }
    if (this.people.some((one) => one.email === email)) return
    this.people.push(person)
    if (this.how.live) this.underWay.push(prove(this.world.busy, person))
    else this.heldPeople.push(person)
  }

  /** Brings the rest, until the shop knows all and has nothing left to do. */
  async finish(): Promise<void> {
    const { processes, random, busy } = this.world
    const people = this.heldPeople.map(async (person) => {
      await pause(random() * 200)
      await prove(busy, person)
    })
    const cuts = Array.from({ length: this.how.cuts }, async () => {
      await pause(random() * 500)
      await this.cut()
    })
    this.world.historyIsOver()
    await this.look()
    // Without a webhook there is nothing to deliver, and polling has the bad day.
    const isLost = this.how.lost === 100
    const polls = isLost ? processes.map((_, index) => this.poll(index).catch(() => {})) : []
    await Promise.all([...this.underWay, ...people, ...cuts, ...polls, this.bring(this.held)])
    if (this.how.live && this.how.stale > 0) await this.letLateAnswersCome()
    await this.quiet(false)
    this.world.calmStripe()
    if (this.how.lost > 0) await Promise.all(processes.map((_, index) => this.poll(index)))
    // The queue may have given up; a minute later the inbox brings it back.
    await sql`update inbox set next_try_at = now() where applied_at is null`.execute(busy.db)
    await requeueDue({ db: busy.db, jobs: processes[0]!.jobs })
    await this.quiet(true)
  }

  private async freshEvents(): Promise<Stripe.Event[]> {
    const { stripe } = this.world
    const last = this.lastSeen
    const fresh: Stripe.Event[] = []
    const since = last ? { ending_before: last } : {}
    for await (const event of stripe.events.list({ ...since, limit: 100 })) fresh.push(event)
    // Without a beginning the list is newest first.
    if (!last) fresh.reverse()
    this.lastSeen = fresh.at(-1)?.id ?? last
    const wanted = fresh.filter(({ type }) => handledTypes.includes(type))
    this.events.push(...wanted)
    return wanted
  }
  private lastSeen: string | undefined

  private async bring(events: Stripe.Event[]): Promise<void> {
    const { random } = this.world
    const { shuffled, copies, atOnce } = this.how
    const queue = events.flatMap((event) =>
      Array.from({ length: 1 + Math.floor(random() * (copies + 1)) }, () => event),
    )
    const route = shuffled ? queue.map((event) => ({ event, at: random() })).toSorted((a, b) => a.at - b.at) : undefined
    const letters = route ? route.map(({ event }) => event) : queue
    const sender = async () => {
      for (let event = letters.shift(); event; event = letters.shift()) await this.post(event)
    }
    await Promise.all(Array.from({ length: atOnce }, sender))
  }

  /** As Stripe: what is not taken comes again. */
  private async post(event: Stripe.Event): Promise<void> {
    const { processes, random, stripe } = this.world
    const payload = JSON.stringify(event)
    for (let tries = 0; tries < 10; tries++) {
      const { app } = processes[Math.floor(random() * processes.length)] as Process
      const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
      const init = { method: 'POST', body: payload, headers: { 'stripe-signature': signature } }
      this.posts++
      if ((await app.request('/webhooks/stripe', init)).status === 200) return
      await pause(20)
    }
    throw new Error(`${event.type} was refused ten times`)
  }

  private poll(index: number): Promise<number> {
    const { processes, busy } = this.world
    const { jobs, stripe } = processes[index]!
    return poll({ db: busy.db, jobs, stripe, config: this.world.config })
  }

  /** One of the shop's connections breaks, whatever it is in the middle of. */
  private async cut(): Promise<void> {
    const { calm, busy, random } = this.world
    const { rows: names } = await sql<{ name: string }>`select current_database() as name`.execute(busy.db)
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = ${names[0]!.name} order by pid
    `.execute(calm.db)
    const one = rows[Math.floor(random() * rows.length)]
    if (one) await sql`select pg_terminate_backend(${one.pid}::int)`.execute(calm.db)
  }

  /** When the one process has done all that the other, which waits for them, has not taken. */
  private async letLateAnswersCome(): Promise<void> {
    const givenUpAt = Date.now() + 5_000
    for (let waiting = 1; waiting > 0 && Date.now() < givenUpAt; ) {
      await pause(100)
      const { rows } = await sql<{ waiting: number }>`
        select count(*) as waiting from pgboss.job where name = 'sync' and state = 'created'
      `.execute(this.world.busy.db)
      waiting = rows[0]!.waiting
    }
    await pause(300)
    this.world.answerLate()
  }

  /** What waits to be tried again waits no longer, and no queue for its next half second. */
  private async hurry(): Promise<void> {
    const { processes, busy } = this.world
    await sql`
      update pgboss.job set start_after = now() where state in ('created', 'retry') and start_after > now()
    `.execute(busy.db)
    for (const { jobs } of processes) for (const queue of ['sync', 'mail'] as const) jobs.wake(queue)
  }

  /** Until nothing is left to do; without `all`, until everything was tried. What waits to be tried again does not wait here. */
  private async quiet(all: boolean): Promise<void> {
    const { busy } = this.world
    const givenUpAt = Date.now() + PATIENCE_MS
    for (let looks = 0; Date.now() < givenUpAt; looks++) {
      if (looks % 5 === 0) await untilDone(() => this.hurry())
      const { rows } = await sql<{ waiting: number }>`
        select (select count(*) from pgboss.job where name in ('sync', 'mail')
            and (state in ('created', 'active') or ${all} and state = 'retry'))
          + (select count(*) from inbox where ${all} and applied_at is null) as waiting
      `.execute(busy.db)
      if (rows[0]!.waiting === 0) return
      await pause(30)
    }
    const { rows } = await sql`select object_id, type, error from inbox where applied_at is null`.execute(busy.db)
    throw new Error(`not quiet after ${PATIENCE_MS / 1000} seconds: ${JSON.stringify(rows)}`)
  }
}

/** What a sign-in with a proved address does. Whoever is cut off signs in again. */
async function prove({ db }: World['busy'], person: Person): Promise<void> {
  const user = { ...person, email_verified_at: new Date() }
  await untilDone(async () => {
    await db
      .insertInto('users')
      .values(user)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
    await claimPurchases(db, person)
  })
}

/** A few times more when a connection breaks under it. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 5) throw error
      await pause(50)
    }
  }
}
