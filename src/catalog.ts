import { defineCatalog } from './define-catalog.ts'

/** WHAT YOU SELL. This is the file to edit first: your name, your words, your prices. */
export const catalog = defineCatalog({
  name: { 'zh-CN': '问一个工程师', en: 'Ask an engineer' },
  tagline: {
    'zh-CN': '卡住了？问我。解决了，再付钱。',
    en: 'Stuck? Ask me. Pay when it works.',
  },
  story: {
    'zh-CN': '我是一个人做事的工程师。你的问题解决了，愿意的话，发个 6.6 元的红包，我会认真看见每一笔。',
    en: 'I am one engineer, working alone. If I solved your problem, send ¥6.6 if you like. I look at every single one.',
  },
  // ISO 4217, lower case. Stripe settles in your account's own currency, whatever you charge in.
  currency: 'cny',
  // Stripe takes no less than about ¥6: see stripeMinimum in money.ts.
  tip: { presets: ['6.6', '16.6', '66'], least: '6', most: '5000' },
})
