import type pg from 'pg'
import type Stripe from 'stripe'
import { missing } from './errors.ts'
import { newId } from './ids.ts'
import type { Config, RequestInfo, Settings } from './store.ts'
import { API_VERSION } from './version.ts'

export interface Stored {
  id: string
  object: string
  created?: number
}

/** `hidden` is what Stripe knows and does not show: secrets, a payment under way. */
export interface Row<T, H = Record<string, unknown>> {
  data: T
  hidden: H
  deleted: boolean
}

export interface Page {
  limit?: number
  starting_after?: string
  ending_before?: string
}

/** A condition on `data`, `created` or `hidden`, with one `?` for its value; left out when the value is undefined. */
export type Filter = [condition: string, value: unknown]

/** One request's view of the store: Stripe's objects, the time, and the events to be. */
export class Tx {
  readonly db: Pick<pg.Pool, 'query'>
  readonly config: Config
  readonly settings: Settings
  readonly request: RequestInfo
  /** The sandbox's time, in milliseconds. A timer turns it back to when it was due. */
  now: number
  private readonly events: Stripe.Event[] = []

  constructor(db: pg.Pool | pg.PoolClient, config: Config, settings: Settings, request: RequestInfo) {
    this.db = db
    this.config = config
    this.settings = settings
    this.request = request
    this.now = Date.now() + settings.clock
  }

  /** The sandbox's time as Stripe writes it. */
  get seconds(): number {
    return Math.floor(this.now / 1000)
  }

  async insert<T extends Stored>(data: T, hidden: object = {}): Promise<T> {
    await this.db.query('insert into sandbox.objects (id, object, created, data, hidden) values ($1, $2, $3, $4, $5)', [
      data.id,
      data.object,
      data.created ?? this.seconds,
      JSON.stringify(data),
      JSON.stringify(hidden),
    ])
    return data
  }

  async row<T, H = Record<string, unknown>>(object: string, id: string, lock = ''): Promise<Row<T, H> | undefined> {
    const { rows } = await this.db.query<Row<T, H>>(
      `select data, hidden, deleted from sandbox.objects where id = $1 and object = $2 ${lock}`,
      [id, object],
    )
    return rows[0]
  }

  async find<T>(object: string, id: string): Promise<T | undefined> {
    const row = await this.row<T>(object, id)
    return row && !row.deleted ? row.data : undefined
  }

  async get<T>(object: string, id: string, param?: string): Promise<T> {
    const found = await this.find<T>(object, id)
    if (!found) throw missing(object, id, param)
    return found
  }

  /** For something that a parameter names: Stripe answers 400 there, and 404 for the URL's own object. */
  async named<T>(object: string, id: string, param: string): Promise<T> {
    const found = await this.find<T>(object, id)
    if (!found) throw missing(object, id, param, 400)
    return found
  }

  /** Whoever asks for the same object waits until this transaction is through. */
  async lock<T, H = Record<string, unknown>>(object: string, id: string, param?: string): Promise<Row<T, H>> {
    const row = await this.row<T, H>(object, id, 'for update')
    if (!row || row.deleted) throw missing(object, id, param)
    return row
  }

  async save<T extends Stored>(data: T, hidden?: object): Promise<T> {
    await this.db.query('update sandbox.objects set data = $2, hidden = coalesce($3, hidden) where id = $1', [
      data.id,
      JSON.stringify(data),
      hidden ? JSON.stringify(hidden) : null,
    ])
    return data
  }

  async delete(id: string): Promise<void> {
    await this.db.query('update sandbox.objects set deleted = true where id = $1', [id])
  }

