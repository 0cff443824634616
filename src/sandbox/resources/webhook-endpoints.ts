import type Stripe from 'stripe'
import { z } from 'zod'
import { newId } from '../ids.ts'
import { boolean, mergeMetadata, metadata, optionalText, page, params, text, url } from '../params.ts'
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { API_VERSION } from '../version.ts'

/** While a secret is rolled, the old one lives on for a while beside the new one. */
export interface EndpointSecrets {
  secrets: { secret: string; until: number | null }[]
  /** The one of the sandbox's options. */
  fromOptions?: boolean
}

const enabledEvents = z.array(text()).min(1)

export const webhookEndpoints: Route[] = [
  post(
    '/webhook_endpoints',
    params(
      {
        enabled_events: enabledEvents,
        url,
        api_version: z.literal(API_VERSION).optional(),
        description: optionalText().optional(),
        metadata: metadata.optional(),
      },
      ['connect'],
    ),
    async (tx, given) => {
      const secret = newId('whsec_', 32)
      return { ...(await createEndpoint(tx, given, { secrets: [{ secret, until: null }] })), secret }
    },
  ),
  get('/webhook_endpoints', params(page), (tx, given) => tx.list('webhook_endpoint', '/v1/webhook_endpoints', given)),
  get('/webhook_endpoints/:id', params({}), (tx, _, id) => tx.get('webhook_endpoint', id)),
  post(
    '/webhook_endpoints/:id',
    params({
      description: optionalText().optional(),
      disabled: boolean.optional(),
      enabled_events: enabledEvents.optional(),
      metadata: metadata.optional(),
      url: url.optional(),
    }),
    async (tx, { metadata, disabled, ...changes }, id) => {
      const { data } = await tx.lock<Stripe.WebhookEndpoint>('webhook_endpoint', id)
      const status = disabled === undefined ? data.status : disabled ? 'disabled' : 'enabled'
      return tx.save({ ...data, ...changes, status, metadata: mergeMetadata(data.metadata, metadata) })
    },
  ),
  del('/webhook_endpoints/:id', params({}), async (tx, _, id) => {
    await tx.lock('webhook_endpoint', id)
    await deleteEndpoint(tx, id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]

interface EndpointInput {
  url: string
  enabled_events: string[]
  description?: string | null
  metadata?: z.output<typeof metadata>
}

export const createEndpoint = (
  tx: Tx,
  given: EndpointInput,
  hidden: EndpointSecrets,
): Promise<Stripe.WebhookEndpoint> =>
  tx.insert(
    {
      id: newId('we_1'),
      object: 'webhook_endpoint',
      api_version: API_VERSION,
      application: null,
      created: tx.seconds,
      description: given.description ?? null,
      enabled_events: given.enabled_events,
      livemode: false,
      metadata: mergeMetadata({}, given.metadata),
      status: 'enabled',
      url: given.url,
    } satisfies Stripe.WebhookEndpoint,
    hidden,
  )

export async function deleteEndpoint(tx: Tx, id: string): Promise<void> {
  await tx.delete(id)
  await tx.db.query('delete from sandbox.deliveries where endpoint_id = $1 and delivered_at is null', [id])
}
