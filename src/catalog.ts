import { defineCatalog } from './define-catalog.ts'

/** WHAT YOU SELL. This is the file to edit first: your name, your words, your prices. */
export const catalog = defineCatalog({
  name: { 'zh-CN': '问一个工程师', en: 'Ask an engineer' },
  tagline: {
    'zh-CN': '卡住了？问我。回答你的是真人。',
    en: 'Stuck? Ask me. A real person answers.',
  },
  story: {
    'zh-CN': '我是一个人做事的工程师。你的问题解决了，愿意的话，发个 6.6 元的红包，我会认真看见每一笔。',
    en: 'I am one engineer, working alone. If I solved your problem, send ¥6.6 if you like. I look at every single one.',
  },
  // Stripe settles in your account's own currency, whatever you charge in.
  currency: 'cny',
  // Stripe takes no less than about ¥6: see stripeMinimum in money.ts.
  // A customer takes back what is unused with one click, as a dispute costs you more than the sale: see docs/refunds.md.
  // Leave it out, and they have to ask you.
  refunds: { days: 14, upTo: { cny: '100' } },
  tip: { presets: ['6.6', '16.6', '66'], least: '6', most: '5000' },

  // What one of the `credits` below is called wherever somebody has, uses or loses them.
  credits: {
    'zh-CN': (count) => `${count} 次提问`,
    en: (count) => (count === 1 ? '1 question' : `${count} questions`),
  },

  products: {
    question: {
      name: { 'zh-CN': '提问', en: 'Questions' },
      description: {
        'zh-CN': '把卡住你的问题写给我。我亲自看，亲自答，答了可以追问一次。',
        en: 'Write me what you are stuck on. I read it and answer it myself, and you may ask back once.',
      },
      prices: {
        'question-1': { amount: '6.6', credits: 1, label: { 'zh-CN': '一次提问', en: 'One question' }, most: 10 },
        // A card costs about a third of ¥6.6, and a tenth of this.
        'question-5': { amount: '30', credits: 5, label: { 'zh-CN': '五次提问', en: 'Five questions' } },
      },
    },
    member: {
      name: { 'zh-CN': '会员', en: 'Membership' },
      description: { 'zh-CN': '想问就问，不用数着问。', en: 'Ask whenever you like, without counting.' },
      plan: 'member',
      prices: {
        'member-month': { amount: '33', every: 'month', label: { 'zh-CN': '按月', en: 'Monthly' } },
        'member-year': { amount: '330', every: 'year', label: { 'zh-CN': '按年', en: 'Yearly' } },
        // For WeChat Pay and Alipay, which can't subscribe.
        'member-30-days': { amount: '36', days: 30, label: { 'zh-CN': '三十天', en: 'Thirty days' } },
      },
    },
  },
})

/** What is sold under a key; undefined when nothing is. */
export function priceOfKey(key: string | undefined) {
  return catalog.products.flatMap((product) => product.prices).find((price) => price.key === key)
}

/** The product that opens a plan. */
export function productOfPlan(plan: string | null) {
  return catalog.products.find((product) => product.plan !== undefined && product.plan === plan)
}
