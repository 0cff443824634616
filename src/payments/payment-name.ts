import { priceOfKey } from '../catalog.ts'
import { dictionary, type Locale, locales } from '../ui/i18n.ts'
import { describe } from './checkout.ts'

const words = dictionary({ 'zh-CN': { tip: '红包' }, en: { tip: 'Tip' } })

interface Named {
  kind: string
  description: string
  price_key?: string | null | undefined
}

/**
 * What a payment was for, in the reader's language: a payment is described in its customer's. What is no longer sold, and
 * what somebody wrote, stays as it was written.
 */
export function paymentName({ kind, description, price_key }: Named, locale: Locale): string {
  if (kind === 'tip') return words[locale].tip
  const price = priceOfKey(price_key ?? undefined)
  if (!price || (kind === 'offline' && !locales.some((one) => describe(price, one) === description))) return description
  return describe(price, locale)
}
