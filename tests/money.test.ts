import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimal, decimalsOf, formatMoney, parseAmount } from '../src/money.ts'

const currencies = fc.constantFrom('cny', 'usd', 'jpy', 'kwd', 'isk')

describe('amounts as people type them', () => {
  test.each([
    ['6.6', 660],
    ['6.60', 660],
    ['1.15', 115], // 1.15 * 100 is 114.99999999999999
    ['0.07', 7],
    ['¥6.6', 660],
    ['￥ 16.6', 1660],
    ['  66 ', 6600],
    ['６．６', 660],
    ['1,000', 100_000],
    ['1,234,567.89', 123_456_789],
    ['0', 0],
  ])('%j is %d fen', (text, amount) => {
    expect(parseAmount(text, 'cny')).toEqual({ amount, currency: 'cny' })
  })

  test.each([
    '',
    'abc',
    '6.666',
    '-6',
    '+6',
    '1e9',
    '6,6',
    '1,00',
    '.5',
    '6.',
    '6 6',
    '0x10',
    '6.6元',
    '$6.6',
    '€6',
    '٦',
    '9'.repeat(13),
    'Infinity',
  ])('%j is no amount of yuan', (text) => expect(parseAmount(text, 'cny')).toBeUndefined())

  test('yen have no decimals, dinars have three', () => {
    expect(parseAmount('500', 'jpy')).toEqual({ amount: 500, currency: 'jpy' })
    expect(parseAmount('5.5', 'jpy')).toBeUndefined()
    expect(parseAmount('1.234', 'kwd')).toEqual({ amount: 1234, currency: 'kwd' })
  })

  test("decimals are Stripe's, not Intl's: five króna are 500", () => {
    expect(parseAmount('5', 'isk')).toEqual({ amount: 500, currency: 'isk' })
    expect(decimalsOf('huf')).toBe(2)
    expect(decimalsOf('ugx')).toBe(2)
  })

  test('what is written out is read back the same', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), currencies, (amount, currency) => {
        const money = { amount, currency }
        expect(parseAmount(decimal(money), currency)).toEqual(money)
      }),
    )
  })
})

describe('amounts as people read them', () => {
  test.each([
    [660, 'zh-CN', '¥6.60'],
    [660, 'en', '¥6.60'],
    [123_456_789, 'en', '¥1,234,567.89'],
    [-660, 'zh-CN', '-¥6.60'],
    [-5, 'en', '-¥0.05'],
  ])('%d in %s: %s', (amount, locale, text) => expect(formatMoney({ amount, currency: 'cny' }, locale)).toBe(text))

  test('short, as on a red packet', () => {
    const short = (amount: number) => formatMoney({ amount, currency: 'cny' }, 'zh-CN', { short: true })
    expect([660, 1660, 6600, 655].map(short)).toEqual(['¥6.6', '¥16.6', '¥66', '¥6.55'])
  })

  test('large amounts stay exact', () => {
    expect(formatMoney({ amount: Number.MAX_SAFE_INTEGER, currency: 'cny' }, 'en')).toBe('¥90,071,992,547,409.91')
  })
})
