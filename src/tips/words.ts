import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    title: '发个红包',
    product: '红包',
    heading: '帮到你了吗？发个红包。',
    lead: '一个人做的小服务。每一笔，都会被认真看见。',
    amount: '金额',
    own: '或者自己定',
    ownHint: (least: string, most: string) => `${least} 到 ${most}`,
    name: '怎么称呼你',
    message: '想说的话',
    pay: '付',
    payOwn: '付自己定的金额',
    payAny: '去付款',
    methods: (currency: string) => `微信支付、支付宝或银行卡，以${currency}计。下一步在 Stripe 的页面上付款。`,
  },
  en: {
    title: 'Send a tip',
    product: 'Tip',
    heading: 'Did it help? Send a red packet.',
    lead: 'One person runs this. I see every tip, and each one means something.',
    amount: 'Amount',
    own: 'Or choose your own',
    ownHint: (least, most) => `${least} to ${most}`,
    name: 'Your name',
    message: 'A few words',
    pay: 'Pay',
    payOwn: 'Pay my own amount',
    payAny: 'Continue to payment',
    methods: (currency) => `WeChat Pay, Alipay or card, charged in ${currency}. You pay on Stripe’s page, next.`,
  },
})
