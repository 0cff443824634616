import { Hono } from 'hono'
import type Stripe from 'stripe'
import type { Subscription } from './billing/types.ts'
import { billingPanel, Clock, Subscriptions } from './billing-panel.tsx'
import { chaosPanel, Switches } from './chaos-panel.tsx'
import { format } from './currencies.ts'
import { ChargeButtons, MoneySections, moneyPanel, readMoney } from './money/panel.tsx'
import { guards, page } from './pages.tsx'
import type { Store } from './store.ts'
import { timeText } from './times.ts'
import { deliverAgain } from './webhooks.ts'
import { type Language, languageOf } from './words.ts'

const texts = {
  en: {
    title: 'The local Stripe',
    mailbox: 'Mailbox',
    chaos: 'What may go wrong',
    sessions: 'Checkout sessions',
    charges: 'Charges',
    events: 'Events',
    again: 'Deliver again',
    nothing: 'Nothing yet.',
    fee: 'fee',
    unsettled: 'fee not known yet',
    unsent: 'no endpoint',
    lost: 'lost',
    due: 'waiting',
    delivered: 'delivered',
    tries: 'attempts',
  },
  zh: {
    title: '本地的 Stripe',
    mailbox: '邮箱',
    chaos: '让它出点差错',
    sessions: '结账会话',
    charges: '收款',
    events: '事件',
    again: '再发一次',
    nothing: '还没有。',
    fee: '手续费',
    unsettled: '手续费还不知道',
    unsent: '没有接收方',
    lost: '丢了',
    due: '等待中',
    delivered: '已送达',
    tries: '次尝试',
  },
}

/** What the sandbox holds, and the switches. */
export function panelPages(store: Store): Hono {
  const app = new Hono()
  app.use('/', ...guards)
  app.use('/panel/*', ...guards)
  app.route('/', billingPanel(store))
  app.route('/', moneyPanel(store))
  app.route('/', chaosPanel(store))
  app.get('/', async (c) => {
    const language = languageOf(null, c.req.header('accept-language'))
    return page(c, { title: texts[language].title, language }, <Panel {...(await read(store))} language={language} />)
  })
  app.post('/panel/events/:id/deliver', async (c) => {
    await deliverAgain(store, c.req.param('id'))
    return c.redirect('/sandbox', 303)
  })
  return app
}

interface Delivery {
  event_id: string
  attempts: number
  answer: string | null
  delivered: boolean
  waiting: boolean
}

type Contents = Awaited<ReturnType<typeof read>>

const read = (store: Store) =>
  store.read(async (tx) => {
    const latest = async <T,>(object: string, limit: number) => (await tx.list<T>(object, '', { limit })).data
    const events = await latest<Stripe.Event>('event', 30)
    const charges = await latest<Stripe.Charge>('charge', 10)
    const { rows: deliveries } = await tx.db.query<Delivery>(
      `select event_id, sum(attempts)::int as attempts, bool_or(delivered_at is not null) as delivered,
              bool_or(due_at is not null) as waiting, max(answer) as answer
       from sandbox.deliveries where event_id = any($1) group by event_id`,
      [events.map((event) => event.id)],
    )
    const { rows: fees } = await tx.db.query<{ id: string; fee: number; currency: string }>(
      `select id, (data->>'fee')::int as fee, data->>'currency' as currency from sandbox.objects where id = any($1)`,
      [charges.map((charge) => charge.balance_transaction)],
    )
    return {
      chaos: tx.settings.chaos,
      now: tx.now,
      money: await readMoney(tx),
      subscriptions: await latest<Subscription>('subscription', 10),
      sessions: await latest<Stripe.Checkout.Session>('checkout.session', 10),
      charges: charges.map((charge) => ({ charge, settled: fees.find(({ id }) => id === charge.balance_transaction) })),
      events: events.map((event) => ({ event, delivery: deliveries.find((one) => one.event_id === event.id) })),
    }
  })

const Panel = ({
  chaos,
  now,
  money: amounts,
  subscriptions,
  sessions,
  charges,
  events,
  language,
}: Contents & { language: Language }) => {
  const say = texts[language]
  const money = (amount: number | null, currency: string | null) => format(amount ?? 0, currency ?? 'cny', language)
  return (
    <>
      <div class="bar">
        <h1>{say.title}</h1>
        <a href="/sandbox/mailbox">{say.mailbox}</a>
      </div>
      <Clock now={now} language={language} />
      <h2>{say.chaos}</h2>
      <Switches chaos={chaos} language={language} />
      <h2>{say.sessions}</h2>
      <ul class="rows">
        {sessions.map((session) => (
          <li>
            <span>
              <a href={`/sandbox/checkout/${session.id}`}>
                <code>{`${session.id.slice(0, 20)}…`}</code>
              </a>{' '}
              {session.customer_details?.email}
            </span>
            <span class="money">{money(session.amount_total, session.currency)}</span>
            <small>
              {session.status} · {session.payment_status} · {time(session.created, language)}
            </small>
          </li>
        ))}
      </ul>
      {sessions.length ? null : <p class="muted">{say.nothing}</p>}
      <Subscriptions subscriptions={subscriptions} language={language} />
      <h2>{say.charges}</h2>
      <ul class="rows">
        {charges.map(({ charge, settled }) => (
          <li>
            <code>{charge.id}</code>
            <span class={charge.paid ? 'money good' : 'money bad'}>{money(charge.amount, charge.currency)}</span>
            <small>
              {charge.payment_method_details?.type} ·{' '}
              {charge.paid
                ? settled
                  ? `${say.fee} ${money(settled.fee, settled.currency)}`
                  : say.unsettled
                : charge.failure_message}{' '}
              · {time(charge.created, language)}
            </small>
            <ChargeButtons charge={charge} language={language} />
          </li>
        ))}
      </ul>
      {charges.length ? null : <p class="muted">{say.nothing}</p>}
      <MoneySections {...amounts} language={language} />
      <h2>{say.events}</h2>
      <ul class="rows">
        {events.map(({ event, delivery }) => (
          <li>
            <span>{event.type}</span>
            <form method="post" action={`/sandbox/panel/events/${event.id}/deliver`}>
              <button class="small-button" type="submit">
                {say.again}
              </button>
            </form>
            <small>
              <State delivery={delivery} language={language} /> · {time(event.created, language)} ·{' '}
              <code>{event.id}</code>
            </small>
          </li>
        ))}
      </ul>
      {events.length ? null : <p class="muted">{say.nothing}</p>}
    </>
  )
}

const State = ({ delivery, language }: { delivery: Delivery | undefined; language: Language }) => {
  const say = texts[language]
  if (!delivery) return <span>{say.unsent}</span>
  if (delivery.delivered) return <span class="good">{say.delivered}</span>
  if (!delivery.attempts) return <span>{delivery.waiting ? say.due : say.lost}</span>
  return <span class="bad">{`${delivery.answer} (${delivery.attempts} ${say.tries})`}</span>
}

const time = (seconds: number, language: Language) => timeText(new Date(seconds * 1000), language)
