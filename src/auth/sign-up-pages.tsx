import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { PasswordProblem } from './passwords.ts'
import { withReturn } from './sign-in-pages.tsx'
import { words } from './words.ts'

interface SignUpProps extends PageContext {
  values: { email: string; return: string }
  problems: Partial<{ email: 'email'; password: PasswordProblem }>
}

export function SignUpPage({ values, problems, ...context }: SignUpProps) {
  const { locale } = context
  const t = words[locale]
  const email = problems.email && t.badEmail
  const password = problems.password && t.problems[problems.password]
  const listed = Object.entries({ email, password }).flatMap(([field, text]) => (text ? [{ field, text }] : []))
  return (
    <Page {...context} title={t.signUp} narrow>
      <h1>{t.signUp}</h1>
      <form method="post" action="/sign-up" novalidate>
        <Problem locale={locale} problems={listed} />
        <Field label={t.email} name="email" type="email" value={values.email} error={email} autocomplete="username" />
        <NewPasswordField locale={locale} label={t.password} error={password} />
        <input type="hidden" name="return" value={values.return} />
        <SubmitButton>{t.signUp}</SubmitButton>
      </form>
      <p class="small">
        {t.haveAccount} <a href={withReturn('/sign-in', values.return)}>{t.signIn}</a>
      </p>
    </Page>
  )
}

export function NewPasswordField({
  locale,
  label,
  error,
}: {
  locale: PageContext['locale']
  label: string
  error?: string | undefined
}) {
  const hint = words[locale].passwordHint
  return <Field label={label} name="password" type="password" hint={hint} error={error} autocomplete="new-password" />
}

/** Where a forgotten password begins: the mail is asked for. */
export function ResetPage({ email, isWrong, ...context }: PageContext & { email: string; isWrong: boolean }) {
  const { locale } = context
  const t = words[locale]
  const error = isWrong ? t.badEmail : undefined
  return (
    <Page {...context} title={t.reset} narrow>
      <h1>{t.reset}</h1>
      <p class="lead">{t.resetText}</p>
      <form method="post" action="/reset-password" novalidate>
        <Problem locale={locale} problems={error ? [{ field: 'email', text: error }] : []} />
        <Field label={t.email} name="email" type="email" value={email} error={error} autocomplete="username" />
        <SubmitButton>{t.send}</SubmitButton>
      </form>
    </Page>
  )
}
