import type { CardProblem } from './cards.ts'

/** The hosted page speaks Chinese and English. */
export type Language = 'zh' | 'en'

export function languageOf(locale: string | null, acceptLanguage: string | undefined): Language {
  const wanted = locale && locale !== 'auto' ? locale : (acceptLanguage ?? '').trim()
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

interface Words {
  sandbox: string
  noMoney: string
  back: string
  pay: (amount: string) => string
  payTo: (shop: string) => string
  email: string
  emailProblem: string
  name: string
  optional: string
  method: string
  card: string
  alipay: string
  wechat_pay: string
  number: string
  expiry: string
  cvc: string
  amount: string
  amountBounds: (least: string, most: string) => string
  testCards: string
  cards: [number: string, does: string][]
  anything: string
  quantity: (count: number) => string
  changeQuantity: string
  quantityProblem: (least: number, most: number) => string
  per: (amount: string, interval: string, count: number) => string
  trialFor: (days: number) => string
  afterwards: (what: string, from: string) => string
  dueToday: (amount: string) => string
  subscribe: string
  startTrial: string
  complete: string
  code: string
  apply: string
  takeAway: string
  codeProblem: string
  discount: (what: string) => string
  noTax: string
  paid: string
  paidText: string
  expired: string
  expiredText: string
  unknown: string
  authentication: string
  authenticationText: string
  walletText: (wallet: string) => string
  qrStandIn: string
  agree: string
  refuse: string
  failed: string
  onward: string
  problems: Record<CardProblem, string>
  declines: Record<string, string>
}

const en: Words = {
  sandbox: 'Sandbox',
  noMoney: 'A rehearsal on this computer. No real money moves.',
  back: 'Back',
  pay: (amount) => `Pay ${amount}`,
  payTo: (shop) => `Pay ${shop}`,
  email: 'Email',
  emailProblem: 'Your email is incomplete.',
  name: 'Name on card',
  optional: 'optional',
  method: 'Payment method',
  card: 'Card',
  alipay: 'Alipay',
  wechat_pay: 'WeChat Pay',
  number: 'Card number',
  expiry: 'Expires',
  cvc: 'CVC',
  amount: 'Amount',
  amountBounds: (least, most) => `between ${least} and ${most}`,
  testCards: 'Cards to try',
  cards: [
    ['4242 4242 4242 4242', 'pays'],
    ['4000 0000 0000 0002', 'is declined'],
    ['4000 0000 0000 9995', 'has too little money'],
    ['4000 0025 0000 3155', 'asks for authentication'],
    ['4000 0000 0000 0259', 'pays, and is disputed'],
  ],
  anything: 'Any date in the future, any three digits. Never a real card.',
  quantity: (count) => `Qty ${count}`,
  changeQuantity: 'Change',
  quantityProblem: (least, most) => `between ${least} and ${most}`,
  per: (amount, interval, count) => (count > 1 ? `${amount} every ${count} ${interval}s` : `${amount} per ${interval}`),
  trialFor: (days) => `${days} ${days === 1 ? 'day' : 'days'} free`,
  afterwards: (what, from) => `Then ${what}, from ${from}`,
  dueToday: (amount) => `Due today: ${amount}`,
  subscribe: 'Subscribe',
  startTrial: 'Start trial',
  complete: 'Complete order',
  code: 'Promotion code',
  apply: 'Apply',
  takeAway: 'Remove',
  codeProblem: 'This code is invalid.',
  discount: (what) => `Discount ${what}`,
  noTax: 'Stripe would add tax here. The sandbox knows no tax rates and adds none.',
  paid: 'Already paid',
  paidText: 'This payment went through. There is nothing left to do here.',
  expired: 'This page has expired',
  expiredText: 'Nothing was charged. Go back to the shop and start again.',
  unknown: 'There is no such checkout.',
  authentication: 'Your bank wants to know it is you',
  authenticationText: 'A rehearsal of 3-D Secure. Choose what the bank should answer.',
  walletText: (wallet) => `The stand-in for ${wallet}. Choose what the phone should answer.`,
  qrStandIn: 'A QR code for the phone would be here',
  agree: 'Authorise the payment',
  refuse: 'Fail the payment',
  failed: 'The payment was not authorised. Try again, or pay another way.',
  onward: 'To the shop',
  problems: {
    number_incomplete: 'Your card number is incomplete.',
    number_invalid: 'Your card number is invalid.',
    expiry_incomplete: "Your card's expiration date is incomplete.",
    expiry_past: "Your card's expiration date is in the past.",
    cvc_incomplete: "Your card's security code is incomplete.",
  },
  declines: {},
}

/** One of them, several of them. */
const INTERVALS: Record<string, [string, string]> = {
  day: ['天', '天'],
  week: ['周', '周'],
  month: ['月', '个月'],
  year: ['年', '年'],
}

const zh: Words = {
  sandbox: '沙盒',
  noMoney: '只在这台电脑上演练，不会动真钱。',
  back: '返回',
  pay: (amount) => `支付 ${amount}`,
  payTo: (shop) => `付款给 ${shop}`,
  email: '邮箱',
  emailProblem: '请填写完整的邮箱。',
  name: '持卡人姓名',
  optional: '可不填',
  method: '支付方式',
  card: '银行卡',
  alipay: '支付宝',
  wechat_pay: '微信支付',
  number: '卡号',
  expiry: '有效期',
  cvc: '安全码',
  amount: '金额',
  amountBounds: (least, most) => `${least} 到 ${most}`,
  testCards: '可以试的卡',
  cards: [
    ['4242 4242 4242 4242', '付款成功'],
    ['4000 0000 0000 0002', '被拒绝'],
    ['4000 0000 0000 9995', '余额不足'],
    ['4000 0025 0000 3155', '需要验证身份'],
    ['4000 0000 0000 0259', '付款成功，之后有争议'],
  ],
  anything: '有效期填将来任意日期，安全码填任意三位。不要填真卡。',
  quantity: (count) => `数量 ${count}`,
  changeQuantity: '更改',
  quantityProblem: (least, most) => `${least} 到 ${most}`,
  per: (amount, interval, count) =>
    `每${count > 1 ? ` ${count} ` : ''}${INTERVALS[interval]![count > 1 ? 1 : 0]} ${amount}`,
  trialFor: (days) => `免费试用 ${days} 天`,
  afterwards: (what, from) => `${from}起${what}`,
  dueToday: (amount) => `今天付 ${amount}`,
  subscribe: '订阅',
  startTrial: '开始试用',
  complete: '完成订单',
  code: '优惠码',
  apply: '使用',
  takeAway: '移除',
  codeProblem: '这个优惠码无效。',
  discount: (what) => `优惠 ${what}`,
  noTax: 'Stripe 在这里会加税。沙盒没有税率，不加。',
  paid: '已经付过了',
  paidText: '这笔付款已经完成，这里没有要做的了。',
  expired: '这个页面已过期',
  expiredText: '没有扣款。请回到商家重新开始。',
  unknown: '没有这个结账页。',
  authentication: '银行想确认是你本人',
  authenticationText: '这是 3D 验证的演练。请选择银行的答复。',
  walletText: (wallet) => `这里代替${wallet}。请选择手机上的答复。`,
  qrStandIn: '真实页面上，这里是给手机扫的二维码',
  agree: '授权付款',
  refuse: '付款失败',
  failed: '付款没有通过验证。请再试一次，或换一种方式。',
  onward: '去商家',
  problems: {
    number_incomplete: '卡号不完整。',
    number_invalid: '卡号无效。',
    expiry_incomplete: '有效期不完整。',
    expiry_past: '有效期已过。',
    cvc_incomplete: '安全码不完整。',
  },
  declines: {
    generic_decline: '银行卡被拒绝。',
    insufficient_funds: '银行卡余额不足。',
    lost_card: '银行卡被拒绝。',
    stolen_card: '银行卡被拒绝。',
    fraudulent: '银行卡被拒绝。',
    expired_card: '银行卡已过期。',
    incorrect_cvc: '安全码不正确。',
    processing_error: '处理时出了点问题，请稍后再试。',
    test_mode_live_card: '这里只收测试卡，请不要填真卡。',
  },
}

export const words = { en, zh }
