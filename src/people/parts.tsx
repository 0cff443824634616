import { productOfPlan } from '../catalog.ts'
import type { Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import type { Person } from './people.ts'
import { words } from './words.ts'

/** What a person is called: by their name, else their address. Who is forgotten has neither. */
export function calledOf({ name, email, isForgotten }: Person, locale: Locale): string {
  return name ?? email ?? words[locale][isForgotten ? 'forgotten' : 'someone']
}

/** Each currency by itself, on a line of its own. */
export function Totals({ person, locale }: { person: Person; locale: Locale }) {
  if (person.paid.length === 0) return <span class="muted small">{words[locale].nothingPaid}</span>
  return (
    <span class="in">
      {person.paid.map(({ kept, currency }) => (
        <span class="block money">
          <Money value={{ amount: kept, currency }} locale={locale} />
          {/* ¥ is of two countries. */}
          {person.paid.length > 1 && ` ${currency.toUpperCase()}`}
        </span>
      ))}
    </span>
  )
}

export const planName = (plan: string, locale: Locale) => productOfPlan(plan)?.name[locale] ?? plan
