import type { Db } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'

const MOST = 1_000

/** Sends again what was given up: one mail, or all. Returns how many. */
export async function retryMails({ db, jobs }: { db: Db; jobs: Jobs }, mailId?: number): Promise<number> {
  const retried = await db.transaction().execute(async (trx) => {
    const failed = trx.selectFrom('mails').select('id').where('failed_at', 'is not', null).orderBy('id').limit(MOST)
    const rows = await trx
      .updateTable('mails')
      .set({ failed_at: null })
      .where('id', 'in', mailId === undefined ? failed : failed.where('id', '=', mailId))
      .returning('id')
      .execute()
    await jobs.enqueue(trx, 'mail', ...rows.map(({ id }) => ({ mailId: id })))
    return rows.length
  })
  if (retried > 0) jobs.wake('mail')
  return retried
}
