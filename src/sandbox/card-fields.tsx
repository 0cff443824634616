import { type Card, readCard } from './cards.ts'
import { type Language, words } from './words.ts'

/** Fields of a form that works without a script, each with its problem beside it. */

export interface Filled {
  typed: Record<string, string>
  problems: Record<string, string | undefined>
}

interface FieldProps extends Filled {
  name: string
  label: string
  hint?: string
  type?: string
  inputmode?: 'decimal' | 'numeric'
  autocomplete?: string
  readonly?: boolean
}

export const Field = ({ name, label, hint, typed, problems, ...input }: FieldProps) => (
  <label class="field">
    <span>
      {label} {hint ? <small class="muted">{hint}</small> : null}
    </span>
    <input name={name} value={typed[name]} aria-invalid={problems[name] ? 'true' : undefined} {...input} />
    {problems[name] ? <small class="error">{problems[name]}</small> : null}
  </label>
)

export const CardFields = ({ language, typed, problems }: Filled & { language: Language }) => {
  const say = words[language]
  const filled = { typed, problems, inputmode: 'numeric' as const, autocomplete: 'off' }
  return (
    <>
      <Field {...filled} name="number" label={say.number} />
      <div class="two">
        <Field {...filled} name="expiry" label={say.expiry} />
        <Field {...filled} name="cvc" label={say.cvc} />
      </div>
    </>
  )
}

export const TEST_CARD = { number: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' }

/** The card that was typed, or what is wrong with it in words. */
export function readCardFields(
  typed: Record<string, string>,
  language: Language,
): { card?: Card; problems: Record<string, string> } {
  const { number = '', expiry = '', cvc = '' } = typed
  const read = readCard({ number, expiry, cvc }, new Date())
  if ('card' in read) return { card: read.card, problems: {} }
  const problems = Object.entries(read.problems).map(([field, problem]) => [field, words[language].problems[problem]])
  return { problems: Object.fromEntries(problems) }
}

export const declineText = (
  { code, decline_code, message }: { code?: string; decline_code?: string; message: string },
  language: Language,
) => words[language].declines[decline_code ?? code ?? ''] ?? message
