import { Folded } from '../ui/folded.tsx'
import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import { formatDate, type Locale, relativeTime } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { NAME_LENGTH, type OwnKey } from './keys.ts'
import { words } from './words.ts'

interface SectionProps {
  locale: Locale
  timeZone: string
  now: Date
  keys: OwnKey[]
  /** Whether the sign-in is fresh: without that none can be made. */
  fresh: boolean
}

/** For the account page: one's keys, to make and to revoke. */
export function KeySection({ keys, fresh, ...reading }: SectionProps) {
  const t = words[reading.locale]
  return (
    <Folded id="keys" heading={t.heading}>
      <p class="small muted">
        {t.text} <a href="/api">{t.how}</a>
      </p>
      {keys.length > 0 && (
        <ul class="rows">
          {keys.map((key) => (
            <KeyRow {...reading} own={key} />
          ))}
        </ul>
      )}
      {fresh ? (
        <KeyForm locale={reading.locale} typed="" />
      ) : (
        <p class="small">
          {t.again}
          <a href="/sign-in?return=%2Faccount&again=1">{t.againLink}</a>
        </p>
      )}
    </Folded>
  )
}

function KeyRow({ own, locale, timeZone, now }: Omit<SectionProps, 'keys' | 'fresh'> & { own: OwnKey }) {
  const t = words[locale]
  const { id, name, prefix, created_at, last_used_at } = own
  return (
    <li>
      <span>{name ?? t.unnamed}</span>
      <form method="post" action="/account/keys/revoke">
        <input type="hidden" name="id" value={String(id)} />
        <button type="submit" class="plain">
          {t.revoke}
        </button>
      </form>
      <small>
        <code>{prefix}…</code>
        {` · ${t.made(formatDate(created_at, locale, timeZone, 'date'))} · `}
        {last_used_at ? t.used(relativeTime(last_used_at, locale, now)) : t.unused}
      </small>
    </li>
  )
}

function KeyForm({ locale, typed, error }: { locale: Locale; typed: string; error?: string }) {
  const t = words[locale]
  return (
    <form method="post" action="/account/keys" novalidate>
      <input type="hidden" name="request" value={crypto.randomUUID()} />
      <Problem locale={locale} problems={error ? [{ field: 'name', text: error }] : []} />
      <Field
        label={t.name}
        name="name"
        value={typed}
        hint={t.nameHint}
        error={error}
        maxLength={NAME_LENGTH}
        autocomplete="off"
      />
      <SubmitButton kind="quiet">{t.make}</SubmitButton>
    </form>
  )
}

/** The form again, with what was typed. */
export function KeyFormPage({ typed, error, ...context }: PageContext & { typed: string; error: string }) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.heading} narrow>
      <h1>{t.heading}</h1>
      <KeyForm locale={context.locale} typed={typed} error={error} />
      <Back locale={context.locale} />
    </Page>
  )
}

export function NewKeyPage({ newKey, ...context }: PageContext & { newKey: string }) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.newTitle} narrow>
      <h1>{t.newTitle}</h1>
      <p class="lead">{t.once}</p>
      <pre>
        <code>{newKey}</code>
      </pre>
      <p>
        <a href="/api">{t.how}</a>
      </p>
      <Back locale={context.locale} />
    </Page>
  )
}

function Back({ locale }: { locale: Locale }) {
  return (
    <p class="small">
      <a href="/account">{words[locale].back}</a>
    </p>
  )
}
