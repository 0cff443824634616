import type { Language } from './words.ts'

// In UTC, and said so: the sandbox knows nobody's time zone, and a day of it may be another than the shop's.

/** "28/11/2026, 16:34:54 UTC" */
export function timeText(at: Date, language: Language): string {
  return `${at.toLocaleString(tagOf(language), { timeZone: 'UTC' })} UTC`
}

/** "28 November 2026 (UTC)", of Stripe's seconds. */
export function dayText(seconds: number, language: Language): string {
  const day = new Date(seconds * 1000).toLocaleDateString(tagOf(language), { dateStyle: 'long', timeZone: 'UTC' })
  return language === 'zh' ? `${day}（UTC）` : `${day} (UTC)`
}

const tagOf = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en-GB')
