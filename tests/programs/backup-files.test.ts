import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { writePrivate } from '../../src/cli/backup-file.ts'
import { moveDatabase } from '../../src/cli/move-database.ts'
import type { Connection } from '../../src/db/connection.ts'
import { query } from '../../src/db/copy/tables.ts'
import { lockDirectory } from '../../src/db/directory-lock.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { restoreEmbedded } from '../../src/db/restore.ts'
import { createSchema } from '../../src/sandbox/schema.ts'
import { onPostgres } from '../support/databases.ts'
import { openShop } from '../support/shop.ts'

test('a restore of a damaged, incomplete, strange or missing file, or under a running app, changes nothing', async () => {
  const { dataDir, file, contents } = await folderWithDatabase()
  const zipped = gzipSync(randomBytes(100_000))
  const damaged = Buffer.from(zipped).fill(1, 50_000, 50_100)
  await expectRefusal(zipped.subarray(0, -1000), /damaged, incomplete/)
  await expectRefusal(damaged, /damaged, incomplete/)
  await expectRefusal(Buffer.from('a letter'), /damaged, incomplete, or not/)
  await expectRefusal(gzipSync(Buffer.alloc(10_240)), /not a backup of this kit/)
  await expectRefusal(zipped, /not a backup of this kit/)
  const app = await lockDirectory(dataDir)
  await expectRefusal(zipped, /in use by another process/)
  await app.release()
  await expect(restoreEmbedded(dataDir, join(dataDir, 'none'), 'sandbox')).rejects.toThrow(/can't be read \(ENOENT\)/)

  async function expectRefusal(bytes: Buffer, words: RegExp): Promise<void> {
    await writeFile(file, bytes)
    await expect(restoreEmbedded(dataDir, file, 'sandbox')).rejects.toThrow(words)
    expect(await contents()).toEqual(['postgres', 'postgres/PG_VERSION'])
  }
})

test('the database is for its user alone, whoever may enter the folder around it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fpu-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  await chmod(dataDir, 0o755)
  const connection = await openEmbedded(dataDir)
  await connection.close()
  expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700)
})

test('a backup replaces no file, and one that breaks off leaves none', async () => {
  const { dataDir, file } = await folderWithDatabase()
  expect(await writePrivate(file, async () => Readable.from(['first']))).toBe(5)
  await expect(writePrivate(file, async () => Readable.from(['second']))).rejects.toThrow(/exists/)
  expect(await readFile(file, 'utf8')).toBe('first')
  async function* breaksOff() {
    yield 'half'
    throw new Error('the app was killed')
  }
  const other = join(dataDir, 'other.tar.gz')
  await expect(writePrivate(other, async () => Readable.from(breaksOff()))).rejects.toThrow('killed')
  expect(await readdir(dataDir)).toEqual(['postgres'])
})

/** A DATA_DIR with something in the place of the database, and a file beside it. */
async function folderWithDatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'fpu-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const dataDir = join(folder, 'data')
  await mkdir(join(dataDir, 'postgres'), { recursive: true })
  await writeFile(join(dataDir, 'postgres/PG_VERSION'), 'old')
  const contents = async () => (await readdir(dataDir, { recursive: true })).sort()
  return { dataDir, file: join(folder, 'shop.tar.gz'), contents }
}

