import { catalog } from '../catalog.ts'
import { Folded } from '../ui/folded.tsx'
import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Time } from '../ui/time.tsx'
import type { Adjustment } from './adjust.ts'
import { REASON_LENGTH } from './form.ts'
import { words } from './words.ts'

export interface CreditsForm {
  /** What was typed, kept. */
  values: { email: string; amount: string; reason: string; request: string; back?: string | undefined }
  problems: Partial<Record<'email' | 'amount' | 'reason', string>>
}

interface CreditsProps extends PageContext {
  form: CreditsForm
  /** What was just done, and what they have now. */
  done: (Adjustment & { left: number }) | undefined
  latest: Adjustment[]
  timeZone: string
}

export function CreditsPage({ form, done, latest, timeZone, ...context }: CreditsProps) {
  const { locale } = context
  const t = words[locale]
  const { values, problems } = form
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.heading}</h1>
      <p class="lead">{t.lead}</p>
      <Done {...{ locale, done }} />
      <form method="post" action="/dashboard/credits" novalidate>
        <Problem locale={locale} problems={Object.entries(problems).map(([field, text]) => ({ field, text }))} />
        <Field
          label={t.email}
          name="email"
          type="email"
          value={values.email}
          error={problems.email}
          autocomplete="off"
        />
        <HowManyAndWhy {...{ locale, form }} />
        <SubmitButton>{t.submit}</SubmitButton>
      </form>
      <section>
        <h2>{t.latest}</h2>
        {latest.length === 0 && <p class="muted">{t.none}</p>}
        <Adjustments {...{ locale, timeZone, latest }} withAddress />
      </section>
    </Page>
  )
}

/** On the page of one person: the same form, and what was given to them and taken. */
export function PersonCredits({
  form,
  done,
  latest,
  timeZone,
  locale,
}: Omit<CreditsProps, keyof PageContext> & { locale: Locale }) {
  const t = words[locale]
  return (
    <section>
      <Folded id="credits" heading={t.heading}>
        <Done {...{ locale, done }} />
        <form method="post" action="/dashboard/credits" novalidate>
          <input type="hidden" name="email" value={form.values.email} />
          <HowManyAndWhy {...{ locale, form }} />
          <SubmitButton kind="quiet">{t.submit}</SubmitButton>
        </form>
        <Adjustments {...{ locale, timeZone, latest }} />
      </Folded>
    </section>
  )
}

function Done({ locale, done }: Pick<CreditsProps, 'done'> & { locale: Locale }) {
  if (!done) return null
  const t = words[locale]
  const credits = catalog.credits[locale]
  return (
    <p class="notice" role="status">
      {(done.given > 0 ? t.given : t.taken)(done.email, credits(Math.abs(done.given)), credits(done.left))}
    </p>
  )
}

function HowManyAndWhy({ locale, form: { values, problems } }: { locale: Locale; form: CreditsForm }) {
  const t = words[locale]
  return (
    <>
      {/* Phones leave the minus out of their number pads. */}
      <Field
        label={t.amount}
        name="amount"
        value={values.amount}
        hint={t.amountHint(catalog.credits[locale](3))}
        error={problems.amount}
      />
      <Field
        label={t.reason}
        name="reason"
        value={values.reason}
        hint={t.reasonHint}
        error={problems.reason}
        maxLength={REASON_LENGTH}
      />
      <input type="hidden" name="request" value={values.request} />
      {values.back && <input type="hidden" name="back" value={values.back} />}
    </>
  )
}

interface AdjustmentsProps {
  locale: Locale
  timeZone: string
  latest: Adjustment[]
  /** Whose each was. */
  withAddress?: boolean
}

function Adjustments({ locale, timeZone, latest, withAddress = false }: AdjustmentsProps) {
  return (
    <ul class="rows">
      {latest.map(({ email, given, reason, at }) => (
        <li>
          <span>{withAddress ? email : reason}</span>
          <span class="money">{given > 0 ? `+${given}` : `−${-given}`}</span>
          <small>
            <Time {...{ at, locale, timeZone }} />
            {withAddress && ` · ${reason}`}
          </small>
        </li>
      ))}
    </ul>
  )
}
