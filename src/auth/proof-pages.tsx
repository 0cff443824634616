import type { ProofPurpose } from '../db/tables.ts'
import { Field, SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { PasswordProblem } from './passwords.ts'
import { NewPasswordField } from './sign-up-pages.tsx'
import { words } from './words.ts'

interface CodeProps extends PageContext {
  purpose: ProofPurpose
  email: string
  problems: { code?: boolean; password?: PasswordProblem }
}

/** After a mail went out: the browser that asked may type the code. */
export function CodePage({ purpose, email, problems, ...context }: CodeProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.codeHeading} narrow>
      <h1>{t.codeHeading}</h1>
      <p class="lead">{t.codeText(email)}</p>
      <form method="post" action="/sign-in/code" novalidate>
        <Field
          label={t.code}
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          error={problems.code ? t.codeWrong : undefined}
        />
        {purpose === 'reset' && (
          <NewPasswordField
            locale={locale}
            label={t.newPassword}
            error={problems.password && t.problems[problems.password]}
          />
        )}
        <SubmitButton>{t.continue}</SubmitButton>
      </form>
      <p class="small muted">
        {t.notArrived} <a href={purpose === 'reset' ? '/reset-password' : '/sign-in'}>{t.sendAgain}</a>
      </p>
    </Page>
  )
}

interface LinkProps extends PageContext {
  purpose: ProofPurpose
  email: string
  token: string
  action: string
  problem: PasswordProblem | undefined
}

/** Where a mail's link leads to: one button, and at a reset the new password. */
export function LinkPage({ purpose, email, token, action, problem, ...context }: LinkProps) {
  const { locale } = context
  const t = words[locale]
  const { heading, action: button } = t.link[purpose]
  return (
    <Page {...context} title={heading} narrow>
      <h1>{heading}</h1>
      <p class="lead">{t.linkText(email)}</p>
      <form method="post" action={action} novalidate>
        <input type="hidden" name="token" value={token} />
        {purpose === 'reset' && (
          <NewPasswordField locale={locale} label={t.newPassword} error={problem && t.problems[problem]} />
        )}
        <SubmitButton>{button}</SubmitButton>
      </form>
    </Page>
  )
}

export function LinkProblemPage(context: PageContext) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.gone} narrow>
      <h1>{t.goneHeading}</h1>
      <p class="lead">{t.goneText}</p>
      <a class="button" href="/sign-in">
        {t.newMail}
      </a>
    </Page>
  )
}
