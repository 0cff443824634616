import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import { boolean, created, mergeMetadata, metadata, optionalText, page, params, text, url } from '../params.ts'
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { createdIn, fieldIs } from './filters.ts'

const images = z.union([z.literal('').transform(() => []), z.array(url).max(8)])
const shape = {
  active: boolean.optional(),
  description: optionalText(40000).optional(),
  images: images.optional(),
  metadata: metadata.optional(),
  shippable: boolean.optional(),
  statement_descriptor: text(22).optional(),
  unit_label: optionalText(12).optional(),
  url: z.union([z.literal('').transform(() => null), url]).optional(),
}
const later = ['default_price_data', 'marketing_features', 'package_dimensions', 'tax_code', 'tax_details', 'type']

export const products: Route[] = [
  post('/products', params({ ...shape, name: text(), id: text(255).optional() }, later), (tx, given) =>
    createProduct(tx, given),
  ),
  get(
    '/products',
    params({ ...page, active: boolean.optional(), created: created.optional(), ids: z.array(text()).optional() }, [
      'shippable',
      'type',
      'url',
    ]),
    (tx, given) =>
      tx.list('product', '/v1/products', given, [
        fieldIs('active', given.active),
        ['id = any(?)', given.ids],
        ...createdIn(given.created),
      ]),
  ),
  get('/products/:id', params({}), (tx, _, id) => tx.get('product', id)),
  post(
    '/products/:id',
    params({ ...shape, name: text().optional(), default_price: text().optional() }, later),
    async (tx, given, id) => {
      const { data: before } = await tx.lock<Stripe.Product>('product', id)
      if (given.default_price) await tx.named('price', given.default_price, 'default_price')
      const { metadata, ...changes } = given
      const after = { ...before, ...changes, metadata: mergeMetadata(before.metadata, metadata), updated: tx.seconds }
      tx.emit('product.updated', after, changed(before, after))
      return tx.save(after)
    },
  ),
  del('/products/:id', params({}), async (tx, _, id) => {
    const { data } = await tx.lock<Stripe.Product>('product', id)
    const prices = await tx.list('price', '', { limit: 1 }, [fieldIs('product', id)])
    if (prices.data.length) {
      throw invalid('This product cannot be deleted because it has one or more user-created prices.', { param: 'id' })
    }
    await tx.delete(id)
    tx.emit('product.deleted', data)
    return { id, object: 'product', deleted: true }
  }),
]

export interface ProductInput {
  name: string
  id?: string
  description?: string | null
  images?: string[]
  active?: boolean
  metadata?: z.output<typeof metadata>
}

/** `quietly`: made along with a session's price_data, which tells nobody. */
export async function createProduct(tx: Tx, given: ProductInput, { quietly = false } = {}): Promise<Stripe.Product> {
  const { metadata, id, ...known } = given
  if (id && (await tx.row('product', id))) {
    throw invalid(`Product already exists.`, { code: 'resource_already_exists', param: 'id' })
  }
  const product = {
    id: id ?? newId('prod_', 14),
    object: 'product',
    active: true,
    created: tx.seconds,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata({}, metadata),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: tx.seconds,
    url: null,
    ...known,
  } satisfies Stripe.Product
  if (!quietly) tx.emit('product.created', product)
  return tx.insert(product)
}
