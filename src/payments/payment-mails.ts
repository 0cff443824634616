import type { Selectable } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import { paymentName } from './payment-name.ts'
import type { SyncDeps } from './sync.ts'

export type MailDeps = Pick<SyncDeps, 'config' | 'jobs'>
export type PaymentFacts = Pick<
  Selectable<Tables['payments']>,
  | 'id'
  | 'price_key'
  | 'amount'
  | 'currency'
  | 'description'
  | 'email'
  | 'name'
  | 'message'
  | 'method'
  | 'locale'
  | 'paid_at'
>

/**
 * Receipt to the payer, notice to the owner; of the very first payment a special one. Each is queued once, however often this
 * runs. `about` is when it was paid; later for what took days to go through.
 */
export async function queuePaymentMails(
  deps: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  about = payment.paid_at!,
): Promise<void> {
  await queueReceipt(deps, trx, payment, about)
  // What a code made free began no business.
  const isFirst = payment.amount > 0 && (await queueFirstPayment(deps, trx, payment, about))
  if (isFirst || (await isFirstPayment(trx, payment.id))) return
  const { config, jobs } = deps
  await queueMail(jobs, trx, {
    key: `payment:${payment.id}`,
    to: config.ownerEmail,
    about,
    paymentId: payment.id,
    message: { template: 'owner-payment', props: toOwner(config, payment) },
  })
}

/** To the payer, where there is an address. */
export async function queueReceipt(
  { config, jobs }: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  about = new Date(),
): Promise<void> {
  if (!payment.email) return
  const locale = await languageOf(trx, { email: payment.email }, payment.locale)
  await queueMail(jobs, trx, {
    key: `receipt:${payment.id}`,
    to: payment.email,
    about,
    paymentId: payment.id,
    message: {
      template: 'receipt',
      props: {
        ...factsOf(config, payment),
        description: paymentName({ kind: '', ...payment }, locale),
        locale,
        shopName: catalog.name[locale],
        homeUrl: config.baseUrl,
        receiptUrl: `${config.baseUrl}/account/receipts/${payment.id}`,
        accountUrl: payment.price_key ? `${config.baseUrl}/account` : undefined,
      },
    },
  })
}

/** The special one to the owner, once ever. False when it is about another payment. */
export function queueFirstPayment(
  { config, jobs }: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  about = new Date(),
): Promise<boolean> {
  return queueMail(jobs, trx, {
    key: 'first-payment',
    to: config.ownerEmail,
    about,
    paymentId: payment.id,
    message: { template: 'first-payment', props: toOwner(config, payment) },
  })
}

function toOwner(config: MailDeps['config'], payment: PaymentFacts) {
  const { locale } = config
  return {
    ...factsOf(config, payment),
    locale,
    shopName: catalog.name[locale],
    email: payment.email ?? undefined,
    dashboardUrl: `${config.baseUrl}/dashboard`,
  }
}

function factsOf({ timeZone }: MailDeps['config'], payment: PaymentFacts) {
  return {
    amount: { amount: payment.amount, currency: payment.currency },
    description: payment.description,
    name: payment.name ?? undefined,
    message: payment.message ?? undefined,
    method: payment.method ?? undefined,
    paidAt: new Date(payment.paid_at!).toISOString(),
    timeZone,
    paymentId: payment.id,
  }
}

/** Whether the special mail was about this payment: it has had its notice. */
async function isFirstPayment(trx: Trx, paymentId: string): Promise<boolean> {
  const mail = await trx.selectFrom('mails').select('payment_id').where('key', '=', 'first-payment').executeTakeFirst()
  return mail?.payment_id === paymentId
}
