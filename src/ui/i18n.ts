import { isLocale, type Locale, locales } from '../locales.ts'

export { isLocale, type Locale, locales }

// biome-ignore lint/suspicious/noExplicitAny: a word may take whatever it needs to say.
type Word = string | ((...args: any[]) => string)
interface Words {
  [key: string]: Word | Words
}
/** The same keys; where one language has a function, the other takes the same arguments. */
type Same<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Same<T[K]>
}

/**
 * The words of one feature, kept beside its pages: `words[locale].title`.
 * Chinese says which words there are; a key that English lacks, or has too many, is a compile error.
 */
export function dictionary<T extends Words>(words: { 'zh-CN': T; en: NoInfer<Same<T>> }): Record<Locale, Same<T>> {
  return words as unknown as Record<Locale, Same<T>>
}

/** A locale that was stored as text, or the first of ours. */
export function asLocale(value: string | null | undefined): Locale {
  return isLocale(value) ? value : locales[0]
}

/** The first of these that names a language we have: the switch, the account, the browser, the fallback. */
export function pickLocale(said: {
  query?: string | undefined
  cookie?: string | undefined
  account?: string | undefined
  acceptLanguage?: string | undefined
  fallback: Locale
}): Locale {
  const chosen = [said.query, said.cookie, said.account].find(isLocale)
  return chosen ?? fromBrowser(said.acceptLanguage ?? '') ?? said.fallback
}

function fromBrowser(acceptLanguage: string): Locale | undefined {
  // A header as long as this was not sent by a browser.
  const wanted = acceptLanguage
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { language: tag.split('-')[0], weight: q === undefined ? 1 : Number(q) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { language } of wanted) {
    const found = locales.find((locale) => locale.split('-')[0] === language)
    if (found) return found
  }
  return undefined
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 分钟前", "3 minutes ago". */
export function relativeTime(date: Date, locale: Locale, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000)
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  if (unit === 'second') return seconds > 0 ? soon[locale] : justNow[locale]
  // Always in numbers: "yesterday" is a matter of midnight, "1 day ago" is never wrong.
  return new Intl.RelativeTimeFormat(locale).format(Math.trunc(seconds / size), unit)
}

const justNow: Record<Locale, string> = { 'zh-CN': '刚刚', en: 'just now' }
const soon: Record<Locale, string> = { 'zh-CN': '马上', en: 'in a moment' }

const DATE_STYLES = {
  /** 11月24日 */
  day: { month: 'short', day: 'numeric' },
  /** 2026年11月 */
  month: { year: 'numeric', month: 'long' },
  /** 2026年11月24日 */
  date: { dateStyle: 'long' },
  /** 2026年11月24日 18:17 */
  dateTime: { dateStyle: 'long', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

export type DateStyle = keyof typeof DATE_STYLES

const dateFormats = new Map<string, Intl.DateTimeFormat>()

export function formatDate(date: Date, locale: Locale, timeZone: string, style: DateStyle): string {
  const key = `${locale} ${timeZone} ${style}`
  let format = dateFormats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...DATE_STYLES[style], timeZone })
    dateFormats.set(key, format)
  }
  return format.format(date)
}

/** "中国标准时间", "China Standard Time": for a time that somebody elsewhere must not miss. */
export function zoneName(date: Date, locale: Locale, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' }).formatToParts(date)
  return parts.find(({ type }) => type === 'timeZoneName')!.value
}

/** "人民币", "Chinese yuan": ¥ alone may also be yen. */
export function currencyName(currency: string, locale: Locale): string {
  const code = currency.toUpperCase()
  return new Intl.DisplayNames(locale, { type: 'currency' }).of(code) ?? code
}
