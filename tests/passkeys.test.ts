import { expect, test } from 'vitest'
import { Authenticator, type Ceremony } from './support/authenticator.ts'
import { onBothDatabases, type TestDatabase } from './support/databases.ts'
import { openShop, type Shop } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

onBothDatabases('passkeys', (database) => {
  test('the owner adds a passkey, is told by mail, and signs in with it where they wanted to go', async () => {
    const { shop, owner, device } = await withPasskey(database)
    await shop.quiet()
    expect((await shop.mails()).map(({ subject }) => subject)).toContainEqual(expect.stringContaining('通行密钥'))
    await owner.post('/sign-out', {})

    const visitor = shop.visitor()
    expect(await visitor.read('/sign-in')).toContain('用通行密钥登录')
    expect(await signIn(visitor, device)).toEqual({ status: 200, next: '/dashboard' })
    expect((await visitor.get('/dashboard')).status).toBe(200)
    expect(await signIn(shop.visitor(), device, {}, '/dashboard?currency=cny')).toMatchObject({
      next: '/dashboard?currency=cny',
    })
    expect(await signIn(shop.visitor(), device, {}, 'https://elsewhere.example/')).toMatchObject({ next: '/dashboard' })
    expect(await passkeys(shop)).toMatchObject([{ id: device.id, transports: ['internal'], name: 'iPhone' }])
  })

  test('a challenge works once, in the browser that asked, for five minutes, and for what it was asked for', async () => {
    const { shop, owner, device } = await withPasskey(database)
    const refused = { status: 422, problem: 'expired' }

    const visitor = shop.visitor()
    const { challenge } = await ask(visitor, '/sign-in/passkey/options')
    const cookie = `passkey=${visitor.cookies.get('passkey')}`
    const answer = () => ({ credential: device.get({ challenge }) })
    expect(await tell(shop.visitor(), '/sign-in/passkey', answer())).toEqual(refused)
    expect(await tell(visitor, '/sign-in/passkey', answer())).toMatchObject({ status: 200 })
    expect(await tell(shop.visitor(), '/sign-in/passkey', answer(), { cookie })).toEqual(refused)

    const late = shop.visitor()
    const old = await ask(late, '/sign-in/passkey/options')
    await shop.db
      .updateTable('passkey_challenges')
      .set({ expires_at: new Date(Date.now() - 1) })
      .execute()
    expect(await tell(late, '/sign-in/passkey', { credential: device.get(old) })).toEqual(refused)

    const other = new Authenticator()
    const forSignIn = await ask(owner, '/sign-in/passkey/options')
    expect(await tell(owner, '/account/passkeys', { credential: other.create(forSignIn) })).toEqual(refused)
    const forAdding = await ask(owner, '/account/passkeys/options')
    expect(await tell(owner, '/sign-in/passkey', { credential: device.get(forAdding) })).toEqual(refused)
    expect(await passkeys(shop)).toHaveLength(1)
  })

  test('of ten that use one challenge at once, one signs in', async () => {
    const { shop, device } = await withPasskey(database)
    const visitor = shop.visitor()
    const { challenge } = await ask(visitor, '/sign-in/passkey/options')
    const cookie = `passkey=${visitor.cookies.get('passkey')}`
    const credential = device.get({ challenge })
    const tries = Array.from({ length: 10 }, () => tell(shop.visitor(), '/sign-in/passkey', { credential }, { cookie }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, ...Array(9).fill(422)])
  })

  test('a forged, strange or copied passkey is refused, always in the same words', async () => {
    const { shop, device } = await withPasskey(database)
    const refused = { status: 422, problem: 'refused' }
    const forger = new Authenticator()
    Object.assign(forger, { id: device.id })
    const someone = Buffer.from('someone').toString('base64url')

    expect(await signIn(shop.visitor(), new Authenticator())).toEqual(refused)
    expect(await signIn(shop.visitor(), forger, { counter: 99 })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { challenge: 'AAAA' })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { origin: 'https://elsewhere.example' })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { rpId: 'elsewhere.example' })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { verified: false })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, {}, '', someone)).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { counter: 50 })).toMatchObject({ status: 200 })
    expect(await signIn(shop.visitor(), device, { counter: 50 })).toEqual(refused)
    expect(await signIn(shop.visitor(), device, { counter: 0 })).toEqual(refused)
  })

  test('a new passkey is checked as well, and one that is known is not added to another account', async () => {
    const { shop, owner, device } = await withPasskey(database)
    const refused = { status: 422, problem: 'refused' }
    expect(await add(owner, new Authenticator(), { origin: 'https://elsewhere.example' })).toEqual(refused)
    expect(await add(owner, new Authenticator(), { rpId: 'elsewhere.example' })).toEqual(refused)
    expect(await add(owner, new Authenticator(), { verified: false })).toEqual(refused)
    expect(await add(owner, new Authenticator(), { challenge: 'AAAA' })).toEqual(refused)

    const ann = await signedIn(shop, 'ann@example.com')
    expect(await add(ann, device)).toEqual({ status: 422, problem: 'known' })
    expect(await passkeys(shop)).toHaveLength(1)
    expect(await signIn(shop.visitor(), device)).toMatchObject({ next: '/dashboard' })
  })

  test('a device may vouch for itself, but certificates, for which nobody asked, are not looked at', async () => {
    const { shop, owner } = await withPasskey(database)
    const withCertificate = new Authenticator().create(await ask(owner, '/account/passkeys/options'), 'certificate')
    const refused = { status: 422, problem: 'refused' }
    expect(await tell(owner, '/account/passkeys', { credential: withCertificate })).toEqual(refused)
    const bySelf = new Authenticator().create(await ask(owner, '/account/passkeys/options'), 'self')
    expect(await tell(owner, '/account/passkeys', { credential: bySelf })).toMatchObject({ status: 200 })
    expect(await passkeys(shop)).toHaveLength(2)
  })

  test('adding and removing need a sign-in of the last ten minutes', async () => {
    const { shop, owner, device } = await withPasskey(database)
    const stale = { status: 401, problem: 'stale' }
    const credential = new Authenticator().create({ challenge: 'AAAA' })
    expect(await tell(shop.visitor(), '/account/passkeys/options', {})).toEqual(stale)
    expect(await tell(shop.visitor(), '/account/passkeys', { credential })).toEqual(stale)
    const guest = await shop.visitor().post('/account/passkeys/remove', { id: device.id })
    expect(guest.headers.get('location')).toBe('/sign-in?return=%2Faccount')

    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 11 * 60_000) })
      .execute()
    expect(await tell(owner, '/account/passkeys/options', {})).toEqual(stale)
    expect(await tell(owner, '/account/passkeys', { credential })).toEqual(stale)
    const late = await owner.post('/account/passkeys/remove', { id: device.id })
    expect(late.headers.get('location')).toBe('/sign-in?return=%2Faccount&again=1')
    expect(await passkeys(shop)).toHaveLength(1)

    expect(await signIn(owner, device, {}, '/account')).toEqual({ status: 200, next: '/account' })
    expect((await owner.post('/account/passkeys/remove', { id: device.id })).status).toBe(303)
    expect(await passkeys(shop)).toHaveLength(0)
    expect(await signIn(shop.visitor(), device)).toEqual({ status: 422, problem: 'refused' })
  })

  test('twenty are enough', async () => {
    const { shop, owner } = await withPasskey(database)
    const [one] = await passkeys(shop)
    const more = Array.from({ length: 19 }, (_, index) => ({ ...one!, id: `more-${index}` }))
    await shop.db.insertInto('passkeys').values(more).execute()
    expect(await tell(owner, '/account/passkeys/options', {})).toEqual({ status: 422, problem: 'full' })
  })

  test('nobody removes the passkey of another', async () => {
    const { shop, device } = await withPasskey(database)
    const ann = await signedIn(shop, 'ann@example.com')
    expect((await ann.post('/account/passkeys/remove', { id: device.id })).status).toBe(404)
    expect((await ann.post('/account/passkeys/remove', {})).status).toBe(404)
    expect(await passkeys(shop)).toHaveLength(1)
  })

  test('only a script of this site is heard', async () => {
    const { shop, owner } = await withPasskey(database)
    for (const path of [
      '/sign-in/passkey/options',
      '/sign-in/passkey',
      '/account/passkeys/options',
      '/account/passkeys',
    ])
      for (const [headers, status] of [
        [{ origin: 'https://elsewhere.example' }, 403],
        [{ origin: 'null' }, 403],
        [{ 'sec-fetch-site': 'same-site' }, 403],
        [{ 'sec-fetch-site': 'cross-site' }, 403],
        [{ 'content-type': 'text/plain' }, 415],
        [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ] as [Record<string, string>, number][])
        expect({ path, headers, ...(await tell(owner, path, {}, headers)) }).toMatchObject({ status })
    expect(await shop.db.selectFrom('passkey_challenges').selectAll().execute()).toEqual([])
  })

  test('odd JSON is a 400, whatever it holds', async () => {
    const { shop, owner, device } = await withPasskey(database)
    const good = device.get({ challenge: 'AAAA' })
    const odd = [
      null,
      [],
      'text',
      {},
      { credential: null },
      { credential: { ...good, id: 7 } },
      { credential: { ...good, id: 'no/base64' } },
      { credential: { ...good, id: 'A'.repeat(10_000) } },
      { credential: { ...good, type: 'password' } },
      { credential: { ...good, response: { ...good.response, signature: '' } } },
      { credential: good, return: 7 },
    ]
    for (const body of odd) {
      expect(await tell(shop.visitor(), '/sign-in/passkey', body)).toEqual({ status: 400, problem: 'failed' })
      expect(await tell(owner, '/account/passkeys', body)).toEqual({ status: 400, problem: 'failed' })
    }
    // Well formed, and nonsense inside.
    const noise = { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA', attestationObject: 'AAAA' }
    await ask(owner, '/sign-in/passkey/options')
    expect(await tell(owner, '/sign-in/passkey', { credential: { ...good, response: noise } })).toMatchObject({
      status: 422,
    })
    await ask(owner, '/account/passkeys/options')
    expect(await tell(owner, '/account/passkeys', { credential: { ...good, response: noise } })).toMatchObject({
      status: 422,
    })
  })

  test('what is asked of the browser names no account, and wants a discoverable, verified passkey', async () => {
    const { shop, owner, device } = await withPasskey(database)
    const options = await ask(shop.visitor(), '/sign-in/passkey/options')
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(options).not.toHaveProperty('allowCredentials')

    const adding = await ask(owner, '/account/passkeys/options')
    expect(adding).toMatchObject({
      rp: { id: 'localhost' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: device.id, transports: ['internal'], type: 'public-key' }],
    })
    expect(Buffer.from(adding.challenge, 'base64url')).toHaveLength(32)
  })

  test('with https the cookie is bound to this very host, and no script reads it', async () => {
    const shop = await openShop(database, { env: { BASE_URL: 'https://shop.example' } })
    const answer = await shop.visitor().postJson('/sign-in/passkey/options', {}, { origin: 'https://shop.example' })
    expect(await answer.json()).toMatchObject({ rpId: 'shop.example' })
    const cookie = answer.headers
      .getSetCookie()
      .find((line) => line.startsWith('__Host-passkey='))!
      .split('; ')
    expect(cookie).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=300']))
    const { hash } = await shop.db.selectFrom('passkey_challenges').select('hash').executeTakeFirstOrThrow()
    expect(cookie[0]).not.toContain(hash)
  })

  test('the owner is offered a passkey until there is one; a customer is not', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner()
    expect(await owner.read('/dashboard')).toContain('给自己添加一把通行密钥')
    await add(owner, new Authenticator())
    expect(await owner.read('/dashboard')).not.toContain('通行密钥')
  })
})

