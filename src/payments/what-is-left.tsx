import { formatMoney, type Money } from '../money.ts'
import { dictionary, type Locale } from '../ui/i18n.ts'
import { type Account, whatIsLeft } from './fees.ts'

const words = dictionary({
  'zh-CN': {
    card: (net: string) => `刷卡付，大约到手 ${net}`,
    abroad: (net: string) => `外国卡 ${net}`,
    wallet: (net: string) => `支付宝或微信支付，大约 ${net}`,
    join: '；',
    amount: '金额',
    byCard: '刷卡',
    byWallet: '支付宝、微信支付',
    table: '大约到手（括号里是 Stripe 的手续费）',
    minimum: (least: string) => `都是估算，以 Stripe 实际收的为准。Stripe 一笔最少收 ${least}，哪种方式都一样。`,
    estimate: '。这是估算，以 Stripe 实际收的为准。',
    dear: '手续费超过两成：几份一起卖更划算。',
  },
  en: {
    card: (net) => `About ${net} is left by card`,
    abroad: (net) => `${net} by one from abroad`,
    wallet: (net) => `about ${net} by Alipay or WeChat Pay`,
    join: ', ',
    amount: 'Amount',
    byCard: 'Card',
    byWallet: 'Alipay, WeChat Pay',
    table: 'About what is left (in brackets: Stripe’s fee)',
    minimum: (least) =>
      `Estimates: what counts is what Stripe takes. It takes no payment below ${least}, whatever the method.`,
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

/** The same for several amounts of one currency, with the fee and the least that Stripe takes. */
export function LeftTable({ amounts, locale }: { amounts: Money[]; locale: Locale }) {
  const t = words[locale]
  const short = (money: Money) => formatMoney(money, locale, { short: true })
  const least = amounts[0] && whatIsLeft(amounts[0], 'card').minimum
  return (
    <>
      <table class="left small">
        <caption class="muted">{t.table}</caption>
        <thead>
          <tr>
            {[t.amount, t.byCard, t.byWallet].map((text) => (
              <th scope="col">{text}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {amounts.map((money) => (
            <tr>
              <th scope="row" class="money">
                {short(money)}
              </th>
              {(['card', 'wallet'] as const).map((way) => {
                const { fee, net } = whatIsLeft(money, way)
                const text = (amount: number) => formatMoney({ ...money, amount }, locale)
                return (
                  <td>
                    <span class="money">{text(net)}</span> <span class="muted money">({text(fee)})</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {least !== undefined && (
        <p class="small muted">{t.minimum(short({ amount: least, currency: amounts[0]!.currency }))}</p>
      )}
    </>
  )
}

/** ¥6.6, ¥66, ¥660, or as many of another currency's minor units; what Stripe does not take is left out. */
export function typicalAmounts(currency: string): Money[] {
  const least = whatIsLeft({ amount: 0, currency }, 'card').minimum ?? 0
  return [660, 6600, 66_000].filter((amount) => amount >= least).map((amount) => ({ amount, currency }))
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
