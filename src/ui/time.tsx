import { formatDate, type Locale, relativeTime } from './i18n.ts'

interface TimeProps {
  at: Date
  locale: Locale
  timeZone: string
}

/** A moment, to the minute. */
export function Time({ at, locale, timeZone }: TimeProps) {
  return <time datetime={at.toISOString()}>{formatDate(at, locale, timeZone, 'dateTime')}</time>
}

/** How long ago it was; the moment itself is its title. */
export function Ago({ at, locale, timeZone, now }: TimeProps & { now: Date }) {
  return (
    <time datetime={at.toISOString()} title={formatDate(at, locale, timeZone, 'dateTime')}>
      {relativeTime(at, locale, now)}
    </time>
  )
}