async function withPasskey(database: TestDatabase) {
  const shop = await openShop(database)
  const owner = await shop.owner()
  const device = new Authenticator()
  expect(await add(owner, device)).toEqual({ status: 200, next: '/account?said=passkey-added#passkeys' })
  return { shop, owner, device }
}

async function signedIn(shop: Shop, email: string): Promise<Visitor> {
  const visitor = shop.visitor()
  await visitor.post('/sign-in/email', { email })
  await shop.quiet()
  const mails = await shop.mails()
  const text = mails.map(({ text }) => text).find((text) => text.includes('/sign-in/link?token='))!
  await visitor.post('/sign-in/link', { token: /token=([\w-]+)/.exec(text)![1]! })
  return visitor
}

async function add(visitor: Visitor, device: Authenticator, lies: Partial<Ceremony> = {}) {
  const { challenge } = await ask(visitor, '/account/passkeys/options')
  const credential = device.create({ challenge, ...lies })
  return tell(visitor, '/account/passkeys', { credential }, { 'user-agent': 'Mozilla/5.0 (iPhone; like Mac OS X)' })
}

async function signIn(
  visitor: Visitor,
  device: Authenticator,
  lies: Partial<Ceremony> = {},
  back = '',
  userHandle?: string,
) {
  const { challenge } = await ask(visitor, '/sign-in/passkey/options')
  const credential = device.get({ challenge, ...lies }, userHandle === undefined ? {} : { userHandle })
  return tell(visitor, '/sign-in/passkey', { credential, return: back })
}

async function ask(visitor: Visitor, path: string) {
  const answer = await visitor.postJson(path, {})
  expect(answer.status).toBe(200)
  return (await answer.json()) as { challenge: string; [key: string]: unknown }
}

async function tell(visitor: Visitor, path: string, body: unknown, headers?: Record<string, string>) {
  const answer = await visitor.postJson(path, body, headers)
  return { status: answer.status, ...((await answer.json()) as object) }
}

function passkeys(shop: Shop) {
  return shop.db.selectFrom('passkeys').selectAll().execute()
}
