import { Hono } from 'hono'
import { billingByHand } from './billing/by-hand.ts'
import { cancelNow } from './billing/cancel.ts'
import { LIVE, lockSubscription, periodEnd } from './billing/state.ts'
import type { Subscription } from './billing/types.ts'
import { billingWords, pricePer } from './billing-words.ts'
import type { Store } from './store.ts'
import { advance } from './timers.ts'
import { dayText, timeText } from './times.ts'
import type { Language } from './words.ts'

const texts = {
  en: {
    clock: 'The sandbox’s time',
    day: 'A day passes',
    month: 'A month passes',
    subscriptions: 'Subscriptions',
    renew: 'Renew now',
    fail: 'Next payment fails',
    cancel: 'Cancel now',
    until: 'until',
    nothing: 'Nothing yet.',
  },
  zh: {
    clock: '沙盒里的时间',
    day: '过一天',
    month: '过一个月',
    subscriptions: '订阅',
    renew: '马上续订',
    fail: '下次扣款失败',
    cancel: '马上取消',
    until: '到',
    nothing: '还没有。',
  },
}

const DAY = 24 * 60 * 60 * 1000

/** The panel's buttons for time and subscriptions. */
export function billingPanel(store: Store): Hono {
  const app = new Hono()
  const { renew, failNextPayment } = billingByHand(store)
  const actions: Record<string, (subscription: Subscription) => Promise<unknown>> = {
    renew: ({ id }) => renew(id),
    fail: ({ customer }) => failNextPayment(customer),
    cancel: ({ id }) => store.write(async (tx) => cancelNow(tx, await lockSubscription(tx, id), {})),
  }
  app.post('/panel/clock', async (c) => {
    const { days } = await c.req.parseBody()
    await advance(store, days === '1' ? DAY : 30 * DAY)
    return c.redirect('/sandbox', 303)
  })
  app.post('/panel/subscriptions/:id/:action{renew|fail|cancel}', async (c) => {
    const subscription = await store.read((tx) => tx.get<Subscription>('subscription', c.req.param('id')))
    if (LIVE.includes(subscription.status)) await actions[c.req.param('action')]!(subscription)
    return c.redirect('/sandbox', 303)
  })
  return app
}

export const Clock = ({ now, language }: { now: number; language: Language }) => {
  const say = texts[language]
  return (
    <form class="switches" method="post" action="/sandbox/panel/clock">
      <span>
        {say.clock}: {timeText(new Date(now), language)}
      </span>
      <button class="small-button" type="submit" name="days" value="1">
        {say.day}
      </button>
      <button class="small-button" type="submit" name="days" value="30">
        {say.month}
      </button>
    </form>
  )
}

export const Subscriptions = ({ subscriptions, language }: { subscriptions: Subscription[]; language: Language }) => {
  const say = texts[language]
  return (
    <>
      <h2>{say.subscriptions}</h2>
      <ul class="rows">
        {subscriptions.map((subscription) => {
          const [item] = subscription.items.data
          return (
            <li>
              <code>{subscription.id}</code>
              <span class="money">{pricePer(item!.price, item!.quantity ?? 1, language)}</span>
              <small>
                {billingWords[language].status[subscription.status] ?? subscription.status} · {say.until}{' '}
                {dayText(subscription.ended_at ?? subscription.cancel_at ?? periodEnd(subscription), language)}
              </small>
              {LIVE.includes(subscription.status) ? <Buttons id={subscription.id} language={language} /> : null}
            </li>
          )
        })}
      </ul>
      {subscriptions.length ? null : <p class="muted">{say.nothing}</p>}
    </>
  )
}

const Buttons = ({ id, language }: { id: string; language: Language }) => (
  <form class="inline" method="post">
    {(['renew', 'fail', 'cancel'] as const).map((action) => (
      <button class="small-button" type="submit" formaction={`/sandbox/panel/subscriptions/${id}/${action}`}>
        {texts[language][action]}
      </button>
    ))}
  </form>
)
