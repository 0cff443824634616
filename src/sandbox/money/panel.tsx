import { Hono } from 'hono'
import type Stripe from 'stripe'
import { format } from '../currencies.ts'
import { StripeError } from '../errors.ts'
import { readBalance } from '../resources/balance.ts'
import { createRefund } from '../resources/refunds.ts'
import type { Store } from '../store.ts'
import { dayText } from '../times.ts'
import type { Tx } from '../tx.ts'
import type { Language } from '../words.ts'
import { moneyByHand } from './by-hand.ts'
import { type Action, moneyWords as texts } from './words.ts'

/** The panel's buttons for refunds, disputes, payouts and fees. */
export function moneyPanel(store: Store): Hono {
  const by = moneyByHand(store)
  const refund = (id: string, part: (charge: Stripe.Charge) => number | undefined) =>
    store.write(async (tx) => createRefund(tx, id, { amount: part(await tx.get<Stripe.Charge>('charge', id)) }))
  const half = ({ amount, amount_refunded }: Stripe.Charge) => Math.ceil((amount - amount_refunded) / 2)
  const actions: Record<string, (id: string) => Promise<unknown>> = {
    'charges/refund': (id) => refund(id, () => undefined),
    'charges/half': (id) => refund(id, half),
    'charges/dispute': (id) => by.dispute(id),
    'charges/inquiry': (id) => by.dispute(id, { inquiry: true }),
    'refunds/succeed': (id) => by.succeedRefund(id),
    'refunds/fail': (id) => by.failRefund(id),
    'disputes/win': by.winDispute,
    'disputes/lose': by.loseDispute,
    'payouts/bounce': (id) => by.failPayout(id),
    'balance/payout': (currency) => by.payout({ currency }),
    'balance/fee': (currency) => by.stripeFee({ currency }),
  }
  const app = new Hono()
  app.post('/panel/:kind{charges|refunds|disputes|payouts|balance}/:id/:action', async (c) => {
    const { kind, id, action } = c.req.param()
    const act = actions[`${kind}/${action}`]
    if (!act) return c.notFound()
    try {
      await act(id)
    } catch (error) {
      // The page was older than the state; what Stripe says of it is the answer.
      if (error instanceof StripeError) return c.text(error.message, 409)
      throw error
    }
    return c.redirect('/sandbox', 303)
  })
  return app
}

export async function readMoney(tx: Tx) {
  const latest = async <T,>(object: string) => (await tx.list<T>(object, '', { limit: 10 })).data
  return {
    refunds: await latest<Stripe.Refund>('refund'),
    disputes: await latest<Stripe.Dispute>('dispute'),
    payouts: await latest<Stripe.Payout>('payout'),
    balance: await readBalance(tx),
  }
}
type Money = Awaited<ReturnType<typeof readMoney>> & { language: Language }

export const ChargeButtons = ({ charge, language }: { charge: Stripe.Charge; language: Language }) => {
  const isCard = charge.payment_method_details?.type === 'card'
  const actions = [
    ...(charge.refunded ? [] : (['refund', 'half'] as const)),
    ...(isCard && !charge.disputed ? (['dispute', 'inquiry'] as const) : []),
  ]
  return charge.paid ? <Buttons path={`charges/${charge.id}`} actions={actions} language={language} /> : null
}

export const MoneySections = ({ refunds, disputes, payouts, balance, language }: Money) => {
  const say = texts[language]
  const money = ({ amount, currency }: { amount: number; currency: string }) => format(amount, currency, language)
  return (
    <>
      {refunds.length ? <h2>{say.refunds}</h2> : null}
      <ul class="rows">
        {refunds.map((refund) => (
          <Row object={refund} language={language} status={[refund.status, refund.failure_reason, refund.reason]}>
            <Buttons path={`refunds/${refund.id}`} actions={refundActions(refund)} language={language} />
          </Row>
        ))}
      </ul>
      {disputes.length ? <h2>{say.disputes}</h2> : null}
      <ul class="rows">
        {disputes.map((dispute) => (
          <Row
            object={dispute}
            language={language}
            status={[dispute.status, dispute.reason, answerBy(dispute, language)]}
          >
            <Buttons
              path={`disputes/${dispute.id}`}
              actions={isOpen(dispute) ? ['win', 'lose'] : []}
              language={language}
            />
          </Row>
        ))}
      </ul>
      <h2>{say.balance}</h2>
      <ul class="rows">
        {balance.available.map((funds, index) => (
          <li>
            <span>
              {say.pending} {money(balance.pending[index]!)} · {say.available}
            </span>
            <span class="money">{money(funds)}</span>
            <Buttons
              path={`balance/${funds.currency}`}
              actions={funds.amount > 0 ? ['payout', 'fee'] : ['fee']}
              language={language}
            />
          </li>
        ))}
        {payouts.map((payout) => (
          <Row object={payout} language={language} status={[payout.status, payout.failure_code]}>
            <Buttons
              path={`payouts/${payout.id}`}
              actions={['failed', 'canceled'].includes(payout.status) ? [] : ['bounce']}
              language={language}
            />
          </Row>
        ))}
      </ul>
    </>
  )
}

interface RowProps {
  object: { id: string; amount: number; currency: string }
  status: (string | null | undefined)[]
  language: Language
  children: unknown
}

const Row = ({ object, status, language, children }: RowProps) => (
  <li>
    <code>{object.id}</code>
    <span class="money">{format(object.amount, object.currency, language)}</span>
    <small>{status.filter(Boolean).join(' · ')}</small>
    {children}
  </li>
)

const Buttons = ({ path, actions, language }: { path: string; actions: readonly Action[]; language: Language }) =>
  actions.length ? (
    <form class="inline" method="post">
      {actions.map((action) => (
        <button class="small-button" type="submit" formaction={`/sandbox/panel/${path}/${action}`}>
          {texts[language][action]}
        </button>
      ))}
    </form>
  ) : null

const refundActions = ({ status }: Stripe.Refund): Action[] =>
  status === 'pending' ? ['succeed', 'fail'] : status === 'succeeded' ? ['fail'] : []

const isOpen = ({ status }: Stripe.Dispute) => /_response$|_review$/.test(status)

function answerBy({ status, evidence_details: { due_by } }: Stripe.Dispute, language: Language): string | undefined {
  if (!status.endsWith('needs_response')) return undefined
  return `${texts[language].until} ${dayText(due_by!, language)}`
}
