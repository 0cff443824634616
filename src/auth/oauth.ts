import { CodeChallengeMethod, decodeIdToken, OAuth2Client, OAuth2RequestError, type OAuth2Tokens } from 'arctic'
import { z } from 'zod'
import type { Config, OAuthKeys } from '../config.ts'
import { EmailAddress } from '../email-address.ts'

export type ProviderName = 'github' | 'google'

/** Who somebody is at a provider. */
export interface Identity {
  provider: ProviderName
  providerUserId: string
  email: string | undefined
  /** Whether the provider says that this person reads that address. */
  emailVerified: boolean
}

export interface Provider {
  name: ProviderName
  /** Where its authorization page is. */
  origin: string
  /** The page where the person says yes. It remembers `state`, and a challenge that only `verifier` meets. */
  authorizationUrl(state: string, verifier: string): URL
  /** Exchanges the code that came back. Throws a ProviderFailure. */
  identify(code: string, verifier: string): Promise<Identity>
}

/** `refused`: this code is too old, used or not ours. `broken`: there is no answer, or not one that makes sense. */
export class ProviderFailure extends Error {
  override name = 'ProviderFailure'
  readonly kind: 'refused' | 'broken'

  constructor(provider: ProviderName, cause: unknown) {
    super(`${provider}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    const isRefused = cause instanceof OAuth2RequestError && REFUSALS.includes(cause.code)
    this.kind = isRefused ? 'refused' : 'broken'
  }
}

const REFUSALS = ['invalid_grant', 'bad_verification_code']

/** The providers whose keys are set. One that takes longer than `timeoutMs` counts as broken. */
export function oauthProviders({ baseUrl, oauth }: Pick<Config, 'baseUrl' | 'oauth'>, timeoutMs = 10_000): Provider[] {
  const common = { baseUrl, timeoutMs }
  return [
    ...(oauth.github ? [createProvider({ ...common, ...github(oauth.github) })] : []),
    ...(oauth.google ? [createProvider({ ...common, ...google(oauth.google) })] : []),
  ]
}

interface ProviderParts {
  name: ProviderName
  keys: OAuthKeys
  authorizeUrl: string
  tokenUrl: string
  scopes: string[]
  whoIs(tokens: OAuth2Tokens, signal: AbortSignal): Promise<Omit<Identity, 'provider'>>
}

function createProvider(parts: ProviderParts & { baseUrl: string; timeoutMs: number }): Provider {
  const { name, keys, authorizeUrl, tokenUrl, scopes, whoIs, baseUrl, timeoutMs } = parts
  const client = new OAuth2Client(keys.clientId, keys.clientSecret, `${baseUrl}/sign-in/${name}/callback`)
  return {
    name,
    origin: new URL(authorizeUrl).origin,
    authorizationUrl: (state, verifier) =>
      client.createAuthorizationURLWithPKCE(authorizeUrl, state, CodeChallengeMethod.S256, verifier, scopes),
    async identify(code, verifier) {
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const tokens = await before(signal, client.validateAuthorizationCode(tokenUrl, code, verifier))
        // GitHub says no with a 200.
        const no = z.object({ error: z.string() }).safeParse(tokens.data)
        if (no.success) throw new OAuth2RequestError(no.data.error, null, null, null)
        return { provider: name, ...(await whoIs(tokens, signal)) }
      } catch (cause) {
        throw new ProviderFailure(name, cause)
      }
    },
  }
}

/** arctic takes no signal: what it asked is left to end by itself. */
function before<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([answer, late])
}

const GitHubUser = z.object({ id: z.int() })
const GitHubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** arctic's own GitHub client knows neither PKCE nor GitHub Enterprise. */
function github(keys: OAuthKeys): ProviderParts {
  const site = keys.baseUrl ?? 'https://github.com'
  const api = keys.baseUrl ? `${keys.baseUrl}/api/v3` : 'https://api.github.com'
  return {
    name: 'github',
    keys,
    authorizeUrl: `${site}/login/oauth/authorize`,
    tokenUrl: `${site}/login/oauth/access_token`,
    scopes: ['user:email'],
    async whoIs(tokens, signal) {
      const token = tokens.accessToken()
      const user = GitHubUser.parse(await getJson(`${api}/user`, token, signal))
      const emails = GitHubEmails.parse(await getJson(`${api}/user/emails`, token, signal))
      const primary = emails.find((email) => email.primary)
      return { providerUserId: String(user.id), ...addressOf(primary?.email, primary?.verified) }
    },
  }
}

async function getJson(url: string, token: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    signal,
    // The token is for this address alone.
    redirect: 'error',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'first-paid-user',
    },
  })
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  return response.json()
}

function google(keys: OAuthKeys): ProviderParts {
  const issuer = keys.baseUrl ?? 'https://accounts.google.com'
  // The token comes over TLS from Google itself, so its signature would say nothing more (OpenID Connect Core 3.1.3.7).
  const IdToken = z.object({
    // Google's own documentation allows both.
    iss: z.enum([issuer, issuer.replace(/^https:\/\//, '')]),
    aud: z.literal(keys.clientId),
    exp: z.number().refine((seconds) => seconds * 1000 > Date.now(), 'is over'),
    sub: z.string().min(1).max(255),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
  })
  return {
    name: 'google',
    keys,
    authorizeUrl: `${issuer}/o/oauth2/v2/auth`,
    tokenUrl: keys.baseUrl ? `${keys.baseUrl}/token` : 'https://oauth2.googleapis.com/token',
    scopes: ['openid', 'email'],
    async whoIs(tokens) {
      const { sub, email, email_verified } = IdToken.parse(decodeIdToken(tokens.idToken()))
      return { providerUserId: sub, ...addressOf(email, email_verified) }
    },
  }
}

function addressOf(text: string | undefined, isVerified = false): Pick<Identity, 'email' | 'emailVerified'> {
  const { data: email } = EmailAddress.safeParse(text)
  return { email, emailVerified: isVerified && email !== undefined }
}
