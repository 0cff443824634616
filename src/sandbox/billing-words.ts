import { format } from './currencies.ts'
import type { Price } from './resources/prices.ts'
import { type Language, words } from './words.ts'

/** What the portal, the invoices and the receipts say. */
const en = {
  portal: 'Your subscriptions and invoices',
  back: 'Back to the shop',
  none: 'There is no such page.',
  subscriptions: 'Subscriptions',
  noSubscriptions: 'You have no subscription.',
  renews: (date: string) => `Renews on ${date}`,
  trial: (date: string) => `Free until ${date}`,
  ends: (date: string) => `Ends on ${date}`,
  owed: 'The last payment failed. Replace your card, and we try again.',
  cancel: 'Cancel subscription',
  reason: 'Why?',
  reasons: {
    customer_service: 'The customer service',
    low_quality: 'The quality',
    missing_features: 'Something is missing',
    other: 'Another reason',
    switched_service: 'I found another',
    too_complex: 'Too complicated',
    too_expensive: 'Too expensive',
    unused: 'I do not use it enough',
  } as Record<string, string>,
  resume: 'Keep the subscription',
  switchTo: (plan: string) => `Switch to ${plan}`,
  card: 'Card',
  noCard: 'No card yet.',
  replaceCard: 'Use this card from now on',
  invoices: 'Invoices',
  noInvoices: 'No invoices yet.',
  invoice: 'Invoice',
  receipt: 'Receipt',
  total: 'Total',
  discount: 'Discount',
  credit: 'Credit',
  due: 'Due',
  paidOn: (date: string) => `Paid on ${date}`,
  paidWith: (card: string) => `Paid with ${card}`,
  to: 'To',
  pay: (amount: string) => `Pay ${amount}`,
  print: 'To print',
  refunded: 'Refunded',
  status: {
    active: 'Active',
    canceled: 'Ended',
    draft: 'Draft',
    incomplete: 'Not paid yet',
    open: 'Open',
    paid: 'Paid',
    past_due: 'Overdue',
    paused: 'Paused',
    trialing: 'Trial',
    uncollectible: 'Given up',
    unpaid: 'Unpaid',
    void: 'Void',
  } as Record<string, string>,
}

const zh: typeof en = {
  portal: '订阅和账单',
  back: '回到商家',
  none: '没有这个页面。',
  subscriptions: '订阅',
  noSubscriptions: '还没有订阅。',
  renews: (date) => `${date}续订`,
  trial: (date) => `${date}前免费`,
  ends: (date) => `${date}结束`,
  owed: '上次扣款没有成功。换一张卡，我们马上再试。',
  cancel: '取消订阅',
  reason: '为什么？',
  reasons: {
    customer_service: '客服不好',
    low_quality: '质量不好',
    missing_features: '缺少需要的功能',
    other: '其他原因',
    switched_service: '换了别家',
    too_complex: '太复杂',
    too_expensive: '太贵',
    unused: '用得不多',
  },
  resume: '继续订阅',
  switchTo: (plan) => `换成${plan}`,
  card: '银行卡',
  noCard: '还没有银行卡。',
  replaceCard: '以后用这张卡',
  invoices: '账单',
  noInvoices: '还没有账单。',
  invoice: '账单',
  receipt: '收据',
  total: '合计',
  discount: '优惠',
  credit: '余额抵扣',
  due: '应付',
  paidOn: (date) => `${date}已付`,
  paidWith: (card) => `付款方式：${card}`,
  to: '付款人',
  pay: (amount) => `支付 ${amount}`,
  print: '打印',
  refunded: '已退款',
  status: {
    active: '有效',
    canceled: '已结束',
    draft: '草稿',
    incomplete: '未付款',
    open: '待付',
    paid: '已付',
    past_due: '逾期',
    paused: '暂停',
    trialing: '试用',
    uncollectible: '已放弃',
    unpaid: '欠费',
    void: '作废',
  },
}

export const billingWords = { en, zh }

export const day = (seconds: number, language: Language) =>
  new Date(seconds * 1000).toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long' })

export function pricePer({ unit_amount, currency, recurring }: Price, quantity: number, language: Language): string {
  const amount = format((unit_amount ?? 0) * quantity, currency, language)
  return recurring ? words[language].per(amount, recurring.interval, recurring.interval_count) : amount
}

export const cardName = ({ card }: { card?: { brand: string | null; last4: string | null } }) =>
  card ? `${card.brand} •••• ${card.last4}` : ''