  /** Newest first, a page at a time. */
  async list<T>(object: string, url: string, page: Page, filters: Filter[] = []): Promise<Stripe.ApiList<T>> {
    const values: unknown[] = [object]
    const where = ['object = $1', 'not deleted']
    const add = ([condition, value]: Filter) => where.push(condition.replace('?', `$${values.push(value)}`))
    for (const filter of filters) if (filter[1] !== undefined) add(filter)
    if (page.starting_after) add(['seq < ?', await this.cursor(object, page.starting_after, 'starting_after')])
    if (page.ending_before) add(['seq > ?', await this.cursor(object, page.ending_before, 'ending_before')])

    const limit = page.limit ?? 10
    const backwards = page.ending_before !== undefined
    const { rows } = await this.db.query<{ data: T }>(
      `select data from sandbox.objects where ${where.join(' and ')}
       order by seq ${backwards ? 'asc' : 'desc'} limit ${limit + 1}`,
      values,
    )
    const data = rows.slice(0, limit).map((row) => row.data)
    return { object: 'list', url, has_more: rows.length > limit, data: backwards ? data.reverse() : data }
  }

  private async cursor(object: string, id: string, param: string): Promise<string> {
    const { rows } = await this.db.query<{ seq: string }>(
      'select seq::text as seq from sandbox.objects where id = $1 and object = $2',
      [id, object],
    )
    if (!rows[0]) throw missing(object, id, param, 400)
    return rows[0].seq
  }

  /** Something will happen to this object at this time (see timers.ts). */
  async setTimer(kind: string, objectId: string, dueAt: number): Promise<void> {
    await this.db.query(
      `insert into sandbox.timers (kind, object_id, due_at) values ($1, $2, $3)
       on conflict (object_id, kind) do update set due_at = excluded.due_at`,
      [kind, objectId, Math.round(dueAt)],
    )
  }

  async clearTimer(kind: string, objectId: string): Promise<void> {
    await this.db.query('delete from sandbox.timers where kind = $1 and object_id = $2', [kind, objectId])
  }

  /** The event holds the object as it is now: a snapshot that never changes. */
  emit(type: Stripe.Event.Type, object: object, previous?: object, { byItself = false } = {}): void {
    this.events.push({
      id: newId('evt_1'),
      object: 'event',
      api_version: API_VERSION,
      created: this.seconds,
      data: structuredClone({ object, ...(previous && { previous_attributes: previous }) }),
      livemode: false,
      pending_webhooks: 0,
      request: byItself ? { id: null, idempotency_key: null } : this.request,
      type,
    } as Stripe.Event)
  }

  /** Of what `work` tells, this kind comes last: as Stripe does with the payments of a first invoice. */
  async tellLast<T>(kind: RegExp, work: () => Promise<T>): Promise<T> {
    const from = this.events.length
    const result = await work()
    const told = this.events.splice(from)
    const last = told.filter(({ type }) => kind.test(type))
    this.events.push(...told.filter(({ type }) => !kind.test(type)), ...last)
    return result
  }

  /** Does it, and undoes it: only the result stays. Nobody is told. */
  async asIf<T>(work: () => Promise<T>): Promise<T> {
    const told = this.events.length
    await this.db.query('savepoint as_if')
    try {
      return await work()
    } finally {
      await this.db.query('rollback to savepoint as_if')
      this.events.splice(told)
    }
  }

  /** Writes the events, each with a delivery for every endpoint that wants it. Returns how many events there were. */
  async flushEvents(): Promise<number> {
    if (!this.events.length) return 0
    const { rows } = await this.db.query<{ data: Stripe.WebhookEndpoint }>(
      `select data from sandbox.objects where object = 'webhook_endpoint' and not deleted and data->>'status' = 'enabled'`,
    )
    const { duplicate, delay, lose } = this.settings.chaos
    for (const event of this.events) {
      await this.insert(event)
      for (const { data: endpoint } of rows) {
        if (!endpoint.enabled_events.some((wanted) => wanted === '*' || wanted === event.type)) continue
        const copies = duplicate ? 2 + Math.floor(Math.random() * 2) : 1
        for (let copy = 0; copy < copies; copy++) {
          await this.db.query('insert into sandbox.deliveries (event_id, endpoint_id, due_at) values ($1, $2, $3)', [
            event.id,
            endpoint.id,
            lose ? null : Math.round(this.now + delay),
          ])
        }
      }
    }
    return this.events.length
  }
}
