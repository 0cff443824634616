import { catalog } from '../catalog.ts'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { words } from './claim-words.ts'
import type { OpenClaim } from './claims.ts'

interface Reading {
  locale: Locale
  timeZone: string
}

/** What waits for the owner's word, each with one tap for yes and one for no. Nothing when nothing does. */
export function OpenClaims({ claims, ...reading }: Reading & { claims: OpenClaim[] }) {
  const t = words[reading.locale]
  if (claims.length === 0) return null
  return (
    <section>
      <h2>{t.waiting}</h2>
      <p class="muted">{t.waitingLead}</p>
      <ul class="rows offers">
        {claims.map((claim) => (
          <ClaimRow {...reading} claim={claim} />
        ))}
      </ul>
    </section>
  )
}

function ClaimRow({ claim, locale, timeZone }: Reading & { claim: OpenClaim }) {
  const { id, code, amount, currency, description, message, name, email, days, credits, created_at, isTooMuch } = claim
  const t = words[locale]
  const opens = days ? t.opens.days(days) : credits > 0 && t.opens.credits(catalog.credits[locale](credits))
  const path = `/dashboard/offline/claims/${id}`
  return (
    <li>
      <form method="post" action={`${path}/confirm`}>
        <span>
          <code class="note">{code}</code> <Money value={{ amount, currency }} locale={locale} />
        </span>
        <button type="submit" class="button" aria-label={t.arrivedNamed(code)}>
          {t.arrived}
        </button>
      </form>
      {isTooMuch && <small class="block problem">{t.tooMuch}</small>}
      <small class="block">
        {[
          description,
          opens,
          message && `“${message}”`,
          name,
          email,
          formatDate(created_at, locale, timeZone, 'dateTime'),
        ]
          .filter(Boolean)
          .join(' · ')}
      </small>
      <form method="post" action={`${path}/refuse`}>
        <span />
        <button type="submit" class="plain" aria-label={t.missingNamed(code)}>
          {t.missing}
        </button>
      </form>
    </li>
  )
}
