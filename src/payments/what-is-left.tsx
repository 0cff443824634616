import { formatMoney, type Money } from '../money.ts'
import { dictionary, type Locale } from '../ui/i18n.ts'
import { type Account, whatIsLeft } from './fees.ts'

const words = dictionary({
  'zh-CN': {
    card: (net: string) => `刷卡付，大约到手 ${net}`,
    abroad: (net: string) => `外国卡 ${net}`,
    wallet: (net: string) => `支付宝或微信支付，大约 ${net}`,
    join: '；',
    estimate: '。这是估算，以 Stripe 实际收的为准。',
    dear: '手续费超过两成：几份一起卖更划算。',
  },
  en: {
    card: (net) => `About ${net} is left by card`,
    abroad: (net) => `${net} by one from abroad`,
    wallet: (net) => `about ${net} by Alipay or WeChat Pay`,
    join: ', ',
    estimate: '. An estimate: what counts is what Stripe takes.',
    dear: 'The fee is more than a fifth: sell several at once.',
  },
})

/** For the owner, beside an amount: what is about left of it. Nothing for the customer to see. */
export function WhatIsLeft({ money, locale, ...account }: { money: Money; locale: Locale } & Account) {
  const { left, hint } = leftText(money, locale, account)
  return (
    <p class="small muted">
      {left}
      {words[locale].estimate} {hint}
    </p>
  )
}

/** "About ¥4.23 is left by card, about ¥4.31 by …", and a hint where a card costs more than a fifth. An estimate; say so beside it. */
export function leftText(money: Money, locale: Locale, account: Account = {}): { left: string; hint: string } {
  const t = words[locale]
  const net = (way: 'card' | 'abroad' | 'wallet') =>
    formatMoney({ ...money, amount: whatIsLeft(money, way, account).net }, locale)
  const parts = [t.card(net('card'))]
  if (net('abroad') !== net('card')) parts.push(t.abroad(net('abroad')))
  // Alipay and WeChat Pay can't subscribe.
  if (!account.isSubscription) parts.push(t.wallet(net('wallet')))
  const isDear = whatIsLeft(money, 'card', account).fee * 5 > money.amount
  return { left: parts.join(t.join), hint: isDear ? t.dear : '' }
}
