import { createHash, randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { onTestFinished } from 'vitest'
import { listen } from '../../src/listen.ts'

/** Who sits at the provider and says yes. */
export interface Person {
  id: number
  /** Their primary address; undefined when they have none. */
  email?: string | undefined
  verified?: boolean
}

/** What goes wrong at an endpoint. */
type Trouble = 'fails' | 'hangs' | 'garbage' | 'html' | 'wrong shape'

interface Grant {
  person: Person
  challenge: string
  redirectUri: string
}

const CLIENT = { id: 'the-client', secret: 'a+secret/with:signs' }

/**
 * A provider of this test's own, over real HTTP on a real port, with the paths and habits of both GitHub (errors with
 * status 200, its API for who it is) and Google (status 400, an ID token). `env` makes the app use it.
 */
export async function openProvider() {
  const provider = {
    person: { id: 1, email: 'ann@example.com', verified: true } as Person,
    /** What its authorization page says instead of yes. */
    refusal: undefined as string | undefined,
    /** By path: '/token', '/api/v3/user' … */
    trouble: {} as Record<string, Trouble>,
    /** Changes what Google's ID token says. */
    claims: {} as Record<string, unknown>,
    asked: [] as string[],
  }
  const grants = new Map<string, Grant>()
  const tokens = new Map<string, Person>()
  const hung: (() => void)[] = []

  const authorize = (c: Context) => {
    const query = c.req.query()
    const sound =
      query.client_id === CLIENT.id && query.response_type === 'code' && query.code_challenge_method === 'S256'
    if (!sound || !query.redirect_uri || !query.state || !query.scope?.includes('email')) return c.text('bad', 400)
    const back = new URL(query.redirect_uri)
    back.searchParams.set('state', query.state)
    if (provider.refusal) back.searchParams.set('error', provider.refusal)
    else {
      const code = randomUUID()
      grants.set(code, {
        person: provider.person,
        challenge: query.code_challenge ?? '',
        redirectUri: query.redirect_uri,
      })
      back.searchParams.set('code', code)
    }
    return c.redirect(back.href)
  }

  /** Works once for each code, as the standard asks. */
  const redeem = async (c: Context): Promise<Person | 'invalid_client' | 'invalid_grant'> => {
    const basic = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`
    if (c.req.header('authorization') !== basic) return 'invalid_client'
    const form = await c.req.parseBody()
    const grant = grants.get(String(form.code))
    grants.delete(String(form.code))
    const challenge = createHash('sha256').update(String(form.code_verifier)).digest('base64url')
    const isGood = grant?.challenge === challenge && grant.redirectUri === form.redirect_uri
    return isGood && form.grant_type === 'authorization_code' ? grant.person : 'invalid_grant'
  }

  const idToken = ({ id, email, verified }: Person, issuer: string) => {
    const now = Math.floor(Date.now() / 1000)
    const address = email && { email, email_verified: verified }
    const claims = { iss: issuer, aud: CLIENT.id, sub: String(id), iat: now, exp: now + 3600, ...address }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'RS256' })}.${part({ ...claims, ...provider.claims })}.${Buffer.from('x').toString('base64url')}`
  }

  const api = (c: Context, answer: (person: Person) => object) => {
    const person = tokens.get(c.req.header('authorization')?.replace('Bearer ', '') ?? '')
    return person && c.req.header('user-agent') ? c.json(answer(person)) : c.json({ message: 'Bad credentials' }, 401)
  }

  const app = new Hono()
    .use(async (c, next) => {
      provider.asked.push(c.req.path)
      const trouble = provider.trouble[c.req.path]
      if (trouble === 'fails') return c.text('oops', 500)
      if (trouble === 'hangs')
        return new Promise<Response>((resolve) =>
          hung.push(() => resolve(c.text('late', 200, { connection: 'close' }))),
        )
      if (trouble === 'garbage') return c.body('{"access_token":', 200, { 'content-type': 'application/json' })
      if (trouble === 'html') return c.html('<h1>Maintenance</h1>')
      if (trouble === 'wrong shape') return c.json({ id: null, access_token: 7, id_token: 'a.b.c' })
      return next()
    })
    .get('/login/oauth/authorize', authorize)
    .get('/o/oauth2/v2/auth', authorize)
    .post('/login/oauth/access_token', async (c) => {
      const person = await redeem(c)
      if (person === 'invalid_client') return c.json({ error: 'incorrect_client_credentials' })
      if (person === 'invalid_grant') return c.json({ error: 'bad_verification_code', error_description: 'expired.' })
      const token = randomUUID()
      tokens.set(token, person)
      return c.json({ access_token: token, token_type: 'bearer', scope: 'user:email' })
    })
    .get('/api/v3/user', (c) => api(c, ({ id }) => ({ id, login: 'ann', email: null })))
    .get('/api/v3/user/emails', (c) =>
      api(c, ({ email, verified = false }) => [
        { email: 'old@example.net', primary: false, verified: true, visibility: null },
        ...(email ? [{ email, primary: true, verified, visibility: 'private' }] : []),
      ]),
    )
    .post('/token', async (c) => {
      const person = await redeem(c)
      if (typeof person === 'string') return c.json({ error: person }, person === 'invalid_client' ? 401 : 400)
      return c.json({ access_token: randomUUID(), expires_in: 3599, id_token: idToken(person, url) })
    })

  const server = await listen(app, 0)
  const url = `http://127.0.0.1:${server.port}`
  onTestFinished(() => {
    for (const release of hung) release()
    return server.close()
  })
  const common = { CLIENT_ID: CLIENT.id, CLIENT_SECRET: CLIENT.secret, BASE_URL: url }
  const env = Object.fromEntries(
    ['GITHUB', 'GOOGLE'].flatMap((name) => Object.entries(common).map(([key, value]) => [`${name}_${key}`, value])),
  )
  return Object.assign(provider, {
    url,
    env,
    /** What a browser does at the authorization page that it is sent to; returns where it is sent back. */
    async visit(location: string | null): Promise<string> {
      const answer = await fetch(location ?? '', { redirect: 'manual' })
      const back = answer.headers.get('location')
      if (!back) throw new Error(`${location}: ${answer.status} ${await answer.text()}`)
      return back.replace('http://localhost:3000', '')
    },
  })
}
