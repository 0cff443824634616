import type { Problems, Typed, View } from './checkout-form.tsx'
import { format } from './currencies.ts'
import type { LineItem } from './resources/line-items.ts'
import { dayText } from './times.ts'
import { words } from './words.ts'

/** What is bought: its price, how many of it, and a promotion code. */

type Shown = View & { typed: Typed; problems: Problems }

export const Price = (view: Shown) => {
  const { session, recurring, trialEnd, language, bounds } = view
  const say = words[language]
  const money = (amount: number) => format(amount, session.currency!, language)
  if (bounds) return null
  if (!recurring) return <p class="total money">{money(session.amount_total!)}</p>
  const { amount, interval, interval_count } = recurring
  const price = say.per(money(amount), interval, interval_count)
  if (trialEnd) {
    return (
      <>
        <p class="total money">{say.trialFor(Math.round((trialEnd - session.created) / 86400))}</p>
        <p class="muted money">{say.afterwards(price, dayText(trialEnd, language))}</p>
      </>
    )
  }
  return (
    <>
      <p class="total money">{price}</p>
      {session.amount_total === amount ? null : <p class="muted money">{say.dueToday(money(session.amount_total!))}</p>}
    </>
  )
}

export const Quantity = ({ view, item }: { view: Shown; item: LineItem }) => {
  const { minimum, maximum } = item.adjustable_quantity!
  return (
    <form class="inline" method="post" action={`/sandbox/checkout/${view.session.id}/change`}>
      <input
        type="number"
        name="quantity"
        value={String(item.quantity)}
        min={String(minimum)}
        max={String(maximum)}
        aria-label={words[view.language].quantity(item.quantity!)}
        aria-invalid={view.problems.quantity ? 'true' : undefined}
      />
      <button class="small-button" type="submit">
        {words[view.language].changeQuantity}
      </button>
      {view.problems.quantity ? <small class="error">{view.problems.quantity}</small> : null}
    </form>
  )
}

export const Discount = (view: Shown) => {
  const { session, language, discount, problems, typed } = view
  const say = words[language]
  const off = session.total_details?.amount_discount ?? 0
  return (
    <form class="inline" method="post" action={`/sandbox/checkout/${session.id}/change`}>
      {discount ? (
        <>
          <span>{say.discount(discount)}</span>
          <span class="money">{format(-off, session.currency!, language)}</span>
          {session.allow_promotion_codes ? (
            <button class="small-button" type="submit" name="code" value="">
              {say.takeAway}
            </button>
          ) : null}
        </>
      ) : (
        <>
          <input
            name="code"
            value={typed.code}
            placeholder={say.code}
            aria-label={say.code}
            autocomplete="off"
            aria-invalid={problems.code ? 'true' : undefined}
          />
          <button class="small-button" type="submit">
            {say.apply}
          </button>
          {problems.code ? <small class="error">{problems.code}</small> : null}
        </>
      )}
    </form>
  )
}
