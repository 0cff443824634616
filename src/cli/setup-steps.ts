import type Stripe from 'stripe'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import { DirectoryInUse } from '../db/directory-lock.ts'
import { migrate } from '../db/migrate.ts'
import { createOneOff } from '../mail/smtp.ts'
import { setUpStripe } from '../payments/setup/set-up.ts'
import { dictionary } from '../ui/i18n.ts'
import { openDatabase } from './database.ts'
import type { Host } from './wizard.ts'

const MAIL_MS = 15_000

const words = dictionary({
  'zh-CN': {
    subject: '信发得出去',
    text: (shop: string) => `${shop} 的发信设好了。往后的收据，就从这里寄给付钱的人。\n`,
  },
  en: {
    subject: 'Mail works',
    text: (shop) => `${shop} can send mail now. Your customers' receipts will come this way.\n`,
  },
})

/** Brings the database to this code's schema. Says what it did; throws what stands in the way. */
export async function prepareDatabase(config: Config): Promise<string> {
  try {
    const connection = await openDatabase(config)
    const steps = await migrate(connection.db).finally(() => connection.close())
    return steps.length === 0 ? 'The database is ready.' : `The database is ready: ${steps.length} steps.`
  } catch (error) {
    if (error instanceof DirectoryInUse) return 'The app runs, and has seen to the database itself.'
    throw error
  }
}

/** Makes Stripe match the catalog, after asking. The signing secret of a new endpoint, if there is one. */
export async function prepareStripe(
  stripe: Stripe,
  config: Config,
  { say, agrees }: Host,
): Promise<string | undefined> {
  const { mode, webhookSecrets } = config.stripe
  let secret: string | undefined
  await setUpStripe(
    {
      stripe,
      mode,
      confirm: () => agrees('Make Stripe like that?'),
      say,
      keepSecret: (made) => {
        secret = made
      },
    },
    { catalog, locale: config.locale, baseUrl: config.baseUrl, hasSecret: webhookSecrets.length > 0 },
  )
  return secret
}

/** Sends one mail to the owner. Throws what the mail server says. */
export async function sendTestMail({ mail, ownerEmail, locale }: Config): Promise<void> {
  const transporter = createOneOff(mail.smtpUrl!, MAIL_MS)
  const { subject, text } = words[locale]
  await transporter
    .sendMail({ from: mail.from, to: ownerEmail, subject, text: text(catalog.name[locale]) })
    .finally(() => transporter.close())
}
