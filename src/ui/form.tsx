import type { Child, PropsWithChildren } from 'hono/jsx'
import type { Locale } from './i18n.ts'
import { words } from './words.ts'

interface FieldProps {
  label: string
  /** Also the element's id, so that a notice can link to it. */
  name: string
  value?: string | undefined
  hint?: Child
  error?: string | undefined
  placeholder?: string | undefined
  autocomplete?: string | undefined
  required?: boolean | undefined
  maxLength?: number | undefined
  readonly?: boolean | undefined
}

export function Field({
  label,
  name,
  value,
  hint,
  error,
  type = 'text',
  maxLength,
  ...rest
}: FieldProps & {
  type?: 'text' | 'email' | 'password' | 'search' | 'date'
  inputmode?: 'decimal' | 'numeric' | 'email'
}) {
  return (
    <Labelled {...{ label, name, hint, error }}>
      <input
        id={name}
        name={name}
        type={type}
        value={value ?? ''}
        maxlength={maxLength}
        {...described(name, hint, error)}
        {...rest}
      />
    </Labelled>
  )
}

export function TextArea({
  label,
  name,
  value,
  hint,
  error,
  rows = 2,
  maxLength,
  ...rest
}: FieldProps & { rows?: number }) {
  return (
    <Labelled {...{ label, name, hint, error }}>
      {/* HTML drops one newline after the tag: ours is dropped, the writer's first one stays. */}
      <textarea id={name} name={name} rows={rows} maxlength={maxLength} {...described(name, hint, error)} {...rest}>
        {value ? `\n${value}` : ''}
      </textarea>
    </Labelled>
  )
}

export function Select({
  label,
  name,
  value,
  options,
}: Pick<FieldProps, 'label' | 'name' | 'value'> & { options: { value: string; text: string }[] }) {
  return (
    <Labelled {...{ label, name }}>
      <select id={name} name={name}>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

/** Sends `name=yes` when it is ticked. */
export function Checkbox({
  label,
  name,
  checked,
}: Pick<FieldProps, 'label' | 'name'> & { checked?: boolean | undefined }) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value="yes" checked={checked} />
      <span>{label}</span>
    </label>
  )
}

function Labelled({
  label,
  name,
  hint,
  error,
  children,
}: PropsWithChildren<Pick<FieldProps, 'label' | 'name' | 'hint' | 'error'>>) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <small class="hint" id={`${name}-hint`}>
          {hint}
        </small>
      )}
      {children}
      {error && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

function described(name: string, hint: unknown, error: string | undefined) {
  const ids = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ')
  return { 'aria-describedby': ids || undefined, 'aria-invalid': error ? 'true' : undefined }
}

export function SubmitButton({
  kind = 'primary',
  children,
}: PropsWithChildren<{ kind?: 'primary' | 'quiet' | 'danger' }>) {
  return (
    <button type="submit" class={kind === 'primary' ? 'button' : `button ${kind}`}>
      {children}
    </button>
  )
}

/** At the top of a form that came back: what is missing, each a link to its field. Nothing when nothing is. */
export function Problem({ locale, problems }: { locale: Locale; problems: { field: string; text: string }[] }) {
  if (problems.length === 0) return null
  return (
    <div class="notice problem" role="alert" tabindex={-1} autofocus>
      <p>{words[locale].problems}</p>
      <ul>
        {problems.map(({ field, text }) => (
          <li>
            <a href={`#${field}`}>{text}</a>
          </li>
        ))}
      </ul>
    </div>
  )
}
