import { expect, test } from 'vitest'
import { createApp } from '../src/app.tsx'
import { createOwnerLink } from '../src/auth/owner-link.ts'
import type { Db } from '../src/db/connection.ts'
import { onBothDatabases } from './support/databases.ts'
import { hearLog } from './support/log.ts'
import { openShop } from './support/shop.ts'
import { Visitor } from './support/visitor.ts'

const everywhere: [header: string, value: RegExp][] = [
  ['content-security-policy', /^default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; /],
  ['content-security-policy', /; base-uri 'none'; frame-ancestors 'none'$/],
  ['content-security-policy', /^((?!unsafe|\*|http:).)*$/],
  ['x-frame-options', /^DENY$/],
  ['x-content-type-options', /^nosniff$/],
  ['referrer-policy', /^same-origin$/],
  ['cross-origin-opener-policy', /^same-origin$/],
  ['permissions-policy', /camera=\(\), microphone=\(\), geolocation=\(\), payment=\(\)/],
  ['permissions-policy', /publickey-credentials-get=\(self\)/],
  ['x-request-id', /^[\w-]{36}$/],
  ['strict-transport-security', /^max-age=63072000$/],
]

const KEPT_NOWHERE = 'private, no-store'
const NOT_SHARED = 'private, no-cache'

onBothDatabases('headers', (database) => {
  test('every kind of answer has them, and what may be kept by whom', async () => {
    const shop = await openShop(database, { env: { BASE_URL: 'https://ming.red' } })
    hearLog('error')
    const guest = shop.visitor()
    const owner = await signedIn(shop)
    const style = /\/static\/style[^"]*/.exec(await (await guest.get('/')).text())![0]
    const onBroken = new Visitor(createApp({ ...shop, pool: shop.connection.pool, db: broken(shop.db) }), 'en')
    onBroken.cookies.set('__Host-session', 'any')

    const answers: [what: string, status: number, kept: string, Response][] = [
      ['a page', 200, NOT_SHARED, await guest.get('/')],
      ['a static file', 200, 'public, max-age=31536000, immutable', await guest.get(style)],
      ['the badge', 200, 'public, max-age=300', await guest.get('/badge.svg')],
      ['a check', 200, NOT_SHARED, await guest.get('/healthz')],
      ['the API without a key', 401, 'no-store', await guest.get('/api/v1/me')],
      ["the API's document", 200, NOT_SHARED, await guest.get('/api/openapi.json')],
      ['the webhook', 400, NOT_SHARED, await guest.post('/webhooks/stripe', {})],
      ['a redirect', 302, NOT_SHARED, await guest.get('/account')],
      ['a form that lacks something', 422, NOT_SHARED, await guest.post('/sign-in', { email: '' }, OWN)],
      ['a form of another site', 403, NOT_SHARED, await guest.post('/sign-in', {}, { origin: 'https://evil.example' })],
      ['no such page', 404, NOT_SHARED, await guest.get('/nothing')],
      ['an error', 500, NOT_SHARED, await onBroken.get('/')],
      ['a link of a mail', 400, 'no-store', await guest.get('/verify-email?token=x')],
      ['a link to a new password', 400, 'no-store', await guest.get('/reset-password?token=x')],
      ['the link of the owner', 400, 'no-store', await guest.get('/sign-in/link?token=x')],
      ['the account', 200, KEPT_NOWHERE, await owner.get('/account')],
      ['the dashboard', 200, KEPT_NOWHERE, await owner.get('/dashboard')],
      ['the list of payments', 200, KEPT_NOWHERE, await owner.get('/dashboard/payments.csv')],
      ['the shop, to who is signed in', 200, KEPT_NOWHERE, await owner.get('/')],
    ]
    for (const [what, status, kept, { status: is, headers }] of answers) {
      expect([what, is, headers.get('cache-control')]).toEqual([what, status, kept])
      for (const [header, value] of everywhere) expect(headers.get(header), `${header} of ${what}`).toMatch(value)
      const resource = what === 'the badge' ? 'cross-origin' : 'same-origin'
      expect([what, headers.get('cross-origin-resource-policy')]).toEqual([what, resource])
      expect(headers.has('server') || headers.has('x-powered-by')).toBe(false)
    }
  })

  test('every cookie is for this host, for https and for no script', async () => {
    const shop = await openShop(database, { env: { BASE_URL: 'https://ming.red' } })
    const owner = await signedIn(shop)
    const set = [await owner.get('/?lang=en'), await signInByMail(shop)].flatMap(({ headers }) =>
      headers.getSetCookie(),
    )
    expect(set.length).toBeGreaterThanOrEqual(2)
    for (const cookie of set)
      expect(cookie).toMatch(/^__Host-(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Secure)(?=.*; SameSite=Lax)/)
    expect(await owner.read('/')).toContain('Sign out')
  })

  test('without https, browsers are not told to ask for it', async () => {
    const shop = await openShop(database)
    expect((await shop.visitor().get('/')).headers.has('strict-transport-security')).toBe(false)
  })
})

const OWN = { origin: 'https://ming.red' }

async function signedIn(shop: Awaited<ReturnType<typeof openShop>>): Promise<Visitor> {
  const link = await createOwnerLink(shop.db, shop.config)
  const owner = shop.visitor()
  await owner.post('/sign-in/link', { token: new URL(link).searchParams.get('token')! }, OWN)
  return owner
}

function signInByMail(shop: Awaited<ReturnType<typeof openShop>>): Promise<Response> {
  return shop.visitor().post('/sign-in/email', { email: 'ann@example.com' }, OWN)
}

function broken(db: Db): Db {
  return db.withPlugin({
    transformQuery() {
      throw new Error('a bug')
    },
    transformResult: async ({ result }) => result,
  })
}
