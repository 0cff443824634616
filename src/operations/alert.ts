import { sql } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import { queueMail } from '../mail/outbox.ts'

const LATE_MINUTES = 15

/** Tells the owner, once a day, when what Stripe told could not be booked for a quarter of an hour. */
export async function alertOwner({ db, config, jobs }: { db: Db; config: Config; jobs: Jobs }): Promise<void> {
  const { rows } = await sql<{ waiting: number; error: string | null }>`
    select count(*) as waiting, max(error) as error from inbox
    where applied_at is null and received_at < now() - make_interval(mins => ${LATE_MINUTES})
  `.execute(db)
  const { waiting, error } = rows[0]!
  if (waiting === 0) return
  const { locale, ownerEmail, baseUrl } = config
  const props = { waiting, error, healthUrl: `${baseUrl}/dashboard/health`, locale, shopName: catalog.name[locale] }
  const key = `alert:${new Date().toISOString().slice(0, 10)}`
  const isNew = await db
    .transaction()
    .execute((trx) => queueMail(jobs, trx, { key, to: ownerEmail, message: { template: 'alert', props } }))
  if (isNew) jobs.wake('mail')
}
