import type Stripe from 'stripe'
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
}

export type Typed = Record<'email' | 'name' | 'method' | 'number' | 'expiry' | 'cvc' | 'amount', string>
export type Problems = Partial<Record<keyof Typed | 'form', string>>

export const Checkout = (view: View & { typed: Typed; problems: Problems }) => (
  <>
    <section>
      <Shop {...view} />
      {view.bounds ? null : <p class="total money">{money(view, view.session.amount_total!)}</p>}
      <ul class="items">
        {view.items.map((item) => (
          <li>
            <span>{item.description}</span>
            {view.bounds ? null : <span class="money">{money(view, item.amount_total)}</span>}
            {item.quantity! > 1 ? <small>{words[view.language].quantity(item.quantity!)}</small> : null}
          </li>
        ))}
      </ul>
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
      <fieldset class="methods">
        <legend>{say.method}</legend>
        {methods.map((method) => (
          <label class="method">
            <input type="radio" name="method" value={method} checked={typed.method === method} />
            {say[method]}
          </label>
        ))}
      </fieldset>
      {methods.includes('card') ? (
        <div class="card-fields">
          <Field {...view} name="number" label={say.number} inputmode="numeric" autocomplete="off" />
          <div class="two">
            <Field {...view} name="expiry" label={say.expiry} inputmode="numeric" autocomplete="off" />
            <Field {...view} name="cvc" label={say.cvc} inputmode="numeric" autocomplete="off" />
          </div>
          <Field {...view} name="name" label={say.name} hint={say.optional} autocomplete="name" />
        </div>
      ) : null}
      <button class="button" type="submit">
        {bounds ? say.pay('') : say.pay(money(view, session.amount_total!))}
      </button>
      {methods.includes('card') ? <TestCards {...view} /> : null}
    </form>
  )
}

interface FieldProps {
  name: keyof Typed
  label: string
  hint?: string
  type?: string
  inputmode?: 'decimal' | 'numeric'
  autocomplete?: string
  readonly?: boolean
  typed: Typed
  problems: Problems
}

const Field = ({ name, label, hint, typed, problems, type, inputmode, autocomplete, readonly }: FieldProps) => (
  <label class="field">
    <span>
      {label} {hint ? <small class="muted">{hint}</small> : null}
    </span>
    <input
      name={name}
      value={typed[name]}
      aria-invalid={problems[name] ? 'true' : undefined}
      {...{ type, inputmode, autocomplete, readonly }}
    />
    {problems[name] ? <small class="error">{problems[name]}</small> : null}
  </label>
)

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
