import { z } from 'zod'
import type { Locale } from './locales.ts'

/** The local Stripe, Stripe's test mode, or real money. */
export type StripeMode = 'sandbox' | 'test' | 'live'

/** What the environment says, parsed. `undefined` is "not set": development has something of its own for each. */
export interface Config {
  isProduction: boolean
  port: number
  /** The public origin, without a slash at its end. */
  baseUrl: string
  databaseUrl: string | undefined
  dataDir: string
  stripe: {
    /** False for a shop that has none: it sells by the owner's own payment codes alone, docs/offline.md. */
    isUsed: boolean
    mode: StripeMode
    secretKey: string | undefined
    /** More than one while a secret is rolled. */
    webhookSecrets: string[]
    apiBase: string | undefined
  }
  mail: { smtpUrl: string | undefined; from: string }
  /** Without its keys a provider is not offered. */
  oauth: { github: OAuthKeys | undefined; google: OAuthKeys | undefined }
  ownerEmail: string
  timeZone: string
  locale: Locale
  /** How many proxies of our own each request passes, and so how far X-Forwarded-For is believed. */
  trustedProxyHops: number
  /** How long a production process that was told to stop goes on answering, for its load balancer to notice. */
  drainSeconds: number
  logLevel: string | undefined
  /** What opens /metrics. */
  metricsToken: string | undefined
  /** To go back to an older version after its database was moved on, see docs/upgrades.md. */
  allowNewerDatabase: boolean
}

export interface OAuthKeys {
  clientId: string
  clientSecret: string
  /** Another server that speaks as the provider does, without a slash at its end. */
  baseUrl: string | undefined
}

/** The environment can't be used. The message has a line for each problem and names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const DEFAULT_OWNER = 'owner@example.com'

const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type.optional())

// Whoever reads such an address later would say it whole, with the password.
const UNREADABLE = "can't be read: in its user and password write @ as %40, # as %23, / as %2F, ? as %3F and : as %3A"

const Environment = z.object({
  PORT: optional(z.coerce.number('must be a port number').int().min(0).max(65535)),
  BASE_URL: optional(z.url({ protocol: /^https?$/, error: 'must be the public address, like https://example.com' })),
  DATABASE_URL: optional(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      // A socket's has no host.
      .refine((url) => URL.canParse(url.replace('@/', '@socket/')), UNREADABLE),
  ),
  DATA_DIR: optional(z.string()),
  STRIPE_SECRET_KEY: optional(
    z.string().regex(/^((sk|rk)_(test|live)_\w+|none)$/, 'must look like sk_test_… or sk_live_…, or be none'),
  ),
  STRIPE_WEBHOOK_SECRET: optional(
    z.string().regex(/^whsec_[^,\s]+(\s*,\s*whsec_[^,\s]+)*$/, 'must look like whsec_… (several: separated by commas)'),
  ),
  STRIPE_API_BASE: optional(z.url({ protocol: /^https?$/, error: 'must be a URL' })),
  SMTP_URL: optional(
    z
      .string()
      .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
      .refine((url) => URL.canParse(url), UNREADABLE),
  ),
  MAIL_FROM: optional(z.string().regex(/\S+@\S+/, 'must be an address, like Ming <ming@example.com>')),
  GITHUB_CLIENT_ID: optional(z.string()),
  GITHUB_CLIENT_SECRET: optional(z.string()),
  GITHUB_BASE_URL: optional(providerUrl()),
  GOOGLE_CLIENT_ID: optional(z.string()),
  GOOGLE_CLIENT_SECRET: optional(z.string()),
  GOOGLE_BASE_URL: optional(providerUrl()),
  OWNER_EMAIL: optional(z.email('must be an email address')),
  TIMEZONE: optional(z.string().refine(isTimeZone, 'must be a time zone like Asia/Shanghai')),
  DEFAULT_LOCALE: optional(z.enum(['zh-CN', 'en'], 'must be zh-CN or en')),
  LOG_LEVEL: optional(z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error')),
  METRICS_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  ALLOW_NEWER_DATABASE: optional(z.literal('1', 'must be 1')),
  TRUSTED_PROXY_HOPS: optional(z.coerce.number('must be a number, like 1').int().min(0).max(10)),
  DRAIN_SECONDS: optional(z.coerce.number('must be a number of seconds, like 3').min(0).max(60)),
})

/** Reads the environment; a variable that is set wrongly is a ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse(env)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
  }
  const value = parsed.data
  const port = value.PORT ?? 3000
  const isUsed = value.STRIPE_SECRET_KEY !== 'none'
  // Money that comes by hand is real.
  const mode = isUsed ? modeOf(value.STRIPE_SECRET_KEY) : 'live'
  return {
    isProduction: env.NODE_ENV === 'production',
    port,
    baseUrl: value.BASE_URL ? new URL(value.BASE_URL).origin : `http://localhost:${port}`,
    databaseUrl: value.DATABASE_URL,
    // Each Stripe has a folder of its own: a rehearsal and real money must not meet in one database.
    dataDir: value.DATA_DIR ?? `./data/${mode}`,
    stripe: {
      isUsed,
      mode,
      secretKey: isUsed ? value.STRIPE_SECRET_KEY : undefined,
      webhookSecrets: value.STRIPE_WEBHOOK_SECRET?.split(',').map((secret) => secret.trim()) ?? [],
      apiBase: value.STRIPE_API_BASE,
    },
    mail: { smtpUrl: value.SMTP_URL, from: value.MAIL_FROM ?? 'first-paid-user <hello@localhost>' },
    oauth: {
      github: oauthKeys('GITHUB', value.GITHUB_CLIENT_ID, value.GITHUB_CLIENT_SECRET, value.GITHUB_BASE_URL),
      google: oauthKeys('GOOGLE', value.GOOGLE_CLIENT_ID, value.GOOGLE_CLIENT_SECRET, value.GOOGLE_BASE_URL),
    },
    ownerEmail: (value.OWNER_EMAIL ?? DEFAULT_OWNER).toLowerCase(),
    timeZone: value.TIMEZONE ?? 'Asia/Shanghai',
    locale: value.DEFAULT_LOCALE ?? 'zh-CN',
    logLevel: value.LOG_LEVEL,
    metricsToken: value.METRICS_TOKEN,
    allowNewerDatabase: value.ALLOW_NEWER_DATABASE === '1',
    trustedProxyHops: value.TRUSTED_PROXY_HOPS ?? 0,
    drainSeconds: value.DRAIN_SECONDS ?? 3,
  }
}

/** The environment as it was given, for the set-up, which writes it down. */
export function givenEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** Which Stripe a secret key is for. */
function modeOf(secretKey: string | undefined): StripeMode {
  if (!secretKey) return 'sandbox'
  return secretKey.includes('_live_') ? 'live' : 'test'
}

