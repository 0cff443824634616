import { catalog } from '../catalog.ts'
import type { Product as CatalogProduct, PaymentCode } from '../define-catalog.ts'
import { formatMoney } from '../money.ts'
import { Checkbox, Field, Problem, SubmitButton, TextArea } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { assetUrl } from '../ui/static.ts'
import { words as common } from '../ui/words.ts'
import { type Choice, choices, isTip, nameOfChoice } from './choices.ts'
import { type ClaimField, type ClaimTyped, MESSAGE_LENGTH } from './claim-form.ts'
import { words } from './claim-words.ts'
import type { Claim } from './claims.ts'
import { NAME_LENGTH } from './form.ts'

type Codes = { codes: PaymentCode[] }

/** "微信支付、支付宝" */
function waysOf(codes: PaymentCode[], locale: Locale): string {
  return codes.map(({ name }) => name[locale]).join(words[locale].and)
}

export function DirectButton({ codes, locale }: PageContext & Codes) {
  return (
    <a class="button quiet" href="/offline">
      {words[locale].direct(waysOf(codes, locale))}
    </a>
  )
}

export function DirectTip({ codes, locale }: PageContext & Codes) {
  return (
    <p class="small">
      <a href="/offline#tips">{words[locale].direct(waysOf(codes, locale))}</a>
    </p>
  )
}

export function ChoosePage({ codes, ...context }: PageContext & Codes) {
  const { locale } = context
  const t = words[locale]
  const lead = t.chooseLead(waysOf(codes, locale))
  return (
    <Page {...context} title={t.chooseTitle} description={lead} footer={t.notice} narrow>
      <h1>{t.chooseTitle}</h1>
      <p class="lead">{lead}</p>
      <section id="tips">
        <h2>{t.tips}</h2>
        <nav class="packets" aria-label={t.tips}>
          {choices
            .filter(({ price }) => !price)
            .map(({ key, money }) => (
              <a class="packet" href={`/offline/${key}`}>
                <Money value={money} locale={locale} short />
              </a>
            ))}
        </nav>
      </section>
      {catalog.products.map((product) => (
        <Product product={product} locale={locale} />
      ))}
    </Page>
  )
}

/** What of it is sold once; nothing when nothing is. */
function Product({ product, locale }: { product: CatalogProduct; locale: Locale }) {
  const sold = choices.filter(({ price }) => price?.product === product)
  if (sold.length === 0) return null
  return (
    <section>
      <h2>{product.name[locale]}</h2>
      <ul class="rows">
        {sold.map(({ key, money, price }) => (
          <li>
            <a href={`/offline/${key}`}>{price?.label?.[locale] ?? product.name[locale]}</a>
            <Money value={money} locale={locale} short />
          </li>
        ))}
      </ul>
    </section>
  )
}

export interface PayProps extends PageContext, Codes {
  choice: Choice
  /** For the note of the transfer. */
  code: string
  typed: ClaimTyped
  /** Whose account it will be, and can't be another's. */
  ownEmail: string | undefined
  /** A box that who tips may tick. */
  tipChoice?: string | undefined
  problems?: Partial<Record<ClaimField, string>>
  notice?: string
}

export function PayPage({
  codes,
  choice,
  code,
  typed,
  ownEmail,
  tipChoice,
  problems = {},
  notice,
  ...context
}: PayProps) {
  const { locale } = context
  const t = words[locale]
  const name = nameOfChoice(choice, locale)
  return (
    <Page {...context} title={t.payTitle(name)} footer={t.notice} narrow noindex>
      <Problem locale={locale} problems={Object.entries(problems).map(([field, text]) => ({ field, text }))} />
      {notice && (
        <p class="notice problem" role="alert">
          {notice}
        </p>
      )}
      <h1>{name}</h1>
      <p class="big-number">
        <Money value={choice.money} locale={locale} />
      </p>
      <ol class="steps">
        <li>
          <h2>{t.note}</h2>
          <code class="note">{code}</code>{' '}
          <button type="button" class="plain" hidden data-copy={code} data-copied={t.copied}>
            {t.copy}
          </button>
          <p class="small muted">{t.noteWhy}</p>
        </li>
        <li>
          <h2>{t.scan(formatMoney(choice.money, locale))}</h2>
          {codes.map((way) => (
            <Picture way={way} locale={locale} />
          ))}
          <p class="small muted">{t.phone}</p>
        </li>
        <li>
          <h2>{t.done}</h2>
          <form method="post" action={`/offline/${choice.key}?code=${code}`} novalidate>
            <Field
              name="email"
              label={t.email}
              hint={ownEmail ? t.ownEmail : t.emailHint}
              value={ownEmail ?? typed.email}
              readonly={ownEmail !== undefined}
              error={problems.email}
              type="email"
              autocomplete="email"
            />
            <Field
              name="name"
              label={t.name}
              hint={common[locale].optional}
              value={typed.name}
              error={problems.name}
              autocomplete="nickname"
              maxLength={NAME_LENGTH}
            />
            {isTip(choice) && (
              <TextArea
                name="message"
                label={t.message}
                hint={common[locale].optional}
                value={typed.message}
                error={problems.message}
                maxLength={MESSAGE_LENGTH}
              />
            )}
            {tipChoice && isTip(choice) && <Checkbox label={tipChoice} name="wall" checked={typed.wall} />}
            <input type="hidden" name="code" value={code} />
            <input type="hidden" name="amount" value={String(choice.money.amount)} />
            <SubmitButton>{t.paid}</SubmitButton>
            <p class="small muted">{t.unverified}</p>
          </form>
        </li>
      </ol>
      <p class="small">
        <a href="/offline">{t.other}</a>
      </p>
      <script type="module" src={assetUrl('copy.js')} />
    </Page>
  )
}

function Picture({ way, locale }: { way: PaymentCode; locale: Locale }) {
  const name = way.name[locale]
  return (
    <figure class="way">
      <img src={assetUrl(way.picture)} alt={words[locale].picture(name)} width="240" />
      <figcaption>{name}</figcaption>
    </figure>
  )
}

export function ClaimPage({ claim, ...context }: PageContext & { claim: Claim }) {
  const { locale, path } = context
  const { amount, currency, description, code, email, state, price_key } = claim
  const t = words[locale]
  return (
    <Page
      {...context}
      title={t[state].title}
      footer={t.notice}
      narrow
      noindex
      refreshSeconds={state === 'open' ? 20 : undefined}
    >
      <div class={state === 'confirmed' ? 'outcome paid' : 'outcome'}>
        <p class="big-number">
          <Money value={{ amount, currency }} locale={locale} />
        </p>
        <h1>{t[state].title}</h1>
        <p class="lead">{t[state].text}</p>
        <p class="small muted">
          {description} · {t.codeIs(code)}
        </p>
        {email && price_key && (state === 'open' || state === 'confirmed') && <p class="small">{t.mailTo(email)}</p>}
        {state === 'open' && (
          <a class="button quiet" href={path}>
            {t.again}
          </a>
        )}
        <p class="small">
          <a href="/">{t.home}</a>
        </p>
      </div>
    </Page>
  )
}
