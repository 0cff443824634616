import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import { PasskeyButton } from './passkey-parts.tsx'
import type { Way } from './sign-in.ts'
import { words } from './words.ts'

interface SignInProps extends PageContext {
  values: { email: string; return: string }
  problem: 'wrong' | 'email' | undefined
  ways: Way[]
  /** Somebody who is signed in is asked once more. */
  again: boolean
}

export function SignInPage({ values, problem, ways, again, ...context }: SignInProps) {
  const { locale } = context
  const t = words[locale]
  const said = problem && (problem === 'email' ? t.badEmail : t.wrong)
  return (
    <Page {...context} title={t.signIn} description={t.guest} narrow>
      <h1>{again ? t.signInAgain : t.signIn}</h1>
      {again && <p class="lead">{t.signInAgainText}</p>}
      <form method="post" action="/sign-in" novalidate>
        <Problem locale={locale} problems={said ? [{ field: 'email', text: said }] : []} />
        <Field label={t.email} name="email" type="email" value={values.email} error={said} autocomplete="username" />
        <Field label={t.password} name="password" type="password" autocomplete="current-password" />
        <input type="hidden" name="return" value={values.return} />
        <SubmitButton>{t.signIn}</SubmitButton>
        <button type="submit" class="button quiet" formaction="/sign-in/email">
          {t.mailMe}
        </button>
      </form>
      <OtherWays locale={locale} ways={ways} returnTo={values.return} />
      <PasskeyButton locale={locale} returnTo={values.return} />
      {!again && <p class="small muted">{t.guest}</p>}
      <p class="small">
        {!again && (
          <>
            {t.noAccount} <a href={withReturn('/sign-up', values.return)}>{t.signUp}</a>
            {' · '}
          </>
        )}
        <a href="/reset-password">{t.forgot}</a>
      </p>
    </Page>
  )
}

function OtherWays({ locale, ways, returnTo }: { locale: PageContext['locale']; ways: Way[]; returnTo: string }) {
  const t = words[locale]
  return ways.map(({ name, href }) => (
    <form method="post" action={href}>
      <input type="hidden" name="return" value={returnTo} />
      <button type="submit" class="button quiet">
        {t.ways[name]}
      </button>
    </form>
  ))
}

export function withReturn(path: string, returnTo: string): string {
  return returnTo ? `${path}?return=${encodeURIComponent(returnTo)}` : path
}
