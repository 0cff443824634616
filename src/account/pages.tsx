import type { JSX } from 'hono/jsx/jsx-runtime'
import type { identitiesOf } from '../auth/oauth-accounts.ts'
import { IdentitySection } from '../auth/oauth-parts.tsx'
import { PasskeySection, type PasskeySectionProps } from '../auth/passkey-parts.tsx'
import type { Way } from '../auth/sign-in.ts'
import { NewPasswordField } from '../auth/sign-up-pages.tsx'
import { words as authWords } from '../auth/words.ts'
import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { PasswordProblems } from './password-routes.tsx'
import { PlanSection, type PlanSectionProps } from './plan-section.tsx'
import type { Purchase } from './purchases.ts'
import { OwnDataSection, PurchasesSection, Said, SessionsSection, SignInSection } from './sections.tsx'
import type { OwnSession } from './sessions.ts'
import { words } from './words.ts'

export interface AccountProps extends PageContext {
  email: string
  hasPassword: boolean
  rights: PlanSectionProps['rights']
  portals: { subscriptionId?: string; plan?: string | null }[]
  subscriptions: PlanSectionProps['subscriptions']
  purchases: Purchase[]
  /** What may be done with one, by its id. */
  purchaseLinks: Map<string, { href: string; text: string }>
  /** Of the optional features. */
  sections: JSX.Element[]
  sessions: OwnSession[]
  identities: Awaited<ReturnType<typeof identitiesOf>>
  ways: Way[]
  passkeys: PasskeySectionProps['passkeys']
  /** Whether the sign-in is fresh: passkeys are added and removed right here. */
  fresh: boolean
  /** What was just done, by its key in the words. */
  said: string | undefined
  now: Date
  timeZone: string
}

export function AccountPage(props: AccountProps) {
  const { locale, path, shopName, user, links, footerLinks, withoutStripe } = props
  const t = words[locale]
  return (
    <Page {...{ locale, path, shopName, user, links, footerLinks, withoutStripe }} title={t.title} narrow>
      <Said {...props} />
      <h1>{t.title}</h1>
      <p class="lead">{props.email}</p>
      <PlanSection {...props} />
      <PurchasesSection {...props} />
      {props.sections}
      <SignInSection {...props} />
      <PasskeySection {...props} />
      <IdentitySection {...props} />
      <SessionsSection {...props} />
      <OwnDataSection {...props} />
    </Page>
  )
}

export function PasswordPage({
  hasPassword,
  problems,
  ...context
}: PageContext & { hasPassword: boolean; problems: PasswordProblems }) {
  const { locale } = context
  const t = words[locale]
  const heading = t.passwordHeading[hasPassword ? 'change' : 'set']
  const current = problems.current && t.wrongPassword
  const password = problems.password && authWords[locale].problems[problems.password]
  return (
    <Page {...context} title={heading} narrow>
      <h1>{heading}</h1>
      <p class="lead">{t.passwordText}</p>
      <form method="post" action="/account/password" novalidate>
        <Problem locale={locale} problems={listed({ current, password })} />
        {hasPassword && (
          <Field
            label={t.currentPassword}
            name="current"
            type="password"
            error={current}
            autocomplete="current-password"
          />
        )}
        <NewPasswordField locale={locale} label={t.newPassword} error={password} />
        <SubmitButton>{t.save}</SubmitButton>
      </form>
      {hasPassword && (
        <p class="small">
          <a href="/reset-password">{t.forgot}</a>
        </p>
      )}
      <Back locale={locale} />
    </Page>
  )
}

interface EmailProps extends PageContext {
  current: string
  typed: string
  problem: 'invalid' | 'same' | undefined
  isOwner: boolean
}

export function EmailPage({ current, typed, problem, isOwner, ...context }: EmailProps) {
  const { locale } = context
  const t = words[locale]
  const error = problem && (problem === 'same' ? t.sameEmail : t.badEmail)
  return (
    <Page {...context} title={t.emailHeading} narrow>
      <h1>{t.emailHeading}</h1>
      {isOwner && <p class="notice problem">{t.emailOwner}</p>}
      <p>{t.emailText(current)}</p>
      <p class="muted">{t.emailPurchases}</p>
      <form method="post" action="/account/email" novalidate>
        <Problem locale={locale} problems={listed({ email: error })} />
        <Field label={t.newEmail} name="email" type="email" value={typed} error={error} autocomplete="email" />
        <SubmitButton>{t.sendMail}</SubmitButton>
      </form>
      <Back locale={locale} />
    </Page>
  )
}

export function DataPage(context: PageContext) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.data} narrow>
      <h1>{t.data}</h1>
      <p>{t.dataLead}</p>
      <p class="muted">{t.dataKeys}</p>
      <a class="button" href="/account/data.json" download>
        {t.download}
      </a>
      <Back locale={context.locale} />
    </Page>
  )
}

interface DeleteProps extends PageContext {
  email: string
  typed: string
  isWrong: boolean
  isOwner: boolean
}

export function DeletePage({ email, typed, isWrong, isOwner, ...context }: DeleteProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.deleteHeading} narrow>
      <h1>{t.deleteHeading}</h1>
      {isOwner ? <p class="lead">{t.deleteOwner}</p> : <DeleteForm {...{ locale, email, typed, isWrong }} />}
      <Back locale={locale} />
    </Page>
  )
}

function DeleteForm({ locale, email, typed, isWrong }: Pick<DeleteProps, 'locale' | 'email' | 'typed' | 'isWrong'>) {
  const t = words[locale]
  const error = isWrong ? t.deleteWrong : undefined
  return (
    <>
      <p class="lead">{t.deleteLead}</p>
      <p>{t.deleteGone}</p>
      <p>{t.deleteKept}</p>
      <p>
        {t.deleteStripe} <a href="https://stripe.com/privacy">stripe.com/privacy</a>
      </p>
      <p>
        {t.deleteFirst} <a href="/account/data">{t.deleteDownload}</a>
      </p>
      <form method="post" action="/account/delete" novalidate>
        <Problem locale={locale} problems={listed({ email: error })} />
        <Field
          label={t.deleteConfirm(email)}
          name="email"
          type="email"
          value={typed}
          error={error}
          autocomplete="off"
        />
        <SubmitButton kind="danger">{t.delete}</SubmitButton>
      </form>
    </>
  )
}

function Back({ locale }: { locale: Locale }) {
  return (
    <p class="small">
      <a href="/account">{words[locale].back}</a>
    </p>
  )
}

function listed(problems: Record<string, string | undefined>) {
  return Object.entries(problems).flatMap(([field, text]) => (text ? [{ field, text }] : []))
}
