import { randomBytes } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { query } from '../../src/db/copy/tables.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { type Program, preparedFolder, runSource, temporaryFolder } from '../support/process.ts'
import { tipOver } from '../support/tip-over.ts'
import { textOf } from '../support/visitor.ts'

test('a shop is backed up while tips go on, restored, and moved to a real Postgres: every yuan is there', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'shop.tar.gz')
  const shop = { TRUSTED_PROXY_HOPS: '1', DATA_DIR: await preparedFolder(), PORT: String(await freePort()) }
  const first = runSource('src/dev.ts', shop)
  await first.says(/Sign in as the owner/)
  for (let i = 0; i < 3; i++) await tipOver(shop.PORT)

  const backup = runSource('src/cli/backup.ts', shop, [file])
  let finished = false
  const exited = backup.exited.finally(() => {
    finished = true
  })
  let tips = 3
  for (; !finished; tips++) await tipOver(shop.PORT)
  expect(await exited, backup.output).toBe(0)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await tipOver(shop.PORT)
  await first.kill('SIGTERM')

  const restore = runSource('src/cli/restore.ts', shop, [file])
  const other = { DATA_DIR: join(folder, 'other'), STRIPE_SECRET_KEY: 'sk_test_1' }
  const strange = runSource('src/cli/restore.ts', other, [file])
  expect(await restore.exited, restore.output).toBe(0)
  const [, movedTo = ''] = /What was there before is in (\S+):/.exec(restore.output) ?? []
  expect(await readdir(movedTo)).toContain('PG_VERSION')
  expect(await strange.exited).toBe(1)
  expect(strange.output).toMatch(/This database holds the sandbox's payments/)
  const [, printed, sum] = /(\d+) payments of ¥([\d.]+) CNY, the last at/.exec(restore.output) ?? []
  expect(Number(sum)).toBeCloseTo(Number(printed) * 6.6)
  const { paid, payments, receipts } = await whatIsIn(shop.DATA_DIR)
  // A moment between the first three and the last one, in which no payment is without its receipt.
  expect(payments).toBe(Number(printed))
  expect(receipts).toBe(payments)
  expect(paid).toBeGreaterThanOrEqual(3)
  expect(paid).toBeLessThanOrEqual(tips)
  expect(payments).toBeLessThanOrEqual(paid)

  const second = runSource('src/dev.ts', shop)
  await second.says(/Sign in as the owner/)
  // What Stripe, here the sandbox of the backup, knew and the books did not yet, comes by itself.
  await expect.poll(() => grossOf(second, shop.PORT), { timeout: 20_000, interval: 500 }).toBeCloseTo(paid * 6.6)
  const tooBusy = runSource('src/cli/db-move.ts', { ...shop, DATABASE_URL: 'postgres://127.0.0.1:9/none' })
  expect(await tooBusy.exited).toBe(1)
  expect(tooBusy.output).toMatch(/in use by another process/)
  await second.kill('SIGTERM')

  const { url, template } = inject('postgres')
  const DATABASE_URL = await createDatabase(url, `${template}_${randomBytes(6).toString('hex')}`)
  const move = runSource('src/cli/db-move.ts', { ...shop, DATABASE_URL })
  expect(await move.exited, move.output).toBe(0)
  expect(move.output).toMatch(new RegExp(`public\\.payments +${paid} +same +amount ¥${(paid * 6.6).toFixed(2)} CNY`))

  const third = runSource('src/dev.ts', { ...shop, DATABASE_URL })
  await third.says(/Sign in as the owner/)
  expect(await grossOf(third, shop.PORT)).toBeCloseTo(paid * 6.6)
  await tipOver(shop.PORT)
  await expect.poll(() => grossOf(third, shop.PORT), { timeout: 20_000 }).toBeCloseTo((paid + 1) * 6.6)
}, 240_000)

/** What Stripe says is paid, what the books say, and of how many of these there is a receipt. */
async function whatIsIn(dataDir: string): Promise<{ paid: number; payments: number; receipts: number }> {
  const connection = await openEmbedded(dataDir)
  const [found] = await query<{ paid: number; payments: number; receipts: number }>(
    connection.db,
    `select (select count(*) from sandbox.objects where object = 'payment_intent' and data->>'status' = 'succeeded') as paid,
      (select count(*) from payments where paid_at is not null) as payments,
      (select count(*) from payments where exists (select from mails where payment_id = payments.id and recipient = email)) as receipts`,
  )
  await connection.close()
  return found!
}

/** This month's gross on the dashboard, in yuan. */
async function grossOf(app: Program, port: string): Promise<number> {
  const origin = `http://localhost:${port}`
  const cookie = cookies.get(app) ?? (await signIn(app, origin))
  cookies.set(app, cookie)
  const page = await fetch(`${origin}/dashboard`, { headers: { cookie, connection: 'close', 'accept-language': 'en' } })
  const text = textOf(await page.text())
  const gross = /Gross ¥([\d,.]+)/i.exec(text)?.[1]
  if (!gross) throw new Error(`no gross on the dashboard:\n${text}`)
  return Number(gross.replace(',', ''))
}

const cookies = new Map<Program, string>()
async function signIn(app: Program, origin: string): Promise<string> {
  const [, token = ''] = /\/sign-in\/link\?token=(\S+)/.exec(app.output) ?? []
  const body = new URLSearchParams({ token })
  const answer = await fetch(`${origin}/sign-in/link`, {
    method: 'POST',
    body,
    headers: { origin },
    redirect: 'manual',
  })
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}
