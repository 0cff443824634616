import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { boolean, created, page, params, text } from '../params.ts'
import { get, type Route } from '../route.ts'
import type { Filter, Tx } from '../tx.ts'
import { createdIn } from './filters.ts'

export const events: Route[] = [
  get(
    '/events',
    params({
      ...page,
      created: created.optional(),
      delivery_success: boolean.optional(),
      type: text().optional(),
      types: z.array(text()).max(20).optional(),
    }),
    async (tx, given) => {
      if (given.type && given.types)
        throw invalid('You may only specify one of these parameters: type, types.', { param: 'type' })
      const wanted = given.types ?? (given.type === undefined ? undefined : [given.type])
      const list = await tx.list<Stripe.Event>('event', '/v1/events', given, [
        // "charge.*" asks for all of a kind.
        ["data->>'type' like any(?)", wanted?.map((type) => type.replaceAll('_', '\\_').replaceAll('*', '%'))],
        ...deliverySuccess(given.delivery_success),
        ...createdIn(given.created),
      ])
      await countPending(tx, list.data)
      return list
    },
  ),
  get('/events/:id', params({}), async (tx, _, id) => {
    const event = await tx.get<Stripe.Event>('event', id)
    await countPending(tx, [event])
    return event
  }),
]

const deliverySuccess = (asked: boolean | undefined): Filter[] =>
  asked === undefined
    ? []
    : [
        [
          `not exists (select from sandbox.deliveries d where d.event_id = objects.id and d.delivered_at is null) = ?`,
          asked,
        ],
      ]

/** How many endpoints have not had it yet: the one thing about an event that changes. */
export async function countPending(tx: Tx, events: Stripe.Event[]): Promise<void> {
  const { rows } = await tx.db.query<{ event_id: string; pending: number }>(
    `select event_id, count(distinct endpoint_id)::int as pending from sandbox.deliveries
     where event_id = any($1) and delivered_at is null group by event_id`,
    [events.map((event) => event.id)],
  )
  for (const event of events) event.pending_webhooks = rows.find((row) => row.event_id === event.id)?.pending ?? 0
}
