import { Folded } from '../ui/folded.tsx'
import type { Locale } from '../ui/i18n.ts'
import type { identitiesOf } from './oauth-accounts.ts'
import { providerNames, words } from './oauth-words.ts'
import type { Way } from './sign-in.ts'

interface IdentitySectionProps {
  locale: Locale
  identities: Awaited<ReturnType<typeof identitiesOf>>
  /** What is switched on: AuthDeps.ways. */
  ways: Way[]
}

/** For the account page: GitHub and Google accounts, to link and to unlink. Nothing where there is neither. */
export function IdentitySection({ locale, identities, ways }: IdentitySectionProps) {
  const t = words[locale]
  const names = Object.entries(providerNames)
  const linkable = names.filter(
    ([provider]) => ways.some(({ name }) => name === provider) && !identities.some((one) => one.provider === provider),
  )
  if (linkable.length === 0 && identities.length === 0) return null
  return (
    <Folded id="identities" heading={t.linked}>
      <p class="small muted">{t.linkedText}</p>
      <ul class="rows">
        {identities.map(({ provider, email }) => (
          <li>
            <span>{names.find(([name]) => name === provider)?.[1] ?? provider}</span>
            <form method="post" action={`/account/unlink/${provider}`}>
              <button type="submit" class="plain">
                {t.unlink}
              </button>
            </form>
            <small>{email}</small>
          </li>
        ))}
      </ul>
      {linkable.map(([provider, name]) => (
        <form method="post" action={`/account/link/${provider}`}>
          <button type="submit" class="button quiet">
            {t.link(name)}
          </button>
        </form>
      ))}
    </Folded>
  )
}
