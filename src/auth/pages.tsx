import { SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import { words } from './words.ts'

export function SignInPage(context: PageContext) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.signIn} narrow>
      <h1>{t.owner}</h1>
      <p class="lead">{t.ownerText}</p>
      <OwnerLinkCommand />
      <p class="small muted">
        {t.payer} <a href="/tip">{t.tip}</a>
      </p>
    </Page>
  )
}

/** One button to press: mail scanners follow links, and would use up a one-time link that signs in at once. */
export function ConfirmLinkPage({ token, action, ...context }: PageContext & { token: string; action: string }) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.confirmHeading} narrow>
      <h1>{t.confirmHeading}</h1>
      <p class="lead">{t.confirmText}</p>
      <form method="post" action={action}>
        <input type="hidden" name="token" value={token} />
        <SubmitButton>{t.confirm}</SubmitButton>
      </form>
    </Page>
  )
}

export function LinkProblemPage(context: PageContext) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.problem} narrow>
      <h1>{t.problemHeading}</h1>
      <p class="lead">{t.problemText}</p>
      <OwnerLinkCommand />
    </Page>
  )
}

const OwnerLinkCommand = () => (
  <pre>
    <code>npm run owner:link</code>
  </pre>
)
