import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { onPostgres } from './support/databases.ts'
import { openShop, type Shop } from './support/shop.ts'

onPostgres('pages that are the same for all guests', (database) => {
  test('are made once, and each guest still has a visit of their own', async () => {
    const shop = await openShop(database)
    for (const path of ['/', '/tip', '/sign-in']) {
      const first = await read(shop, path)
      const second = await read(shop, path)
      expect(second.headers).toEqual(first.headers)
      expect(withoutVisit(second.text), path).toBe(withoutVisit(first.text))
      for (const visit of visitsIn(second.text)) expect(first.text).not.toContain(visit)
    }
    expect(visitsIn((await read(shop, '/tip')).text)).not.toEqual([])
  })

  test('say the id of each request, and are found under their own address alone', async () => {
    const shop = await openShop(database)
    await shop.app.request('/tip', { headers: { 'x-request-id': 'of-a-stranger' } })
    expect((await shop.app.request('/tip')).headers.get('x-request-id')).not.toBe('of-a-stranger')
    expect((await shop.app.request('/tip', { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')).toBe(
      'mine',
    )
    expect((await read(shop, '/%73ign-in')).text).toContain('/%73ign-in')
    expect((await read(shop, '/sign-in')).text).not.toContain('%73')
  })

  test('are the same compressed as they are plain', async () => {
    const shop = await openShop(database)
    await read(shop, '/tip')
    const plain = await read(shop, '/tip')
    const packed = await shop.app.request('/tip', { headers: { 'accept-encoding': 'br, gzip, deflate' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(packed.headers.get('vary')?.toLowerCase()).toContain('accept-encoding')
    const unpacked = gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()
    expect(withoutVisit(unpacked)).toBe(withoutVisit(plain.text))
    expect(visitsIn(unpacked)).not.toEqual(visitsIn(plain.text))
    for (const none of ['gzip;q=0, *;q=0', 'gzip ; q=0']) {
      const refused = await shop.app.request('/tip', { headers: { 'accept-encoding': none } })
      expect(refused.headers.get('content-encoding'), none).toBeNull()
    }
  })

  test('speak the language of each guest, and are not what somebody sees who is signed in, or filled in', async () => {
    const shop = await openShop(database)
    await read(shop, '/')
    await read(shop, '/tip')
    expect((await read(shop, '/', { 'accept-language': 'en' })).text).toContain('Sign in')
    expect((await read(shop, '/')).text).not.toContain('Sign in')
    expect((await read(shop, '/tip?message=hello-there')).text).toContain('hello-there')
    expect((await read(shop, '/tip')).text).not.toContain('hello-there')
    const owner = await shop.owner()
    expect(await (await owner.get('/')).text()).toContain('/dashboard')
    expect((await read(shop, '/')).text).not.toContain('/dashboard')
    expect((await shop.app.request('/tip', { method: 'HEAD' })).status).toBe(200)
  })
})

async function read({ app }: Shop, path: string, headers: Record<string, string> = {}) {
  const answer = await app.request(path, { headers })
  expect(answer.status).toBe(200)
  const { 'x-request-id': _, ...rest } = Object.fromEntries(answer.headers)
  return { text: await answer.text(), headers: rest }
}

const VISIT = /name="request" value="([\w-]{36})"/g
const visitsIn = (text: string) => [...text.matchAll(VISIT)].map(([, visit]) => visit!)
const withoutVisit = (text: string) => text.replace(VISIT, 'name="request"')