/** A Config of which production can live: a real Stripe or none, a real Postgres, real mail. */
export type ProductionConfig = Config & {
  databaseUrl: string
  mail: { smtpUrl: string }
}

/** Throws a ConfigError that lists everything that is missing, and where to get it. */
export function requireProduction(
  config: Config,
  env: NodeJS.ProcessEnv = process.env,
): asserts config is ProductionConfig {
  const missing = [
    !isSafeAddress(env.BASE_URL) && 'BASE_URL: the public address of this app, with https, like https://example.com',
    !config.databaseUrl &&
      'DATABASE_URL: postgres://… of a PostgreSQL server, version 15 or later (docker-compose.yml has one)',
    config.stripe.isUsed &&
      !config.stripe.secretKey &&
      'STRIPE_SECRET_KEY: from https://dashboard.stripe.com/apikeys (without Stripe: none, see docs/offline.md)',
    !config.mail.smtpUrl && 'SMTP_URL: smtps://user:password@host of any mail provider',
    !env.MAIL_FROM &&
      'MAIL_FROM: the address that receipts come from; it must be one that your mail provider lets you use',
    config.ownerEmail === DEFAULT_OWNER && 'OWNER_EMAIL: your own address; whoever proves it sees the dashboard',
  ].filter((line) => typeof line === 'string')
  if (missing.length > 0)
    throw new ConfigError(`Not ready for production. Missing:\n${missing.map((line) => `  ${line}`).join('\n')}`)
}

/** Without https there are no safe cookies. On this machine itself there need be none. */
export function isSafeAddress(url = ''): boolean {
  return /^https:|^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(url)
}

/** What a provider says is believed because TLS says that it is the provider. */
function providerUrl() {
  return z
    .url({ protocol: /^https?$/, error: 'must be a URL' })
    .refine(isSafeAddress, 'must begin with https://')
    .transform((url) => url.replace(/\/+$/, ''))
}

function oauthKeys(
  name: 'GITHUB' | 'GOOGLE',
  clientId: string | undefined,
  clientSecret: string | undefined,
  baseUrl: string | undefined,
): OAuthKeys | undefined {
  if (!clientId && !clientSecret) return undefined
  if (clientId && clientSecret) return { clientId, clientSecret, baseUrl }
  const [has, lacks] = clientId ? ['ID', 'SECRET'] : ['SECRET', 'ID']
  throw new ConfigError(`${name}_CLIENT_${lacks} is missing: ${name}_CLIENT_${has} is set, and neither works alone`)
}

function isTimeZone(name: string): boolean {
  // Intl takes +08:00 as east, Postgres (as POSIX) as west.
  if (/^[+-]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
