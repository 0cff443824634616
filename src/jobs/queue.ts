import type pg from 'pg'
import { fromKysely, type Job, type JobResult, PgBoss, type Queue } from 'pg-boss'
import type { Trx } from '../db/connection.ts'

/** What each queue carries. */
export interface QueueData {
  sync: { objectId: string }
  mail: { mailId: number }
  'mail-failed': { mailId: number }
  poll: Record<string, never>
  /** A user's new address, told to Stripe. */
  'customer-email': { userId: string }
  /** Our tables beside Stripe's lists. */
  reconcile: Record<string, never>
  /** Events in the inbox that nobody works on. */
  requeue: Record<string, never>
  /** What has expired. */
  sweep: Record<string, never>
  /** Refunds that customers asked for while Stripe did not answer. */
  refunds: Record<string, never>
  /** Passes that end soon. */
  'pass-ends': Record<string, never>
  /** Whether what Stripe told gets into the books. */
  alert: Record<string, never>
  /** Days that are over, to be summed up. */
  'roll-up': Record<string, never>
  /** Their sums beside the books. */
  'mend-roll-up': Record<string, never>
}
export type QueueName = keyof QueueData

// A job whose process died is noticed by its missing heartbeat, and taken up again. Done ones tell nobody anything.
const alive = { heartbeatSeconds: 10, expireInSeconds: 120, deleteAfterSeconds: 3600 }
const patient = { retryDelay: 2, retryBackoff: true, retryDelayMax: 3600 }

const queues: Record<QueueName, Omit<Queue, 'name'>> = {
  // A minute of quick tries; after that the inbox brings the object back again and again.
  sync: { ...alive, ...patient, retryLimit: 5, expireInSeconds: 600 },
  'customer-email': { ...alive, ...patient, retryLimit: 20 },
  // Before the one that leads to it.
  'mail-failed': { ...alive },
  mail: { ...alive, ...patient, retryLimit: 20, deadLetter: 'mail-failed' },
  // After a long outage there is much to fetch.
  poll: { policy: 'short', ...alive, expireInSeconds: 3600, retryLimit: 0 },
  // Reading years from Stripe takes hours; a process that dies on the way is noticed all the same.
  reconcile: { policy: 'short', ...alive, expireInSeconds: 12 * 3600, retryLimit: 0 },
  requeue: { policy: 'short', ...alive, retryLimit: 0 },
  sweep: { policy: 'short', ...alive, retryLimit: 0 },
  refunds: { policy: 'short', ...alive, retryLimit: 0 },
  'pass-ends': { policy: 'short', ...alive, ...patient, retryLimit: 5 },
  alert: { policy: 'short', ...alive, retryLimit: 0 },
  'roll-up': { policy: 'short', ...alive, expireInSeconds: 3600, retryLimit: 0 },
  'mend-roll-up': { policy: 'short', ...alive, expireInSeconds: 3600, retryLimit: 0 },
}

/** How a process works off a queue; the same for all where nothing is said. */
export interface Pace {
  /** How many jobs it takes at a time; of those that say the same, one is done for all. */
  batch: number
  /** How many it does at once. */
  atOnce: number
  /** How long a new job waits for others that say the same. */
  gatherMs: number
}

const PACE: Pace = { batch: 10, atOnce: 10, gatherMs: 0 }

/** Stripe tells of one payment by three or four events within a moment, and one read answers them all. */
export const SYNC_PACE: Pace = { batch: 100, atOnce: 25, gatherMs: 400 }

export interface Jobs {
  /** Adds jobs inside the caller's transaction: they exist if and only if that commits. */
  enqueue<Q extends QueueName>(trx: Trx, queue: Q, ...data: QueueData[Q][]): Promise<void>
  /** Has `handler` work off a queue; what it throws is retried later, with growing pauses. */
  work<Q extends QueueName>(queue: Q, handler: (data: QueueData[Q]) => Promise<void>): Promise<void>
  /** Adds a job by cron (UTC), once among all processes. */
  schedule(queue: QueueName, cron: string): Promise<void>
  /** Looks at a queue as soon as its new jobs may start, instead of at the next half second. */
  wake(queue: QueueName): void
  /** Waits for the jobs under way. */
  stop(): Promise<void>
}

