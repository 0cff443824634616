import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connectPostgres, type Db } from '../src/db/connection.ts'
import { pendingMigrations } from '../src/db/migrate.ts'
import { onBothDatabases, onPostgres } from './support/databases.ts'

onBothDatabases('what a database test is given', (database) => {
  test('is migrated and empty, and closes after a test that leaves it in disorder', async () => {
    const { db, pool } = await database.fresh()
    expect(await pendingMigrations(db)).toEqual([])
    await signUp(db)
    await sql`create schema extra; create table extra.thing (id int); set time zone 'Asia/Tokyo'; begin`.execute(db)
    const client = await pool.connect()
    await client.query({ name: 'left-behind', text: 'select 1' })
    client.release()
  })

  test('knows nothing of the test before', async () => {
    const { db, pool } = await database.fresh()
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([])
    expect((await pool.query({ name: 'left-behind', text: 'select 2 as two' })).rows).toEqual([{ two: 2 }])
    expect((await pool.query(`select to_regnamespace('extra') as extra`)).rows).toEqual([{ extra: null }])
    expect((await pool.query('show time zone')).rows).not.toEqual([{ TimeZone: 'Asia/Tokyo' }])
  })

  test('may be two databases, and the test may close one itself', async () => {
    const [one, other] = [await database.fresh(), await database.fresh()]
    await signUp(one.db)
    expect(await other.db.selectFrom('users').selectAll().execute()).toEqual([])
    await one.close()
  })

  test('sorts and lowers letters alike on both', async () => {
    const { pool } = await database.fresh()
    const { rows } = await pool.query(
      `select lower('ÉÄ') as lower, array(select unnest('{b,A,a}'::text[]) order by 1) as sorted`,
    )
    expect(rows).toEqual([{ lower: 'éä', sorted: ['A', 'a', 'b'] }])
  })
})

onPostgres('the address of a fresh database', (database) => {
  test('lets a second process in', async () => {
    const { db } = await database.fresh()
    const second = connectPostgres(database.url)
    await signUp(db)
    expect(await second.db.selectFrom('users').select('email').execute()).toEqual([{ email: 'ming@example.com' }])
    await second.close()
  })
})

async function signUp(db: Db): Promise<void> {
  await db.insertInto('users').values({ id: 'u1', email: 'ming@example.com', email_verified_at: null }).execute()
}
