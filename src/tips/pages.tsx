import type { JSX } from 'hono/jsx/jsx-runtime'
import { catalog } from '../catalog.ts'
import { type Money as Amount, formatMoney } from '../money.ts'
import { Checkbox, Field, Problem, TextArea } from '../ui/form.tsx'
import { currencyName } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { Phrases } from '../ui/phrases.tsx'
import { words as common } from '../ui/words.ts'
import { words } from './words.ts'

export interface TipForm {
  presets: Amount[]
  bounds: { min: Amount; max: Amount }
  currency: string
  /** What was typed, kept. `amount` is a preset in minor units; `own`, when filled, wins. */
  values: { amount?: string; own?: string; name?: string; message?: string; wall?: boolean; request: string }
  problems: Partial<Record<'amount' | 'name' | 'message', string>>
  /** The longest that the server takes. */
  limits?: { name: number; message: number }
  /** A box to tick, besides. */
  choice?: string | undefined
}

export function TipPage({ form, ways, ...context }: PageContext & { form: TipForm; ways: JSX.Element[] }) {
  const { locale } = context
  const { bounds, currency, limits, problems, values, choice } = form
  const t = words[locale]
  const optional = common[locale].optional
  return (
    <Page {...context} title={t.title} description={t.lead} narrow>
      <h1>
        <Phrases text={t.heading} />
      </h1>
      <p class="lead">{t.lead}</p>
      <form method="post" action="/tip" class="tip" novalidate>
        <Problem locale={locale} problems={listed(problems)} />
        <Packets {...context} form={form} />
        <Field
          label={t.own}
          name="own"
          value={values.own}
          hint={t.ownHint(
            formatMoney(bounds.min, locale, { short: true }),
            formatMoney(bounds.max, locale, { short: true }),
          )}
          error={problems.amount}
          inputmode="decimal"
          autocomplete="off"
          // The stylesheet tells a filled field by its placeholder.
          placeholder={symbol(bounds.min, locale)}
        />
        <Field
          label={t.name}
          name="name"
          value={values.name}
          hint={optional}
          error={problems.name}
          autocomplete="nickname"
          maxLength={limits?.name}
        />
        <TextArea
          label={t.message}
          name="message"
          value={values.message}
          hint={optional}
          error={problems.message}
          maxLength={limits?.message}
        />
        {choice && <Checkbox label={choice} name="wall" checked={values.wall} />}
        <input type="hidden" name="request" value={values.request} />
        <PayButton {...context} form={form} />
        <p class="small muted">{(context.withoutStripe ? t.directly : t.methods)(currencyName(currency, locale))}</p>
      </form>
      {ways}
    </Page>
  )
}

function Packets({ locale, form: { presets, values } }: PageContext & { form: TipForm }) {
  const chosen = presets.some(({ amount }) => String(amount) === values.amount)
    ? values.amount
    : String(presets[0]?.amount)
  return (
    <fieldset class="packets">
      <legend>{words[locale].amount}</legend>
      {presets.map((preset) => (
        <label class="packet">
          <input type="radio" name="amount" value={String(preset.amount)} checked={String(preset.amount) === chosen} />
          <Money value={preset} locale={locale} short />
        </label>
      ))}
    </fieldset>
  )
}

/** One label for each choice: the stylesheet shows the one that is chosen, so the button says the amount without a script. */
function PayButton({ locale, form: { presets } }: PageContext & { form: TipForm }) {
  const t = words[locale]
  return (
    <button type="submit" class="button">
      {presets.map((preset) => (
        <span class="choice">
          {t.pay} <Money value={preset} locale={locale} />
        </span>
      ))}
      <span class="own-choice">{t.payOwn}</span>
      <span class="any-choice">{t.payAny}</span>
    </button>
  )
}

function listed(problems: TipForm['problems']) {
  return Object.entries(problems).map(([name, text]) => ({ field: name === 'amount' ? 'own' : name, text }))
}

const symbol = (money: Amount, locale: string) => formatMoney({ ...money, amount: 0 }, locale).replace(/[\d.,\s]/g, '')

interface QuickTipProps extends PageContext {
  message: string
  back: string
  /** Of this visit, so that a double click pays once. */
  request: string
}

/** Straight to payment: each button is an amount. */
export function QuickTip({ locale, message, back, request }: QuickTipProps) {
  const t = words[locale]
  return (
    <form method="post" action="/tip" class="quick">
      <p>{t.quick}</p>
      <input type="hidden" name="message" value={message} />
      <input type="hidden" name="back" value={back} />
      <input type="hidden" name="request" value={request} />
      {catalog.tip.presets.map((preset) => (
        <button type="submit" class="button quiet" name="amount" value={String(preset.amount)}>
          <span class="unseen">{t.pay}</span> <Money value={preset} locale={locale} short />
        </button>
      ))}
      <a class="small" href={`/tip?message=${encodeURIComponent(message)}`}>
        {t.other}
      </a>
    </form>
  )
}

export function TipButton({ locale }: PageContext) {
  const t = words[locale]
  return (
    <>
      <a class="button" href="/tip">
        {t.toTip} <Money value={catalog.tip.presets[0]!} locale={locale} short />
      </a>
      <p class="small muted">{t.easy}</p>
    </>
  )
}
