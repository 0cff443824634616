import { Folded } from '../ui/folded.tsx'
import { formatDate, type Locale, relativeTime } from '../ui/i18n.ts'
import { assetUrl } from '../ui/static.ts'
import { words } from './passkey-words.ts'
import type { passkeysOf } from './passkeys.ts'

export interface PasskeySectionProps {
  locale: Locale
  timeZone: string
  now: Date
  passkeys: Awaited<ReturnType<typeof passkeysOf>>
  /** Whether the sign-in is fresh (isFresh in guards.ts): without that nothing can be added or removed. */
  fresh: boolean
}

/** For the account page: one's passkeys, to add and to remove. */
export function PasskeySection({ fresh, passkeys, ...reading }: PasskeySectionProps) {
  const { locale } = reading
  const t = words[locale]
  return (
    <Folded id="passkeys" heading={t.heading}>
      <p class="small muted">{t.text}</p>
      {passkeys.length > 0 && (
        <ul class="rows">
          {passkeys.map((passkey) => (
            <PasskeyRow {...reading} passkey={passkey} fresh={fresh} />
          ))}
        </ul>
      )}
      {fresh ? <AddPasskey locale={locale} /> : <SignInAgain locale={locale} />}
    </Folded>
  )
}

type RowProps = Omit<PasskeySectionProps, 'passkeys'> & { passkey: PasskeySectionProps['passkeys'][number] }

function PasskeyRow({ passkey, fresh, locale, timeZone, now }: RowProps) {
  const t = words[locale]
  const { id, name, created_at, last_used_at } = passkey
  return (
    <li>
      <span>{name || t.passkey}</span>
      {fresh && (
        <form method="post" action="/account/passkeys/remove">
          <input type="hidden" name="id" value={id} />
          <button type="submit" class="plain">
            {t.remove}
          </button>
        </form>
      )}
      <small>
        {t.added(formatDate(created_at, locale, timeZone, 'date'))}
        {' · '}
        {last_used_at ? t.used(relativeTime(last_used_at, locale, now)) : t.unused}
      </small>
    </li>
  )
}

function AddPasskey({ locale }: { locale: Locale }) {
  const t = words[locale]
  return (
    <Scripted
      what="create"
      path="/account/passkeys"
      button={t.add}
      without={t.without}
      said={{ ...t.problems, ...t.addingProblems }}
    />
  )
}

function SignInAgain({ locale }: { locale: Locale }) {
  const t = words[locale]
  return (
    <p class="small">
      {t.again}
      <a href="/sign-in?return=%2Faccount&again=1">{t.againLink}</a>
    </p>
  )
}

/** For the sign-in page. Not there where the browser can't: the other ways to sign in are. */
export function PasskeyButton({ locale, returnTo }: { locale: Locale; returnTo: string }) {
  const t = words[locale]
  return <Scripted what="get" path="/sign-in/passkey" returnTo={returnTo} button={t.signIn} said={t.problems} />
}

interface ScriptedProps {
  what: 'create' | 'get'
  path: string
  returnTo?: string
  button: string
  /** Stands here instead where there is no script, or none that can. */
  without?: string
  said: Record<string, string>
}

/** Hidden until src/ui/static/passkeys.js finds that this browser can; all its words are given to it here. */
function Scripted({ what, path, returnTo, button, without, said }: ScriptedProps) {
  const data = Object.fromEntries(Object.entries(said).map(([problem, text]) => [`data-${problem}`, text]))
  return (
    <>
      {without && (
        <p class="small muted" data-without>
          {without}
        </p>
      )}
      <div hidden data-passkey={what} data-path={path} data-return={returnTo} {...data}>
        <p class="error" role="status" />
        <button type="button" class="button quiet">
          {button}
        </button>
      </div>
      <script type="module" src={assetUrl('passkeys.js')} />
    </>
  )
}
