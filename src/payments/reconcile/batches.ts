import type Stripe from 'stripe'
import type { Kind, Listed } from './kinds.ts'
import { patiently, type Say } from './patiently.ts'

const PAGE = 100

/** Objects as Stripe lists them. */
export interface Batch {
  objects: Listed[]
  /** The time, in seconds since 1970, of which these are all there are. `to` is exclusive, and open in the newest batch. */
  span?: { from: number; to?: number | undefined }
  /** The last object that is through with this batch. */
  last?: string | undefined
}

/** Everything of one kind since a time, newest first, a page at a time. `after` goes on behind an object. */
export async function* batches(
  stripe: Stripe,
  kind: Kind,
  { since, after, say }: { since: number; after?: string | undefined; say: Say },
): AsyncGenerator<Batch> {
  let cursor = after
  let held: Batch['objects'] = []
  let to: number | undefined
  for (;;) {
    const range = {
      limit: PAGE,
      ...(since > 0 && { created: { gte: since } }),
      ...(cursor && { starting_after: cursor }),
    }
    const page = await patiently(() => kind.page(stripe, range), say)
    const all = [...held, ...page.data]
    // When going on, what is newer is through.
    if (after && cursor === after) to = page.data[0] ? page.data[0].created + 1 : since
    const oldest = all.at(-1)
    if (!page.has_more || !oldest) {
      yield { objects: all, span: { from: since, to }, last: oldest?.id }
      return
    }
    cursor = oldest.id
    // Others of the oldest second may be on the next page.
    held = all.filter(({ created }) => created === oldest.created)
    const objects = all.filter(({ created }) => created !== oldest.created)
    if (objects.length === 0) continue
    yield { objects, span: { from: oldest.created + 1, to }, last: objects.at(-1)!.id }
    to = oldest.created + 1
  }
}