onPostgres('moving to another database', (database) => {
  test('takes every row to the last microsecond, and the mail that waits; a second move is refused', async () => {
    const { source, target } = await shopToMove()
    await source.db.deleteFrom('mails').where('recipient', '<>', 'payer@example.com').execute()
    await source.db.updateTable('mails').set({ sent_at: null }).execute()
    const compared = await moveDatabase({ source, target, mode: 'sandbox', createSandboxTables: createSchema })

    expect(compared.find(({ table }) => table === 'public.payments')).toMatchObject({
      rows: '1',
      sums: 'amount ¥6.60 CNY, refunded ¥0.00 CNY',
      same: true,
    })
    for (const text of [
      'select received_at::text, payload::text from inbox order by id',
      'select id, public_key::text, transports::text, created_at::text from passkeys',
      'select id, reverses from offline_entries order by id',
      'select id, seq, data::text from sandbox.objects order by id',
      'select id, key, message::text from mails order by id',
      'select last_value from read_number',
      // The next ones, which no row has yet.
      "select nextval(pg_get_serial_sequence('mails', 'id')), nextval(pg_get_serial_sequence('sandbox.objects', 'seq'))",
    ]) {
      const before = await query(source.db, text)
      expect(before.length, text).toBeGreaterThan(0)
      expect(await query(target.db, text), text).toEqual(before)
    }
    const waiting = await query(target.db, "select data from pgboss.job where name = 'mail'")
    const [mail] = await target.db.selectFrom('mails').select('id').execute()
    expect(waiting).toEqual([{ data: { mailId: mail!.id } }])
    // Still what they were: not deferred, and enforced.
    await expect(
      sql`insert into credit_uses (user_id, amount, reason, idempotency_key) values ('nobody', 1, '', '')`.execute(
        target.db,
      ),
    ).rejects.toThrow(/foreign key/)
    await expect(
      sql`select from pg_constraint where condeferrable and connamespace = 'public'::regnamespace`.execute(target.db),
    ).resolves.toMatchObject({
      rows: [],
    })

    await expect(moveDatabase({ source, target, mode: 'sandbox', createSandboxTables: createSchema })).rejects.toThrow(
      /already holds data of this kit \(.*public\.payments/,
    )
  })

  test('a difference undoes all of it, and the move can be made again', async () => {
    const { source, target } = await shopToMove()
    const move = () => moveDatabase({ source, target, mode: 'sandbox', createSandboxTables: createSchema })
    await sql`
      create function a_yuan_less() returns trigger language plpgsql as 'begin new.amount = new.amount - 100; return new; end';
      create trigger a_yuan_less before insert on payments for each row execute function a_yuan_less();
    `.execute(target.db)
    await expect(move()).rejects.toThrow(/these differ: public\.payments\./)
    for (const table of ['payments', 'inbox', 'users', 'sandbox.objects', 'pgboss.job']) {
      expect(await query(target.db, `select from ${table}`), table).toEqual([])
    }
    await sql`drop function a_yuan_less cascade`.execute(target.db)
    expect((await move()).every(({ same }) => same)).toBe(true)
  })

  test("real payments do not go along with the sandbox's", async () => {
    const { source, target } = await shopToMove()
    const move = moveDatabase({ source, target, mode: 'live', createSandboxTables: createSchema })
    await expect(move).rejects.toThrow(/holds the sandbox's payments/)
  })

  /** One tip, and whatever a careless copy would change. */
  async function shopToMove(): Promise<{ source: Connection; target: Connection }> {
    const shop = await openShop(database)
    await shop.tip({ message: '"quoted", \\ {braces}, 🍬\n and NULL' })
    await shop.quiet()
    await sql`
      insert into users (id, email, email_verified_at) values ('ann', 'ann@example.com', 'infinity');
      insert into passkeys (id, user_id, public_key, counter, transports, name, created_at)
        values ('key', 'ann', '\\x00ff5c27', 9007199254740991, '{usb,"a,b","",NULL}', '', '2026-01-01 00:00:00.123456+08');
      insert into inbox (id, type, livemode, created_at, via, payload)
        values ('evt_nul', 'x', false, now(), 'poll', '{"b": "\\u0000", "a":  1.10}');
      insert into offline_entries (id, key, description, amount, currency, locale, received_at, reverses) overriding system value
        values (1, 'one', '', -660, 'cny', 'en', now(), 2), (2, 'two', '', 660, 'cny', 'en', now(), null);
      select nextval('read_number');
    `.execute(shop.db)
    return { source: shop.connection, target: await database.fresh() }
  }
})
