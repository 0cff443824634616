import { formatMoney } from '../money.ts'
import { paymentName } from '../payments/payment-name.ts'
import { Folded } from '../ui/folded.tsx'
import { SubmitButton } from '../ui/form.tsx'
import { formatDate, relativeTime } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { methodName } from '../ui/words.ts'
import { deviceName } from './device.ts'
import type { AccountProps } from './pages.tsx'
import type { Purchase } from './purchases.ts'
import { words as receiptWords } from './receipt-words.ts'
import type { OwnSession } from './sessions.ts'
import { words } from './words.ts'

type Link = { href: string; text: string }
type Reading = Pick<AccountProps, 'locale' | 'timeZone' | 'now'>

/** What was just done, or why it was not. */
export function Said({ locale, said }: Pick<AccountProps, 'locale' | 'said'>) {
  const text = new Map(Object.entries(words[locale].said)).get(said ?? '')
  if (!text) return null
  return (
    <p class={said === 'email-unchanged' ? 'notice problem' : 'notice'} role="status">
      {text}
    </p>
  )
}

export function PurchasesSection({
  purchases,
  purchaseLinks,
  ...reading
}: Reading & Pick<AccountProps, 'purchases' | 'purchaseLinks'>) {
  const t = words[reading.locale]
  return (
    <section>
      <h2>{t.purchases}</h2>
      {purchases.length === 0 && <p class="muted">{t.noPurchases}</p>}
      <ul class="rows">
        {purchases.map((purchase) => (
          <PurchaseRow {...reading} purchase={purchase} link={purchaseLinks.get(purchase.id)} />
        ))}
      </ul>
    </section>
  )
}

function PurchaseRow({ purchase, link, locale, timeZone }: Reading & { purchase: Purchase; link: Link | undefined }) {
  const { message, method, amount, currency, refunded, refunding, refundFailed, created_at: at } = purchase
  const t = words[locale]
  const refunds = [
    { text: t.refunded, amount: refunded === amount && refunding === 0 ? 0 : refunded - refunding },
    { text: t.refunding, amount: refunding === amount ? 0 : refunding },
    { text: t.refundFailed, amount: refundFailed },
  ].filter((refund) => refund.amount > 0)
  return (
    <li>
      <span>{paymentName(purchase, locale)}</span>
      <Money value={{ amount, currency }} locale={locale} />
      {message && <q>{message}</q>}
      <small>
        <time datetime={at.toISOString()}>{formatDate(at, locale, timeZone, 'date')}</time>
        {` · ${t.states[stateOf(purchase)]}`}
        {method === 'offline' && ` · ${methodName(method, locale)}`}
        {refunds.map(({ text, amount }) => ` · ${text(formatMoney({ amount, currency }, locale))}`)}
        {purchase.status === 'paid' && (
          <>
            {' · '}
            <a href={`/account/receipts/${purchase.id}`}>{receiptWords[locale].link}</a>
          </>
        )}
        {link && (
          <>
            {' · '}
            <a href={link.href}>{link.text}</a>
          </>
        )}
      </small>
    </li>
  )
}

/** Of one that is given back whole, "paid" would be no answer. */
function stateOf({ status, amount, refunded, refunding }: Purchase): keyof (typeof words)['en']['states'] {
  if (status !== 'paid' || refunded < amount) return status
  return refunding === amount ? 'refunding' : refunding > 0 ? 'paid' : 'refunded'
}

export function SignInSection({ locale, email, hasPassword }: Pick<AccountProps, 'locale' | 'email' | 'hasPassword'>) {
  const t = words[locale]
  return (
    <Folded heading={t.signIn}>
      <ul class="rows">
        <li>
          <span>{t.email}</span>
          <a class="plain" href="/account/email">
            {t.change}
          </a>
          <small>{email}</small>
        </li>
        <li>
          <span>{t.password}</span>
          <a class="plain" href="/account/password">
            {hasPassword ? t.change : t.set}
          </a>
          <small>{hasPassword ? t.hasPassword : t.noPassword}</small>
        </li>
      </ul>
    </Folded>
  )
}

export function SessionsSection({ sessions, ...reading }: Reading & Pick<AccountProps, 'sessions'>) {
  const t = words[reading.locale]
  return (
    <Folded heading={t.sessions}>
      <ul class="rows">
        {sessions.map((session) => (
          <SessionRow {...reading} session={session} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <form method="post" action="/account/sessions/end-others">
          <SubmitButton kind="quiet">{t.endOthers}</SubmitButton>
        </form>
      )}
      <form method="post" action="/account/sessions/end-all">
        <button type="submit" class="plain">
          {t.endAll}
        </button>
      </form>
    </Folded>
  )
}

function SessionRow({ session, locale, now }: Reading & { session: OwnSession }) {
  const { hash, device, method, signedInAt, lastSeenAt, isThisOne } = session
  const t = words[locale]
  const how = new Map(Object.entries(t.methods)).get(method) ?? t.methods.link
  return (
    <li>
      <span>{deviceName(device, locale)}</span>
      {isThisOne ? (
        <span class="small muted">{t.thisOne}</span>
      ) : (
        <form method="post" action="/account/sessions/end">
          <input type="hidden" name="session" value={hash} />
          <button type="submit" class="plain">
            {t.end}
          </button>
        </form>
      )}
      <small>
        {how(relativeTime(signedInAt, locale, now))}
        {!isThisOne && ` · ${t.lastSeen(relativeTime(lastSeenAt, locale, now))}`}
      </small>
    </li>
  )
}

export function OwnDataSection({ locale }: Pick<AccountProps, 'locale'>) {
  const t = words[locale]
  return (
    <Folded heading={t.data}>
      <p>
        <a href="/account/data">{t.dataText}</a>
      </p>
      <p>
        <a href="/account/delete">{t.deleteText}</a>
      </p>
    </Folded>
  )
}
