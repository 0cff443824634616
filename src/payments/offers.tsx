import { catalog } from '../catalog.ts'
import type { Price, Product } from '../define-catalog.ts'
import type { Locale } from '../locales.ts'
import { formatMoney } from '../money.ts'
import { dictionary } from '../ui/i18n.ts'
import type { PageContext } from '../ui/layout.tsx'

const words = dictionary({
  'zh-CN': {
    buy: '购买',
    subscribe: '订阅',
    named: (verb: string, name: string) => `${verb}：${name}`,
    quantity: (name: string) => `数量：${name}`,
    trial: (days: number) => `先试用 ${days} 天`,
    every: { month: (amount: string) => `${amount} / 月`, year: (amount: string) => `${amount} / 年` },
  },
  en: {
    buy: 'Buy',
    subscribe: 'Subscribe',
    named: (verb, name) => `${verb}: ${name}`,
    quantity: (name) => `Quantity: ${name}`,
    trial: (days) => `free for the first ${days} days`,
    every: { month: (amount) => `${amount} a month`, year: (amount) => `${amount} a year` },
  },
})

/** What somebody needs to have: a plan, a credit, or either of them. */
export interface Needed {
  plan?: string | undefined
  credit?: boolean
}

/** What can be bought: without Stripe nobody can subscribe, and one pays for one of each. */
export function productsOnSale({ withoutStripe }: Pick<PageContext, 'withoutStripe'>): Product[] {
  if (!withoutStripe) return catalog.products
  const oneByOne = ({ prices }: Product) =>
    prices.filter(({ kind }) => kind !== 'subscription').map((price) => ({ ...price, most: 1 }))
  return catalog.products
    .map((product) => ({ ...product, prices: oneByOne(product) }))
    .filter(({ prices }) => prices.length > 0)
}

/** The products on sale that give what is needed, each with only those prices that do. */
export function productsFor({ plan, credit }: Needed, shop: Pick<PageContext, 'withoutStripe'>): Product[] {
  const gives = (price: Price) => (credit && price.credits > 0) || (plan !== undefined && price.product.plan === plan)
  return productsOnSale(shop)
    .map((product) => ({ ...product, prices: product.prices.filter(gives) }))
    .filter(({ prices }) => prices.length > 0)
}

interface Buying {
  locale: Locale
  /** Of this visit, so that a double click buys once. */
  request: string
}

/** What is sold, each price a form with one button. */
export function Offers({ products, ...buying }: Buying & { products: Product[] }) {
  return products.map((product) => (
    <section id={product.key}>
      <h2>{product.name[buying.locale]}</h2>
      <p class="muted">{product.description[buying.locale]}</p>
      <ul class="rows offers">
        {product.prices.map((price) => (
          <Offer {...buying} product={product} price={price} />
        ))}
      </ul>
    </section>
  ))
}

function Offer({ locale, request, product, price }: Buying & { product: Product; price: Price }) {
  const t = words[locale]
  const name = price.label?.[locale] ?? product.name[locale]
  const verb = price.every ? t.subscribe : t.buy
  return (
    <li>
      <form method="post" action={`/checkout/${price.key}`}>
        <input type="hidden" name="request" value={request} />
        <span>
          {name} <span class="money">{priceText(price, locale)}</span>
          {price.trialDays && <small> {t.trial(price.trialDays)}</small>}
        </span>
        {price.most > 1 && (
          <label class="quantity">
            <span class="unseen">{t.quantity(name)}</span>
            <input name="quantity" type="number" min="1" max={price.most} value="1" />
          </label>
        )}
        <button type="submit" class="button quiet" aria-label={t.named(verb, name)}>
          {verb}
        </button>
      </form>
    </li>
  )
}

/** "¥33 / 月": what a price costs, and how often. */
export function priceText({ money, every }: Price, locale: Locale): string {
  const amount = formatMoney(money, locale, { short: true })
  return every ? words[locale].every[every](amount) : amount
}
