import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Way, whatIsLeft } from '../../src/payments/fees.ts'
import { leftText, WhatIsLeft } from '../../src/payments/what-is-left.tsx'

const CURRENCIES = ['cny', 'hkd', 'usd', 'sgd', 'eur', 'gbp', 'aud', 'cad', 'jpy', 'chf', 'kwd']
const currencies = fc.constantFrom(...CURRENCIES)
const ways = fc.constantFrom<Way>('card', 'abroad', 'wallet')
const amounts = fc.integer({ min: 0, max: 99_999_999 })

test('fee and net are whole, come to the price, and grow with it; no fee is below zero', () => {
  fc.assert(
    fc.property(amounts, amounts, currencies, currencies, ways, fc.boolean(), (one, other, currency, ...how) => {
      const [settlement, way, isSubscription] = how
      const left = (amount: number) => whatIsLeft({ amount, currency }, way, { settlement, isSubscription })
      const [less, more] = [left(Math.min(one, other)), left(Math.max(one, other))]
      for (const { fee, net } of [less, more]) {
        expect(Number.isSafeInteger(fee) && Number.isSafeInteger(net)).toBe(true)
        expect(fee).toBeGreaterThanOrEqual(0)
      }
      expect(less.fee + less.net).toBe(Math.min(one, other))
      expect(more.fee).toBeGreaterThanOrEqual(less.fee)
      expect(more.net).toBeGreaterThanOrEqual(less.net)
    }),
  )
})

test('of ¥6.6 a card leaves ¥4.23, as in the sandbox; converting it or subscribing leaves less', () => {
  const tip = { amount: 660, currency: 'cny' }
  expect(whatIsLeft(tip, 'card')).toEqual({ fee: 237, net: 423, minimum: 600, isEstimate: true })
  expect(whatIsLeft(tip, 'wallet').net).toBe(430)
  expect(whatIsLeft(tip, 'card', { settlement: 'hkd' }).net).toBe(410)
  expect(whatIsLeft({ amount: 3300, currency: 'cny' }, 'card', { isSubscription: true }).fee).toBe(135 + 215)
  expect(whatIsLeft({ amount: 1000, currency: 'usd' }, 'card').fee).toBe(59)
  expect(whatIsLeft({ amount: 1000, currency: 'usd' }, 'abroad').fee).toBe(74)
  expect(whatIsLeft({ amount: 1000, currency: 'jpy' }, 'card').fee).toBe(36)
})

test('the owner is told in both languages that it is an estimate, and to sell several where the fee is dear', () => {
  const say = (amount: number, locale: 'zh-CN' | 'en', currency = 'cny') =>
    String(<WhatIsLeft money={{ amount, currency }} locale={locale} />)
  expect(say(660, 'zh-CN')).toMatch(/大约到手 ¥4\.23；支付宝或微信支付，大约 ¥4\.30.*估算.*几份一起卖/)
  expect(say(660, 'en')).toMatch(/About ¥4\.23 is left by card, about ¥4\.30 by Alipay.*An estimate.*sell several/)
  expect(say(3000, 'en')).not.toContain('several')
  expect(say(1000, 'en', 'usd')).toContain('About $9.41 is left by card, $9.26 by one from abroad')
  const monthly = leftText({ amount: 3300, currency: 'cny' }, 'en', { isSubscription: true })
  expect(monthly).toEqual({ left: 'About ¥29.50 is left by card', hint: '' })
})
