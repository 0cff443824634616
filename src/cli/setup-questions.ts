/** One variable that the wizard asks for. */
export interface Question {
  name: string
  ask: string
  /** Where it comes from. */
  where: string
  example: string
  isSecret?: boolean
  /** Empty does well, even in production. */
  isOptional?: boolean
}

/** In the order in which they are asked. All may be left empty: development has something of its own for each. */
export const questions: Question[] = [
  {
    name: 'OWNER_EMAIL',
    ask: 'Your own email address',
    where: 'Whoever proves that it is theirs sees the dashboard.',
    example: 'ming@example.org',
  },
  {
    name: 'BASE_URL',
    ask: 'The public address of your site',
    where: 'Your domain, with https and without a slash at its end. Leave it empty while you only try it here.',
    example: 'https://ming.example.org',
  },
  {
    name: 'STRIPE_SECRET_KEY',
    ask: "Stripe's secret key",
    where:
      'https://dashboard.stripe.com/apikeys: sk_test_… to try, sk_live_… for real money; none for a shop without Stripe. Empty: the local sandbox, without an account.',
    example: 'sk_test_…',
    isSecret: true,
  },
  {
    name: 'DATABASE_URL',
    ask: 'The address of your Postgres (15 or later)',
    where: 'Your provider shows it as postgres://user:password@host:5432/name. Empty: the embedded one, for trying.',
    example: 'postgres://…',
    isSecret: true,
  },
  {
    name: 'SMTP_URL',
    ask: 'The address of your mail server',
    where:
      'Any mail provider: smtps://user:password@host, with %40 for an @ in the user. Empty: the mailbox at /sandbox/mailbox.',
    example: 'smtps://…',
    isSecret: true,
  },
  {
    name: 'MAIL_FROM',
    ask: 'Who your receipts come from',
    where: 'An address that your mail provider lets you use.',
    example: 'Ming <ming@example.org>',
  },
  {
    name: 'TIMEZONE',
    ask: 'Where your days begin and end',
    where: 'A time zone by its name.',
    example: 'Asia/Shanghai',
    isOptional: true,
  },
  {
    name: 'DEFAULT_LOCALE',
    ask: 'The language for those who ask for neither',
    where: 'zh-CN or en.',
    example: 'zh-CN',
    isOptional: true,
  },
  {
    name: 'TRUSTED_PROXY_HOPS',
    ask: 'How many proxies of yours stand in front of the app',
    where: '1 behind Caddy, nginx, Fly, Render or Railway; 2 when a CDN is in front of that. Empty: none.',
    example: '1',
    isOptional: true,
  },
]

/** What may be given as well, and is not asked. */
export const alsoTaken = [
  'PORT',
  'DATA_DIR',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_BASE',
  'GITHUB_CLIENT_ID',
  'GITHUB_CLIENT_SECRET',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
]
