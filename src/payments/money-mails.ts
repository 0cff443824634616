import type { MoneyNoticeProps } from '../../emails/index.ts'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import { isAsked } from './dispute-states.ts'
import type { MailDeps, PaymentFacts } from './payment-mails.ts'
import type { Row } from './reading.ts'

/**
 * When the latest of an object was: what we have seen before and finds itself changed is news now, since Stripe says when it
 * began and not when it ended. Of what is new to us, how it began is all we know.
 */
type LatestOf = (object: { id: string; created_at: Date | string }) => Date

/** To the customer, once for each refund; to the owner when one comes back. */
export async function queueRefundMails(
  deps: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  refunds: Row<'refunds'>[],
  latestOf: LatestOf,
): Promise<void> {
  for (const refund of refunds) {
    const { id, amount, currency, status } = refund
    if (status !== 'failed' && status !== 'canceled') await queueRefund(deps, trx, payment, refund)
    if (status !== 'failed') continue
    const notice = { what: 'refund-failed', amount: { amount, currency } } as const
    await queueNotice(deps, trx, `refund-failed:${id}`, notice, latestOf(refund), payment)
  }
}

async function queueRefund(
  { config, jobs }: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  { id, amount, currency, created_at }: Row<'refunds'>,
): Promise<void> {
  if (!payment.email) return
  const locale = await languageOf(trx, { email: payment.email }, payment.locale)
  await queueMail(jobs, trx, {
    key: `refund:${id}`,
    to: payment.email,
    about: new Date(created_at),
    paymentId: payment.id,
    message: {
      template: 'refund',
      props: {
        amount: { amount, currency },
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

/**
 * To the owner: when a bank asks, when it takes the money, and how it ended. That a dispute began is told as long as it can be
 * answered; whoever hears of it only afterwards is told how it ended, and no deadline that is over.
 */
export async function queueDisputeMails(
  deps: MailDeps,
  trx: Trx,
  payment: PaymentFacts,
  disputes: Row<'disputes'>[],
  latestOf: LatestOf,
): Promise<void> {
  for (const dispute of disputes) {
    const { id, amount, currency, status, due_by } = dispute
    const about = waitsForAnswer(dispute) ? new Date() : LONG_AGO
    const dueBy = due_by ? new Date(due_by).toISOString() : undefined
    const ask = (what: 'dispute' | 'inquiry' | 'appeal') =>
      queueNotice(deps, trx, `${what}:${id}`, { what, amount: { amount, currency }, dueBy }, about, payment)
    const tell = (what: MoneyNoticeProps['what']) =>
      queueNotice(deps, trx, `${what}:${id}`, { what, amount: { amount, currency } }, latestOf(dispute), payment)
    await ask(status.startsWith('warning_') ? 'inquiry' : 'dispute')
    if (status === 'appeal_needs_response') await ask('appeal')
    if (status === 'won') await tell('dispute-won')
    if (status === 'lost') await tell('dispute-lost')
    if (status === 'warning_closed') await tell('inquiry-closed')
  }
}

/** As a time: what is nobody's news, whenever it was. */
const LONG_AGO = new Date(0)

function waitsForAnswer({ status, due_by }: Row<'disputes'>): boolean {
  return isAsked(status) && (!due_by || new Date(due_by).getTime() > Date.now())
}

/** To the owner, once for a payment: its customer asked for the money back, as they may, and Stripe said no. */
export async function queueRefundRefused(deps: MailDeps, trx: Trx, payment: PaymentFacts, said: string): Promise<void> {
  const { amount, currency } = payment
  const notice = { what: 'refund-refused', amount: { amount, currency }, said } as const
  await queueNotice(deps, trx, `refund-refused:${payment.id}`, notice, new Date(), payment)
}

/** To the owner, when the bank sends a payout back. */
export async function queuePayoutMail(
  deps: MailDeps,
  trx: Trx,
  payout: Row<'payouts'>,
  latestOf: LatestOf,
): Promise<void> {
  const { id, amount, currency, status } = payout
  if (status !== 'failed') return
  const notice = { what: 'payout-failed', amount: { amount, currency } } as const
  await queueNotice(deps, trx, `payout-failed:${id}`, notice, latestOf(payout))
}

async function queueNotice(
  { config, jobs }: MailDeps,
  trx: Trx,
  key: string,
  notice: Pick<MoneyNoticeProps, 'what' | 'amount' | 'said' | 'dueBy'>,
  about: Date,
  payment?: PaymentFacts,
): Promise<void> {
  const { locale, timeZone, baseUrl, ownerEmail } = config
  await queueMail(jobs, trx, {
    key,
    to: ownerEmail,
    about,
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
