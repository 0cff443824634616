import { describe, expect, test } from 'vitest'
import { oauthProviders, ProviderFailure } from '../src/auth/oauth.ts'
import { sha256 } from '../src/auth/tokens.ts'
import { ConfigError, loadConfig } from '../src/config.ts'
import { onBothDatabases, type TestDatabase } from './support/databases.ts'
import { hearLog } from './support/log.ts'
import { openProvider } from './support/openid-provider.ts'
import { openShop, type Shop } from './support/shop.ts'
import { textOf, type Visitor } from './support/visitor.ts'

const NAMES = ['github', 'google'] as const
type Name = (typeof NAMES)[number]

onBothDatabases('sign-in with GitHub and Google', (database) => {
  for (const name of NAMES) {
    test(`${name}: the first sign-in makes a proved account, the second finds it, also under a new address`, async () => {
      const { shop, provider, walk } = await open(database)
      const ann = shop.visitor()
      expect(await ann.read('/sign-in')).toContain(name === 'github' ? '用 GitHub 登录' : '用 Google 登录')
      const first = await walk(ann, name)
      expect([first.status, first.headers.get('location')]).toEqual([303, '/account'])
      expect(await whoIs(shop, ann)).toEqual({ email: 'ann@example.com', method: name, isProved: true })

      provider.person = { ...provider.person, email: 'new@example.com' }
      const again = shop.visitor()
      await walk(again, name)
      expect(await whoIs(shop, again)).toMatchObject({ email: 'ann@example.com' })
      // Known by now, so it matters no more what becomes of the address.
      provider.person = { id: 1 }
      const third = shop.visitor()
      await walk(third, name)
      expect(await whoIs(shop, third)).toMatchObject({ email: 'ann@example.com' })
      expect(await count(shop, 'users')).toBe(1)
    })

    test(`${name}: a verified address opens the account that has it, and its owner hears of the new way in`, async () => {
      const { shop, provider, walk } = await open(database)
      const ann = await signedInByMail(shop, 'ann@example.com')
      provider.person = { id: 7, email: 'Ann@Example.COM', verified: true }
      const elsewhere = shop.visitor()
      await walk(elsewhere, name)
      expect(await whoIs(shop, elsewhere)).toEqual({ ...(await whoIs(shop, ann)), method: name })
      expect(await count(shop, 'users')).toBe(1)
      await shop.quiet()
      const notices = (await shop.mails()).filter(({ subject }) => /可以登录你的账户了/.test(subject))
      expect(notices.map(({ to }) => to)).toEqual(['ann@example.com'])
    })

    test(`${name}: an address that is not verified, or none, opens nothing and says what to do`, async () => {
      const { shop, provider, walk } = await open(database)
      await signedInByMail(shop, 'ann@example.com')
      for (const person of [
        { id: 2, email: 'ann@example.com', verified: false },
        { id: 3, email: undefined },
        { id: 4, email: 'not an address', verified: true },
      ]) {
        provider.person = person
        const eve = shop.visitor('en')
        const answer = await walk(eve, name)
        expect(answer.status).toBe(403)
        expect(textOf(await answer.text())).toContain('Verify it at')
        expect(eve.cookies.has('session')).toBe(false)
      }
      expect(await count(shop, 'oauth_accounts')).toBe(0)
    })

    test(`${name}: a return counts once, in the browser that began, with its own state`, async () => {
      const { shop, start } = await open(database)
      const ann = shop.visitor('en')
      const callback = await start(ann, name)
      const kept = ann.cookies.get('oauth')!
      const refused = async (visitor: Visitor, path: string) => {
        const answer = await visitor.get(path)
        expect(answer.status).toBe(400)
        expect(textOf(await answer.text())).toContain('lost its thread')
        expect(visitor.cookies.has('session')).toBe(false)
      }
      // Eve sends Ann the end of a sign-in of hers, or opens Ann's.
      await refused(shop.visitor('en'), callback)
      const eve = shop.visitor('en')
      const hers = await start(eve, name)
      await refused(eve, callback)
      await refused(eve, hers)
      for (const wrong of ['x', '', undefined]) {
        const other = shop.visitor('en')
        other.cookies.set('oauth', kept)
        const url = new URL(callback, 'http://x')
        if (wrong === undefined) url.searchParams.delete('state')
        else url.searchParams.set('state', wrong)
        await refused(other, url.pathname + url.search)
      }
      const withoutCode = shop.visitor('en')
      withoutCode.cookies.set('oauth', kept)
      await refused(withoutCode, callback.replace(/code=[^&]*/, 'x='))

      expect((await ann.get(callback)).status).toBe(303)
      await refused(shop.visitor('en'), callback)
      // Even with the cookie kept: the provider takes a code once.
      const replay = shop.visitor('en')
      replay.cookies.set('oauth', kept)
      await refused(replay, callback)
    })

    test(`${name}: the code alone is worth nothing without the verifier of the browser that began`, async () => {
      const { shop, start } = await open(database)
      const ann = shop.visitor()
      const stolen = new URL(await start(ann, name), 'http://x').searchParams.get('code')!
      const eve = shop.visitor('en')
      const own = new URL(await start(eve, name), 'http://x')
      own.searchParams.set('code', stolen)
      expect((await eve.get(own.pathname + own.search)).status).toBe(400)
      expect(eve.cookies.has('session')).toBe(false)
    })

    test(`${name}: who says no there is told so, and can choose another way`, async () => {
      const { shop, provider, walk } = await open(database)
      provider.refusal = 'access_denied'
      const ann = shop.visitor('en')
      const answer = await walk(ann, name, '/dashboard')
      expect(answer.status).toBe(403)
      const html = await answer.text()
      expect(textOf(html)).toContain('You said no at')
      expect(html).toContain('href="/sign-in?return=%2Fdashboard"')
    })

    test(`${name}: a provider that is broken gets a 502 that blames nobody here`, async () => {
      const log = hearLog()
      const { shop, provider, walk } = await open(database)
      const paths =
        name === 'github' ? ['/login/oauth/access_token', '/api/v3/user', '/api/v3/user/emails'] : ['/token']
      for (const path of paths) {
        for (const trouble of ['fails', 'garbage', 'html', 'wrong shape'] as const) {
          provider.trouble = { [path]: trouble }
          const ann = shop.visitor('en')
          const answer = await walk(ann, name)
          expect(answer.status, `${path} ${trouble}`).toBe(502)
          expect(textOf(await answer.text())).toContain('It isn’t you')
          expect(ann.cookies.has('session')).toBe(false)
        }
      }
      provider.trouble = {}
      provider.refusal = 'temporarily_unavailable'
      expect((await walk(shop.visitor(), name)).status).toBe(502)
      expect(log).toHaveLength(paths.length * 4 + 1)
      expect(await count(shop, 'users')).toBe(0)
    })

    test(`${name}: whoever is signed in links it, signs in by it, and unlinks it`, async () => {
      const { shop, provider, walk } = await open(database)
      const ann = await signedInByMail(shop, 'ann@example.com')
      const session = ann.cookies.get('session')
      // Another address there than here, and none that is verified.
      provider.person = { id: 5, email: 'ann@work.example', verified: false }
      const linked = await walk(ann, name, undefined, `/account/link/${name}`)
      expect([linked.status, linked.headers.get('location')]).toEqual([303, '/account'])
      expect(ann.cookies.get('session')).toBe(session)
      // Once more changes nothing.
      expect((await walk(ann, name, undefined, `/account/link/${name}`)).status).toBe(303)
      const phone = shop.visitor()
      await walk(phone, name)
      expect(await whoIs(shop, phone)).toMatchObject({ email: 'ann@example.com' })

      expect((await ann.post(`/account/unlink/${name}`, {})).status).toBe(303)
      expect(await count(shop, 'oauth_accounts')).toBe(0)
      expect(await whoIs(shop, phone)).toBeUndefined()
      expect(await whoIs(shop, ann)).toMatchObject({ email: 'ann@example.com' })
      expect((await walk(shop.visitor(), name)).status).toBe(403)
      await shop.quiet()
      expect((await shop.mails()).filter(({ subject }) => /可以登录你的账户了/.test(subject)).length).toBe(1)
    })
  }

  test('an identity has one account, and an account one identity of a provider', async () => {
    const { shop, provider, walk } = await open(database)
    await walk(shop.visitor(), 'github')
    const bob = await signedInByMail(shop, 'bob@example.com')
    const taken = await walk(bob, 'github', undefined, '/account/link/github')
    expect(taken.status).toBe(409)
    const html = await taken.text()
    expect(textOf(html)).toContain('已经连到本站的另一个账户')
    expect(html).toContain('href="/account"')

    // The same address under a second GitHub account.
    provider.person = { ...provider.person, id: 2 }
    const eve = shop.visitor('en')
    const another = await walk(eve, 'github')
    expect(another.status).toBe(409)
    expect(textOf(await another.text())).toContain('linked to a different GitHub account')
    expect(eve.cookies.has('session')).toBe(false)
    // Google is another matter.
    expect((await walk(eve, 'google')).status).toBe(303)
    expect(await count(shop, 'users')).toBe(2)
  })

  test('linking needs a sign-in of the last ten minutes, by the one who comes back, and a form of this site', async () => {
    const { shop, start } = await open(database)
    const guest = await shop.visitor().post('/account/link/github', {})
    expect(guest.headers.get('location')).toMatch(/^\/sign-in/)
    const ann = await signedInByMail(shop, 'ann@example.com')
    for (const path of ['/account/link/github', '/account/unlink/github', '/sign-in/github']) {
      expect((await ann.post(path, {}, { origin: 'https://evil.example' })).status).toBe(403)
    }
    const callback = await start(ann, 'github', '/account/link/github')
    await ann.post('/sign-out', {})
    expect((await ann.get(callback)).status).toBe(400)

    const old = await signedInByMail(shop, 'ann@example.com')
    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 11 * 60_000) })
      .execute()
    expect((await old.post('/account/link/github', {})).headers.get('location')).toMatch(/^\/sign-in\?.*again=1/)
    expect(await count(shop, 'oauth_accounts')).toBe(0)
  })

  test('who is asked to sign in again is not made fresh by an account that is not theirs', async () => {
    const { shop, provider, walk } = await open(database)
    const ann = await signedInByMail(shop, 'ann@example.com')
    provider.person = { id: 66, email: 'eve@example.com', verified: true }
    await walk(ann, 'github', '/account')
    expect(await whoIs(shop, ann)).toMatchObject({ email: 'eve@example.com' })
    const links = await shop.db.selectFrom('oauth_accounts').select('email').execute()
    expect(links).toEqual([{ email: 'eve@example.com' }])
  })

  test('two first sign-ins at the same moment make one account', async () => {
    const { shop, start } = await open(database)
    const visitors = [shop.visitor(), shop.visitor(), shop.visitor()]
    const callbacks = await Promise.all(visitors.map((visitor) => start(visitor, 'google')))
    const answers = await Promise.all(visitors.map((visitor, index) => visitor.get(callbacks[index]!)))
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    expect(await count(shop, 'users')).toBe(1)
    expect(await count(shop, 'oauth_accounts')).toBe(1)
  })

  test('afterwards they are where they wanted to be, on this site alone', async () => {
    const { shop, walk } = await open(database)
    for (const [wanted, landed] of [
      ['/pay/logo?x=1', '/pay/logo?x=1'],
      ['https://evil.example', '/account'],
      ['//evil.example', '/account'],
      ['/\\evil.example', '/account'],
      [`/${'谢'.repeat(5000)}`, '/account'],
    ] as const) {
      const ann = shop.visitor()
      const answer = await walk(ann, 'google', wanted)
      expect(answer.headers.get('location')).toBe(landed)
      // Browsers drop a longer cookie, and with it the sign-in.
      for (const value of ann.everSet) expect(value.length).toBeLessThan(4000)
    }
  })

  test('an ID token that is not for us, not from Google or over is none', async () => {
    hearLog()
    const { shop, provider, walk } = await open(database)
    for (const claims of [
      { aud: 'another-client' },
      { iss: 'https://evil.example' },
      { exp: Math.floor(Date.now() / 1000) - 1 },
      { sub: '' },
      { sub: 1 },
      { email_verified: 'true' },
    ]) {
      provider.claims = claims
      expect((await walk(shop.visitor(), 'google')).status, JSON.stringify(claims)).toBe(502)
    }
    expect(await count(shop, 'users')).toBe(0)
  })

  test('a cookie that somebody wrote by hand is no sign-in', async () => {
    const { shop, provider, start } = await open(database)
    const bytes = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const good = { state: 's', verifier: 'v', returnTo: '/' }
    for (const value of ['x', '%00', bytes(null), bytes([]), bytes(good), bytes({ ...good, provider: 'google' })]) {
      const eve = shop.visitor()
      eve.cookies.set('oauth', value)
      expect((await eve.get('/sign-in/github/callback?state=s&code=c')).status, value).toBe(400)
    }
    // Begun with one provider, ended at the other.
    const ann = shop.visitor()
    const callback = await start(ann, 'github')
    expect((await ann.get(callback.replace('github', 'google'))).status).toBe(400)
    expect(provider.asked).toEqual(['/login/oauth/authorize'])
  })

  test('without keys there is no button, no door and nothing in the policy', async () => {
    const shop = await openShop(database, { env: { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret' } })
    const guest = shop.visitor('en')
    const page = await guest.get('/sign-in')
    const html = await page.text()
    expect(html).toContain('Google')
    expect(html).not.toContain('GitHub')
    expect(page.headers.get('content-security-policy')).toContain('https://accounts.google.com')
    expect(page.headers.get('content-security-policy')).not.toContain('github.com')
    expect((await guest.post('/sign-in/github', {})).status).toBe(404)
    expect((await guest.get('/sign-in/github/callback?code=x&state=y')).status).toBe(404)
    const sent = await guest.post('/sign-in/google', {})
    expect(sent.headers.get('location')).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/)
    expect((await guest.get('/sign-in/google')).headers.get('location')).toBe('/sign-in')
  })

  test('with https the cookie is bound to this host, and no script sees it', async () => {
    const env = { BASE_URL: 'https://shop.example', GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' }
    const shop = await openShop(database, { env })
    const answer = await shop.visitor().post('/sign-in/github', {}, { origin: 'https://shop.example' })
    const cookie = answer.headers.get('set-cookie')
    expect(cookie).toMatch(/^__Host-oauth=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const url = new URL(answer.headers.get('location')!)
    expect(url.origin + url.pathname).toBe('https://github.com/login/oauth/authorize')
    expect(url.searchParams.get('redirect_uri')).toBe('https://shop.example/sign-in/github/callback')
  })
})

describe('a provider that hangs', () => {
  for (const path of ['/token', '/login/oauth/access_token', '/api/v3/user', '/api/v3/user/emails']) {
    test(`at ${path} is waited for, but not for ever`, async () => {
      const provider = await openProvider()
      const name = path === '/token' ? 'google' : 'github'
      const config = loadConfig(provider.env)
      const [client] = oauthProviders(config, 300).filter((one) => one.name === name)
      const back = await provider.visit(client!.authorizationUrl('state', 'v'.repeat(43)).href)
      provider.trouble = { [path]: 'hangs' }
      const failure = await client!.identify(new URL(back, 'http://x').searchParams.get('code')!, 'v'.repeat(43)).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(ProviderFailure)
      expect((failure as ProviderFailure).kind).toBe('broken')
      expect(provider.asked.at(-1)).toBe(path)
    })
  }
})

test('the environment names both keys of a provider or none', () => {
  expect(loadConfig({}).oauth).toEqual({ github: undefined, google: undefined })
  expect(() => loadConfig({ GITHUB_CLIENT_ID: 'x' })).toThrow(/GITHUB_CLIENT_SECRET is missing/)
  expect(() => loadConfig({ GOOGLE_CLIENT_SECRET: 'x' })).toThrow(/GOOGLE_CLIENT_ID is missing/)
  const keys = { GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'y' }
  expect(() => loadConfig({ ...keys, GITHUB_BASE_URL: 'http://github.example.com' })).toThrow(ConfigError)
  const { github } = loadConfig({ ...keys, GITHUB_BASE_URL: 'https://github.example.com/' }).oauth
  expect(github).toEqual({ clientId: 'x', clientSecret: 'y', baseUrl: 'https://github.example.com' })
})

async function open(database: TestDatabase) {
  const provider = await openProvider()
  const shop = await openShop(database, { env: provider.env })
  /** Presses the button and says yes (or what the provider says); returns the path that the browser is sent back to. */
  const start = async (visitor: Visitor, name: Name, action = `/sign-in/${name}`, form = {}) => {
    const sent = await visitor.post(action, form)
    expect(sent.headers.get('content-security-policy')).toContain(new URL(sent.headers.get('location')!).origin)
    return provider.visit(sent.headers.get('location'))
  }
  const walk = async (visitor: Visitor, name: Name, returnTo?: string, action?: string) =>
    visitor.get(await start(visitor, name, action, returnTo === undefined ? {} : { return: returnTo }))
  return { shop, provider, start, walk }
}

async function signedInByMail(shop: Shop, email: string): Promise<Visitor> {
  const visitor = shop.visitor()
  await visitor.post('/sign-in/email', { email })
  await shop.quiet()
  const token = /token=(\S+)/.exec((await shop.mails()).find(({ to }) => to === email)!.text)![1]!
  await visitor.post('/sign-in/link', { token })
  expect(visitor.cookies.has('session')).toBe(true)
  return visitor
}

async function whoIs(shop: Shop, visitor: Visitor) {
  const row = await shop.db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.email', 'users.email_verified_at', 'sessions.method'])
    .where('sessions.id', '=', sha256(visitor.cookies.get('session') ?? ''))
    .executeTakeFirst()
  return row && { email: row.email, method: row.method, isProved: row.email_verified_at !== null }
}

async function count({ db }: Shop, table: 'users' | 'oauth_accounts'): Promise<number> {
  const { n } = await db
    .selectFrom(table)
    .select((row) => row.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}
