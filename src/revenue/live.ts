import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'

const EVERY_MS = 1000
/** Proxies close what is silent for half a minute or so. */
const STILL_HERE_MS = 20_000
/** Then the browser comes again, and is asked who it is. */
const AT_MOST_MS = 10 * 60_000

/**
 * `GET /dashboard/live`: server-sent events, one each time that the books have changed, in whichever process. While anybody
 * looks, this process asks the database once a second, for all of them.
 */
export function liveRoutes(db: Db): Hono {
  const watch = watcher(db)
  return new Hono().get('/', (c) =>
    streamSSE(c, async (stream) => {
      const end = Date.now() + AT_MOST_MS
      let said = Date.now()
      const stop = watch(() => {
        said = Date.now()
        void stream.writeSSE({ event: 'books', data: '' })
      })
      stream.onAbort(stop)
      try {
        await stream.write('retry: 1000\n\n')
        while (!stream.aborted && Date.now() < end) {
          await stream.sleep(EVERY_MS)
          if (Date.now() - said < STILL_HERE_MS) continue
          said = Date.now()
          await stream.write(': still here\n\n')
        }
      } finally {
        stop()
      }
    }),
  )
}

type Told = () => void

/** Calls those who watch when the books have changed. Asks only while somebody does. */
function watcher(db: Db): (told: Told) => () => void {
  const watching = new Set<Told>()
  let timer: NodeJS.Timeout | undefined
  let known: string | undefined
  let isUnsettled = false

  const look = async () => {
    const now = await booksNumber(db).catch(() => known)
    const hasChanged = known !== undefined && now !== known
    // The number moves before the change commits, so whoever looked at once is told again.
    if (hasChanged || isUnsettled) for (const tell of watching) tell()
    isUnsettled = hasChanged
    known = now
    timer = watching.size > 0 ? setTimeout(look, EVERY_MS).unref() : undefined
    if (!timer) {
      known = undefined
      isUnsettled = false
    }
  }

  return (told) => {
    watching.add(told)
    timer ??= setTimeout(look, 0)
    return () => void watching.delete(told)
  }
}

/** Moves with every change of the books. */
async function booksNumber(db: Db): Promise<string> {
  const { rows } = await sql<{ number: string }>`
    select (select last_value || ' ' || is_called from books_number) || '/' || coalesce((select max(id) from offline_entries), 0) as number
  `.execute(db)
  return rows[0]!.number
}
