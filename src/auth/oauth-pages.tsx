import { Page, type PageContext } from '../ui/layout.tsx'
import type { ProviderName } from './oauth.ts'
import type { IdentityProblem } from './oauth-accounts.ts'
import { providerNames, words } from './oauth-words.ts'
import { withReturn } from './sign-in-pages.tsx'

export type OAuthProblem = IdentityProblem | 'refused' | 'denied' | 'broken'

interface OAuthProblemProps extends PageContext {
  provider: ProviderName
  problem: OAuthProblem
  /** Where the person wanted to go after signing in. */
  returnTo: string
  /** They are signed in, and wanted to link another way in. */
  isLinking: boolean
}

/** Why it did not work with GitHub or Google, and the way back to where it can be tried again or otherwise. */
export function OAuthProblemPage({ provider, problem, returnTo, isLinking, ...context }: OAuthProblemProps) {
  const t = words[context.locale]
  const name = providerNames[provider]
  const { heading, text } = t[problem]
  const title = typeof heading === 'string' ? heading : heading(name)
  return (
    <Page {...context} title={title} narrow>
      <h1>{title}</h1>
      <p class="lead">{text(name)}</p>
      <a class="button" href={isLinking ? '/account' : withReturn('/sign-in', returnTo)}>
        {isLinking ? t.backToAccount : t.backToSignIn}
      </a>
    </Page>
  )
}
