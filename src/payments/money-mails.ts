import type { MoneyNoticeProps } from '../../emails/index.ts'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import { queueMail } from '../mail/outbox.ts'
import { asLocale } from '../ui/i18n.ts'
import type { PaymentFacts } from './payment-mails.ts'
import type { Row } from './reading.ts'
import type { SyncDeps } from './sync.ts'

type MailDeps = Pick<SyncDeps, 'config' | 'jobs'>

/** To the customer, once for each refund; to the owner when one comes back. */
export async function queueRefundMails(
  deps: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  refunds: Row<'refunds'>[],
): Promise<void> {
  for (const { id, amount, currency, status } of refunds) {
    if (status !== 'failed' && status !== 'canceled') await queueRefund(deps, trx, payment, { id, amount, currency })
    if (status !== 'failed') continue
    const notice = { what: 'refund-failed', amount: { amount, currency } } as const
    await queueNotice(deps, trx, `refund-failed:${id}`, notice, payment)
  }
}

async function queueRefund(
  { config, jobs }: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  { id, ...amount }: { id: string; amount: number; currency: string },
): Promise<void> {
  if (!payment.email) return
  const locale = asLocale(payment.locale)
  await queueMail(jobs, trx, {
    key: `refund:${id}`,
    to: payment.email,
    paymentId: payment.id,
    message: {
      template: 'refund',
      props: {
        amount,
        paid: { amount: payment.amount, currency: payment.currency },
        description: payment.description,
        paidAt: new Date(payment.paid_at ?? Date.now()).toISOString(),
        timeZone: config.timeZone,
        paymentId: payment.id,
        locale,
        shopName: catalog.name[locale],
      },
    },
  })
}

/** To the owner: when a bank asks, when it takes the money, and how it ended. */
export async function queueDisputeMails(
  deps: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  disputes: Row<'disputes'>[],
): Promise<void> {
  for (const { id, amount, currency, status, due_by } of disputes) {
    const dueBy = due_by ? new Date(due_by).toISOString() : undefined
    const send = (what: MoneyNoticeProps['what']) =>
      queueNotice(deps, trx, `${what}:${id}`, { what, amount: { amount, currency }, dueBy }, payment)
    await send(status.startsWith('warning_') ? 'inquiry' : 'dispute')
    if (status === 'won') await send('dispute-won')
    if (status === 'lost') await send('dispute-lost')
    if (status === 'warning_closed') await send('inquiry-closed')
  }
}

/** To the owner, when the bank sends a payout back. */
export async function queuePayoutMail(deps: MailDeps, trx: Trx, payout: Row<'payouts'>): Promise<void> {
  const { id, amount, currency, status } = payout
  if (status !== 'failed') return
  await queueNotice(deps, trx, `payout-failed:${id}`, { what: 'payout-failed', amount: { amount, currency } })
}

async function queueNotice(
  { config, jobs }: MailDeps,
  trx: Trx,
  key: string,
  notice: Pick<MoneyNoticeProps, 'what' | 'amount' | 'dueBy'>,
  payment?: PaymentFacts,
): Promise<void> {
  const { locale, timeZone, baseUrl, ownerEmail } = config
  await queueMail(jobs, trx, {
    key,
    to: ownerEmail,
    ...(payment && { paymentId: payment.id }),
    message: {
      template: 'money-notice',
      props: {
        ...notice,
        description: payment?.description,
        email: payment?.email ?? undefined,
        url: payment ? `${baseUrl}/dashboard/payments/${payment.id}` : `${baseUrl}/dashboard`,
        timeZone,
        locale,
        shopName: catalog.name[locale],
      },
    },
  })
}
