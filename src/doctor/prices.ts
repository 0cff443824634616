import type { Catalog } from '../define-catalog.ts'
import { formatMoney, type Money } from '../money.ts'
import { whatIsLeft } from '../payments/fees.ts'
import { dictionary, type Locale } from '../ui/i18n.ts'
import { type Check, findings } from './check.ts'

const DEAR_PERCENT = 20

const words = dictionary({
  'zh-CN': {
    unused: '不经过 Stripe，没有手续费',
    left: (amounts: string) => `最小的几笔大约到手：${amounts}`,
    join: '；',
    one: (price: string, net: string, percent: number) => `${price} 到手 ${net}（手续费 ${percent}%）`,
    mend: '几份一起卖：五份一起的手续费，比五个一份的少得多。红包小一点没关系，心意最重。',
  },
  en: {
    unused: 'nothing goes through Stripe, so there is no fee',
    left: (amounts) => `about what is left of the smallest amounts: ${amounts}`,
    join: '; ',
    one: (price, net, percent) => `${net} of ${price} (the fee is ${percent}%)`,
    mend: 'Sell several at once: five together cost far less than five times one. A small tip is fine all the same.',
  },
})
const { ok, warning, skipped } = findings(words)

export const pricesChecks: Check[] = [
  {
    name: 'prices',
    run({ catalog, config }) {
      if (!config.stripe.isUsed) return skipped((t) => t.unused)
      const lefts = smallest(catalog).map((money) => ({ money, ...whatIsLeft(money, 'card') }))
      const percents = lefts.map(({ money, fee }) => Math.round((fee * 100) / money.amount))
      const say = (t: (typeof words)['en'], locale: Locale) => {
        const one = ({ money, net }: (typeof lefts)[number], i: number) =>
          t.one(formatMoney(money, locale), formatMoney({ ...money, amount: net }, locale), percents[i]!)
        return t.left(lefts.map(one).join(t.join))
      }
      const isDear = percents.some((percent) => percent > DEAR_PERCENT)
      return isDear ? warning(say, (t) => t.mend) : ok(say)
    },
  },
]

/** The smallest amount that is offered, in each currency. */
function smallest({ products, tip }: Catalog): Money[] {
  const amounts = [...products.flatMap(({ prices }) => prices.map(({ money }) => money)), ...tip.presets]
  const currencies = [...new Set(amounts.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const [first, ...others] = amounts.filter((money) => money.currency === currency)
    return others.reduce((least, money) => (money.amount < least.amount ? money : least), first!)
  })
}
