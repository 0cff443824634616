import { SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { Evidence } from './form.ts'
import { DisputeHead, EvidenceText } from './pages.tsx'
import type { Dispute } from './read.ts'
import { words } from './words.ts'

interface ConfirmProps extends PageContext {
  timeZone: string
  dispute: Dispute
}

export function HandInPage({ timeZone, dispute, evidence, ...context }: ConfirmProps & { evidence: Evidence }) {
  const { locale } = context
  const t = words[locale]
  const isEmpty = Object.values(evidence).every((text) => text === '')
  return (
    <Page {...context} title={t.handIn} narrow>
      <DisputeHead {...{ locale, timeZone, dispute }} />
      <p class="notice problem">{t.handInText}</p>
      <EvidenceText locale={locale} evidence={evidence} />
      {!isEmpty && (
        <form method="post" action={`/dashboard/disputes/${dispute.id}/hand-in`}>
          <SubmitButton kind="danger">{t.handIn}</SubmitButton>
        </form>
      )}
      <p class="small">
        <a href={`/dashboard/disputes/${dispute.id}`}>{t.keepWriting}</a>
      </p>
    </Page>
  )
}

export function AcceptPage({ timeZone, dispute, ...context }: ConfirmProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.accept} narrow>
      <DisputeHead {...{ locale, timeZone, dispute }} />
      <p class="notice problem">
        {t.acceptText} {dispute.subscription_id && t.acceptEnds}
      </p>
      <form method="post" action={`/dashboard/disputes/${dispute.id}/accept`}>
        <SubmitButton kind="danger">{t.accept}</SubmitButton>
      </form>
      <p class="small">
        <a href={`/dashboard/disputes/${dispute.id}`}>{t.keepWriting}</a>
      </p>
    </Page>
  )
}
