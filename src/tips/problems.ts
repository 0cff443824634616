import { catalog } from '../catalog.ts'
import { formatMoney } from '../money.ts'
import { dictionary, type Locale } from '../ui/i18n.ts'
import type { TipProblem } from './form.ts'

const words = dictionary({
  'zh-CN': {
    missing: '选一个金额，或者写下你想给的。',
    notAnAmount: '这个金额没看懂。像这样写：6.6',
    tooSmall: (least: string) => `最少 ${least}，再少支付渠道就收不了了。`,
    tooLarge: (most: string) => `最多 ${most}。心意领了！`,
    tooLong: '太长了，请短一点。',
  },
  en: {
    missing: 'Pick an amount, or write your own.',
    notAnAmount: 'That is not an amount we can read. Write it like this: 6.6',
    tooSmall: (least) => `The least is ${least}: below that, payment providers refuse it.`,
    tooLarge: (most) => `The most is ${most}. Thank you for the thought!`,
    tooLong: 'That is too long, please shorten it.',
  },
})

/** What was wrong with the tip form, in the reader's language. */
export function problemText(problem: TipProblem, locale: Locale): string {
  const t = words[locale]
  const short = (money: typeof catalog.tip.least) => formatMoney(money, locale, { short: true })
  if (problem === 'tooSmall') return t.tooSmall(short(catalog.tip.least))
  return problem === 'tooLarge' ? t.tooLarge(short(catalog.tip.most)) : t[problem]
}
