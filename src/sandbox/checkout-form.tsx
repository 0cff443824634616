import type Stripe from 'stripe'
import { CardFields, Field } from './card-fields.tsx'
import { Discount, Price, Quantity } from './checkout-summary.tsx'
import { format } from './currencies.ts'
import type { Method } from './fees.ts'
import type { LineItem } from './resources/line-items.ts'
import { type Language, words } from './words.ts'

export interface View {
  session: Stripe.Checkout.Session
  items: LineItem[]
  methods: Method[]
  /** The method of an attempt that waits for the payer. */
  waiting?: Method
  state: 'open' | 'paid' | 'expired'
  language: Language
  /** The least and the most that the payer may choose, if the payer chooses. */
  bounds?: { least: number; most: number }
  /** What it costs again and again. */
  recurring?: { amount: number; interval: string; interval_count: number }
  /** Seconds; until then it is free. */
  trialEnd?: number
  /** What the discount is called. */
  discount?: string
  /** Nothing to pay, now or later. */
  free: boolean
}

export type Typed = Record<
  'email' | 'name' | 'method' | 'number' | 'expiry' | 'cvc' | 'amount' | 'code' | 'quantity',
  string
>
export type Problems = Partial<Record<keyof Typed | 'form', string>>

export const Checkout = (view: View & { typed: Typed; problems: Problems }) => (
  <>
    <section>
      <Shop {...view} />
      <Price {...view} />
      <ul class="items">
        {view.items.map((item) => (
          <li>
            <span>{item.description}</span>
            {view.bounds ? null : <span class="money">{money(view, item.amount_subtotal)}</span>}
            {item.adjustable_quantity ? (
              <Quantity view={view} item={item} />
            ) : item.quantity! > 1 ? (
              <small>{words[view.language].quantity(item.quantity!)}</small>
            ) : null}
          </li>
        ))}
      </ul>
      {view.session.allow_promotion_codes || view.discount ? <Discount {...view} /> : null}
      {view.session.automatic_tax.enabled ? <p class="small muted">{words[view.language].noTax}</p> : null}
    </section>
    <div>
      <Form {...view} />
    </div>
  </>
)

const Shop = ({ session, language }: View) => (
  <div class="shop">
    {session.cancel_url ? (
      <a href={session.cancel_url} aria-label={words[language].back}>
        ← {words[language].back}
      </a>
    ) : null}
    {session.cancel_url ? <span>·</span> : null}
    <span>{session.branding_settings!.display_name}</span>
  </div>
)

const Form = (view: View & { typed: Typed; problems: Problems }) => {
  const { session, methods, language, typed, problems, bounds } = view
  const say = words[language]
  const known = session.customer_details?.email
  return (
    <form class="sheet" method="post" action={`/sandbox/checkout/${session.id}`} novalidate>
      {problems.form ? (
        <p class="alert" role="alert">
          {problems.form}
        </p>
      ) : null}
      {bounds ? <Field {...view} name="amount" label={say.amount} hint={boundsText(view)} inputmode="decimal" /> : null}
      <Field {...view} name="email" label={say.email} type="email" autocomplete="email" readonly={Boolean(known)} />
      {view.free ? null : (
        <fieldset class="methods">
          <legend>{say.method}</legend>
          {methods.map((method) => (
            <label class="method">
              <input type="radio" name="method" value={method} checked={typed.method === method} />
              {say[method]}
            </label>
          ))}
        </fieldset>
      )}
      {methods.includes('card') && !view.free ? (
        <div class="card-fields">
          <CardFields {...view} />
          <Field {...view} name="name" label={say.name} hint={say.optional} autocomplete="name" />
        </div>
      ) : null}
      <button class="button" type="submit">
        {buttonText(view)}
      </button>
      {methods.includes('card') && !view.free ? <TestCards {...view} /> : null}
    </form>
  )
}

function buttonText(view: View): string {
  const say = words[view.language]
  if (view.bounds) return say.pay('')
  if (view.trialEnd) return say.startTrial
  if (view.recurring) return say.subscribe
  return view.session.amount_total ? say.pay(money(view, view.session.amount_total)) : say.complete
}

const TestCards = ({ session, language }: View) => (
  <div class="hints card-fields">
    <h2>{words[language].testCards}</h2>
    <ul class="test-cards">
      {words[language].cards.map(([number, does]) => (
        <li>
          <a href={`/sandbox/checkout/${session.id}?number=${number.replaceAll(' ', '+')}`}>
            <span>{number}</span>
            <span>{does}</span>
          </a>
        </li>
      ))}
    </ul>
    <p class="small muted">{words[language].anything}</p>
  </div>
)

export const Authentication = (view: View) => {
  const { session, language, waiting } = view
  const say = words[language]
  const wallet = waiting === 'card' ? undefined : say[waiting!]
  return (
    <form class="sheet centred" method="post" action={`/sandbox/checkout/${session.id}/authenticate`}>
      <h1>{wallet ?? say.authentication}</h1>
      <p class="muted">{wallet ? say.walletText(wallet) : say.authenticationText}</p>
      {wallet ? <div class="phone">{say.qrStandIn}</div> : null}
      <p class="total money">{money(view, session.amount_total!)}</p>
      <button class="button" type="submit" name="outcome" value="agree">
        {say.agree}
      </button>
      <button class="button quiet" type="submit" name="outcome" value="refuse">
        {say.refuse}
      </button>
    </form>
  )
}

export const Closed = ({ session, state, language }: View) => {
  const say = words[language]
  const onward =
    state === 'paid' ? session.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', session.id) : session.cancel_url
  return (
    <>
      <h1>{state === 'paid' ? say.paid : say.expired}</h1>
      <p class="muted">{state === 'paid' ? say.paidText : say.expiredText}</p>
      {onward ? (
        <a class="button" href={onward}>
          {say.onward}
        </a>
      ) : null}
    </>
  )
}

const money = ({ session, language }: View, amount: number) => format(amount, session.currency!, language)

export const boundsText = (view: View) =>
  words[view.language].amountBounds(money(view, view.bounds!.least), money(view, view.bounds!.most))