/** Starts pg-boss on the app's own pool; it keeps its tables in the schema pgboss. */
export async function startJobs(
  pool: pg.Pool,
  onError: (error: unknown) => void,
  syncPace: Pace = SYNC_PACE,
): Promise<Jobs> {
  const boss = await startBoss(pool, onError)
  await setUpQueues(boss)
  const workers = new Map<string, string>()
  const wakings = new Map<string, NodeJS.Timeout>()
  const paceOf = (queue: QueueName) => (queue === 'sync' ? syncPace : PACE)

  return {
    async enqueue(trx, queue, ...data) {
      const startAfter = paceOf(queue).gatherMs / 1000
      const jobs = data.map((one) => ({ data: one, startAfter }))
      if (jobs.length > 0) await boss.insert(queue, jobs, { db: fromKysely(trx) })
    },
    async work(queue, handler) {
      const { batch, atOnce } = paceOf(queue)
      const options = {
        batchSize: batch,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: 0.5,
        perJobResults: true,
      } as const
      type Data = QueueData[typeof queue]
      const id = await boss.work<Data, void, typeof options>(queue, options, async (jobs) => {
        const alike = [...Map.groupBy(jobs, (job) => JSON.stringify(job.data)).values()]
        const results: JobResult[] = []
        const workOff = async () => {
          for (let same = alike.shift(); same; same = alike.shift()) {
            results.push(...(await settle(same, handler, onError)))
          }
        }
        await Promise.all(Array.from({ length: atOnce }, workOff))
        return results
      })
      workers.set(queue, id)
    },
    schedule: (queue, cron) => boss.schedule(queue, cron),
    wake(queue) {
      const worker = workers.get(queue)
      if (!worker || wakings.has(queue)) return
      const { gatherMs } = paceOf(queue)
      if (gatherMs === 0) return boss.notifyWorker(worker)
      const notify = () => {
        wakings.delete(queue)
        boss.notifyWorker(worker)
      }
      wakings.set(queue, setTimeout(notify, gatherMs))
    },
    async stop() {
      for (const waking of wakings.values()) clearTimeout(waking)
      await boss.stop({ graceful: true, timeout: 20_000 })
    },
  }
}

/** Makes the queues that are missing, and changes those that an older version made otherwise. */
async function setUpQueues(boss: PgBoss): Promise<void> {
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  for (const [name, options] of Object.entries(queues)) {
    const { policy, ...changeable } = options
    const found = known.get(name)
    if (!found) await boss.createQueue(name, options)
    else if (Object.entries(changeable).some(([key, value]) => found[key as keyof typeof found] !== value))
      await boss.updateQueue(name, changeable)
  }
}

// Of processes that start at once on an empty database one makes pg-boss's schema, and the others trip over it.
const MADE_BY_ANOTHER = new Set(['23505', '42P06', '42P07', '42710', '42723'])

async function startBoss(pool: pg.Pool, onError: (error: unknown) => void, tries = 5): Promise<PgBoss> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => execute(pool, text, values) },
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    cronMonitorIntervalSeconds: 30,
    registerInstance: false,
  })
  boss.on('error', onError)
  try {
    return await boss.start()
  } catch (error) {
    if (tries === 0 || !MADE_BY_ANOTHER.has((error as { code?: string }).code ?? '')) throw error
    await new Promise((resolve) => setTimeout(resolve, 200 + 300 * Math.random()))
    return startBoss(pool, onError, tries - 1)
  }
}

async function settle<Data>(
  jobs: Job<Data>[],
  handler: (data: Data) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<JobResult[]> {
  try {
    await handler(jobs[0]!.data)
    return jobs.map(({ id }) => ({ id, status: 'completed' }))
  } catch (error) {
    onError(error)
    return jobs.map(({ id }) => ({ id, status: 'failed', output: { message: String(error) } }))
  }
}

async function execute(pool: pg.Pool, text: string, values?: unknown[]) {
  const client = await pool.connect()
  try {
    return await client.query(text, values)
  } catch (error) {
    // pg-boss sends whole transactions as one text: on PGlite's only session a failed one must not stay open.
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
