import type { Selectable } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { queueMail } from '../mail/outbox.ts'
import { asLocale } from '../ui/i18n.ts'
import type { SyncDeps } from './sync.ts'

/** Receipt to the payer, notice to the owner; of the very first payment a special one. Each is queued once, however often this runs. */
export async function queuePaymentMails(
  { config, jobs }: SyncDeps,
  trx: Trx,
  payment: Selectable<Tables['payments']>,
): Promise<void> {
  const facts = {
    amount: { amount: payment.amount, currency: payment.currency },
    description: payment.description,
    name: payment.name ?? undefined,
    message: payment.message ?? undefined,
    method: payment.method ?? undefined,
    paidAt: new Date(payment.paid_at!).toISOString(),
    timeZone: config.timeZone,
    paymentId: payment.id,
  }
  if (payment.email) {
    const locale = asLocale(payment.locale)
    await queueMail(jobs, trx, {
      key: `receipt:${payment.id}`,
      to: payment.email,
      paymentId: payment.id,
      message: {
        template: 'receipt',
        props: { ...facts, locale, shopName: catalog.name[locale], homeUrl: config.baseUrl },
      },
    })
  }

  const { locale } = config
  const toOwner = {
    ...facts,
    locale,
    shopName: catalog.name[locale],
    email: payment.email ?? undefined,
    dashboardUrl: `${config.baseUrl}/dashboard`,
  }
  const isFirst = await queueMail(jobs, trx, {
    key: 'first-payment',
    to: config.ownerEmail,
    paymentId: payment.id,
    message: { template: 'first-payment', props: toOwner },
  })
  if (isFirst || (await isFirstPayment(trx, payment.id))) return
  await queueMail(jobs, trx, {
    key: `payment:${payment.id}`,
    to: config.ownerEmail,
    paymentId: payment.id,
    message: { template: 'owner-payment', props: toOwner },
  })
}

/** Whether the special mail was about this payment: it has had its notice. */
async function isFirstPayment(trx: Trx, paymentId: string): Promise<boolean> {
  const mail = await trx.selectFrom('mails').select('payment_id').where('key', '=', 'first-payment').executeTakeFirst()
  return mail?.payment_id === paymentId
}
