import Stripe from 'stripe'
import { priceOfKey } from '../../src/catalog.ts'
import type { Config } from '../../src/config.ts'
import { createCheckout, type Order } from '../../src/payments/checkout.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import type { History, Means, Step, Who } from './history.ts'

const DAY = 24 * 60 * 60 * 1000

export interface Stage {
  sandbox: Sandbox
  stripe: Stripe
  config: Config
  /** Somebody proves an address. */
  prove(email: string): Promise<void>
}

/**
 * Has histories happen at the sandbox, month by month side by side. `after` is called after each thing that happened;
 * without it, nobody looks on, and several things happen at once.
 */
export async function tell(stage: Stage, histories: History[], after?: () => Promise<void>): Promise<void> {
  const tellers = histories.map((history, index) => ({ history, teller: new Teller(stage, `history-${index}`) }))
  const months = Math.max(...histories.map((history) => history.length))
  for (let month = 0; month < months; month++) {
    await inLanes(after ? 1 : 4, tellers, async ({ history, teller }) => {
      for (const step of history[month] ?? []) {
        await teller.tell(step)
        await after?.()
      }
    })
    await stage.sandbox.clock.advance(32 * DAY)
    await after?.()
  }
  await stage.sandbox.settle()
}

/** Does all of it, so many at once. */
export async function inLanes<T>(lanes: number, items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

class Teller {
  private readonly stage: Stage
  private readonly name: string
  private readonly intents: string[] = []
  private readonly subscriptions: { who: Who; id: string; customer: string }[] = []
  private readonly refunds: string[] = []
  private readonly disputes: string[] = []
  private readonly payouts: string[] = []

  constructor(stage: Stage, name: string) {
    this.stage = stage
    this.name = name
  }

  async tell(step: Step): Promise<void> {
    try {
      await this.happen(step)
    } catch (error) {
      // What Stripe refuses (a second dispute, more than was paid) has not happened.
      if (!isRefusal(error)) throw error
    }
  }

  private async happen(step: Step): Promise<void> {
    const { sandbox, stripe } = this.stage
    if (step.do === 'tip') {
      const { amount, currency } = step
      return this.pay(step, {
        kind: 'tip',
        description: '红包',
        money: { amount, currency },
        name: 'Li',
        message: '谢谢',
      })
    }
    if (step.do === 'buy') return this.pay(step, item(step.key, step.quantity))
    if (step.do === 'subscribe') return this.pay({ ...step, by: 'card' }, item(step.key))
    if (step.do === 'be declined') {
      const session = await this.checkout(step.who, item('question-1'))
      await sandbox.pay(session, { card: '4000000000000002', email: this.email(step.who) })
    }
    if (step.do === 'fail renewals') {
      const customer = this.subscriptionOf(step.who)?.customer
      if (customer) await sandbox.failNextPayment(customer, step.times)
    }
    if (step.do === 'replace card') {
      const customer = this.subscriptionOf(step.who)?.customer
      if (customer) await sandbox.replaceCard(customer)
    }
    if (step.do === 'cancel') {
      const id = this.subscriptionOf(step.who)?.id
      if (id && step.now) await stripe.subscriptions.cancel(id)
      else if (id) await stripe.subscriptions.update(id, { cancel_at_period_end: true })
    }
    if (step.do === 'prove address') await this.stage.prove(this.email(step.who))
    if (step.do === 'refund') await this.refund(step)
    if (step.do === 'fail refund') {
      const id = oneOf(this.refunds, step.which)
      if (id) await sandbox.failRefund(id)
    }
    if (step.do === 'dispute') await this.dispute(step)
    if (step.do === 'decide dispute') {
      const id = oneOf(this.disputes, step.which)
      if (id) await (step.won ? sandbox.winDispute(id) : sandbox.loseDispute(id))
    }
    if (step.do === 'pay out') this.payouts.push((await sandbox.payout()).id)
    if (step.do === 'fail payout') {
      const id = oneOf(this.payouts, step.which)
      if (id) await sandbox.failPayout(id)
    }
  }

  private async pay({ who, by }: { who: Who; by: Means }, what: What): Promise<void> {
    const { sandbox, stripe } = this.stage
    const sessionId = await this.checkout(who, what)
    await sandbox.pay(sessionId, { ...meansOf(by), email: this.email(who) })
    const session = await stripe.checkout.sessions.retrieve(sessionId)
    if (session.payment_intent) this.intents.push(String(session.payment_intent))
    if (session.subscription) {
      this.subscriptions.push({ who, id: String(session.subscription), customer: String(session.customer) })
    }
  }

  private async checkout(who: Who, what: What): Promise<string> {
    const order = { ...what, locale: who ? 'en' : 'zh-CN', cancelPath: '/', requestId: crypto.randomUUID() } as Order
    return (await createCheckout(this.stage, { ...order, email: this.email(who) })).id
  }

  private async refund({ which, percent }: { which: number; percent: number }): Promise<void> {
    const { stripe } = this.stage
    const id = oneOf(await this.paid(), which)
    if (!id) return
    const { amount } = await stripe.paymentIntents.retrieve(id)
    const part = percent < 100 && { amount: Math.ceil((amount * percent) / 100) }
    this.refunds.push((await stripe.refunds.create({ payment_intent: id, ...part })).id)
  }

  private async dispute({ which, inquiry }: { which: number; inquiry: boolean }): Promise<void> {
    const { sandbox, stripe } = this.stage
    const id = oneOf(await this.paid(), which)
    if (!id) return
    const { latest_charge } = await stripe.paymentIntents.retrieve(id)
    if (latest_charge) this.disputes.push((await sandbox.dispute(String(latest_charge), { inquiry })).id)
  }

  /** The payments of this history, renewals too. */
  private async paid(): Promise<string[]> {
    const { stripe } = this.stage
    const bySubscription = this.subscriptions.map(async ({ id }) => {
      const { data } = await stripe.invoices.list({ subscription: id, status: 'paid', expand: ['data.payments'] })
      return data
        .toReversed()
        .flatMap(({ payments }) => payments?.data.map(({ payment }) => String(payment.payment_intent)) ?? [])
    })
    return [...this.intents, ...(await Promise.all(bySubscription)).flat()]
  }

  private subscriptionOf(who: Who) {
    return this.subscriptions.findLast((subscription) => subscription.who === who)
  }

  private email(who: Who): string {
    return `${this.name}-${who}@example.com`
  }
}

type What = Pick<Order, 'kind'> & Record<string, unknown>

const item = (key: string, quantity = 1): What => ({ kind: 'catalog', price: priceOfKey(key)!, quantity })

const meansOf = (by: Means) => {
  if (by === 'alipay' || by === 'wechat_pay') return { method: by }
  if (by === 'card whose refunds are late') return { card: '4000000000007726' }
  if (by === 'card whose refunds fail') return { card: '4000000000005126' }
  return {}
}

function oneOf<T>(items: T[], which: number): T | undefined {
  return items[which % (items.length || 1)]
}

// From the API as the SDK's error; by hand as the sandbox's own.
function isRefusal(error: unknown): boolean {
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return true
  return (error as { status?: number }).status === 400 || (error as { status?: number }).status === 404
}
