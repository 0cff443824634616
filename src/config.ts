import { z } from 'zod'
import type { Locale } from './locales.ts'

/** What the environment says, parsed. `undefined` is "not set": development has something of its own for each. */
export interface Config {
  port: number
  /** The public origin, without a slash at its end. */
  baseUrl: string
  databaseUrl: string | undefined
  dataDir: string
  stripe: {
    secretKey: string | undefined
    /** More than one while a secret is rolled. */
    webhookSecrets: string[]
    apiBase: string | undefined
  }
  mail: { smtpUrl: string | undefined; from: string }
  ownerEmail: string
  timeZone: string
  locale: Locale
}

/** The environment can't be used. The message has a line for each problem and names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const DEFAULT_OWNER = 'owner@example.com'

const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type.optional())

const Environment = z.object({
  PORT: optional(z.coerce.number('must be a port number').int().min(0).max(65535)),
  BASE_URL: optional(z.url({ protocol: /^https?$/, error: 'must be the public address, like https://example.com' })),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')),
  DATA_DIR: optional(z.string()),
  STRIPE_SECRET_KEY: optional(z.string().regex(/^(sk|rk)_(test|live)_\w+$/, 'must look like sk_test_… or sk_live_…')),
  STRIPE_WEBHOOK_SECRET: optional(
    z.string().regex(/^whsec_[^,\s]+(\s*,\s*whsec_[^,\s]+)*$/, 'must look like whsec_… (several: separated by commas)'),
  ),
  STRIPE_API_BASE: optional(z.url({ protocol: /^https?$/, error: 'must be a URL' })),
  SMTP_URL: optional(z.string().regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')),
  MAIL_FROM: optional(z.string().regex(/\S+@\S+/, 'must be an address, like Ming <ming@example.com>')),
  OWNER_EMAIL: optional(z.email('must be an email address')),
  TIMEZONE: optional(z.string().refine(isTimeZone, 'must be a time zone like Asia/Shanghai')),
  DEFAULT_LOCALE: optional(z.enum(['zh-CN', 'en'], 'must be zh-CN or en')),
})

/** Reads the environment; a variable that is set wrongly is a ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse(env)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
  }
  const value = parsed.data
  const port = value.PORT ?? 3000
  return {
    port,
    baseUrl: value.BASE_URL ? new URL(value.BASE_URL).origin : `http://localhost:${port}`,
    databaseUrl: value.DATABASE_URL,
    dataDir: value.DATA_DIR ?? './data',
    stripe: {
      secretKey: value.STRIPE_SECRET_KEY,
      webhookSecrets: value.STRIPE_WEBHOOK_SECRET?.split(',').map((secret) => secret.trim()) ?? [],
      apiBase: value.STRIPE_API_BASE,
    },
    mail: { smtpUrl: value.SMTP_URL, from: value.MAIL_FROM ?? 'first-paid-user <hello@localhost>' },
    ownerEmail: (value.OWNER_EMAIL ?? DEFAULT_OWNER).toLowerCase(),
    timeZone: value.TIMEZONE ?? 'Asia/Shanghai',
    locale: value.DEFAULT_LOCALE ?? 'zh-CN',
  }
}

/** A Config of which production can live: a real Stripe, a real Postgres, real mail. */
export type ProductionConfig = Config & {
  databaseUrl: string
  stripe: { secretKey: string }
  mail: { smtpUrl: string }
}

/** Throws a ConfigError that lists everything that is missing, and where to get it. */
export function requireProduction(
  config: Config,
  env: NodeJS.ProcessEnv = process.env,
): asserts config is ProductionConfig {
  const missing = [
    !env.BASE_URL && 'BASE_URL: the public address of this app, like https://example.com',
    !config.databaseUrl &&
      'DATABASE_URL: postgres://… of a PostgreSQL server, version 15 or later (docker-compose.yml has one)',
    !config.stripe.secretKey && 'STRIPE_SECRET_KEY: from https://dashboard.stripe.com/apikeys',
    !config.mail.smtpUrl && 'SMTP_URL: smtps://user:password@host of any mail provider',
    !env.MAIL_FROM &&
      'MAIL_FROM: the address that receipts come from; it must be one that your mail provider lets you use',
    config.ownerEmail === DEFAULT_OWNER && 'OWNER_EMAIL: your own address; whoever proves it sees the dashboard',
  ].filter((line) => typeof line === 'string')
  if (missing.length > 0)
    throw new ConfigError(`Not ready for production. Missing:\n${missing.map((line) => `  ${line}`).join('\n')}`)
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
