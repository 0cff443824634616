import { SubmitButton, TextArea } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { rendered } from '../ui/markdown.ts'
import { Ago } from '../ui/time.tsx'
import { BODY_LENGTH } from './form.ts'
import type { Question, Thread } from './read.ts'
import { words } from './words.ts'

interface Reading {
  locale: Locale
  timeZone: string
}

/** A list of questions, each a link. */
export function Questions(
  props: Reading & { questions: (Question & { email?: string })[]; under: '/ask' | '/dashboard/questions' },
) {
  const { questions, under, ...reading } = props
  return (
    <ul class="rows">
      {questions.map(({ id, title, state, created_at, email }) => (
        <li>
          <a href={`${under}/${id}`}>{title}</a>
          <span class="status">{words[reading.locale].state[state]}</span>
          <small>
            {email && `${email} · `}
            <Ago {...reading} at={created_at} now={new Date()} />
          </small>
        </li>
      ))}
    </ul>
  )
}

/** What was said, from the question on. */
export function Messages({ messages, asker, owner, ...reading }: Reading & Said) {
  return messages.map(({ author, body, created_at }) => (
    <section>
      <h2>
        {author === 'asker' ? asker : owner}
        <span class="muted small">
          <Ago {...reading} at={created_at} now={new Date()} />
        </span>
      </h2>
      {rendered(body)}
    </section>
  ))
}

interface Said {
  messages: Thread['messages']
  /** What they are called on this page. */
  asker: string
  owner: string
}

/** What a form starts with, or comes back with. */
export interface Typed {
  title?: string | undefined
  body?: string | undefined
  request: string
}

interface MessageFormProps {
  action: string
  label: string
  hint: string
  send: string
  typed: Typed
  error?: string | undefined
}

/** One text, for asking back and for answering. */
export function MessageFields({ action, label, hint, send, typed, error }: MessageFormProps) {
  return (
    <form method="post" action={action} enctype="multipart/form-data" novalidate>
      <TextArea
        label={label}
        name="body"
        value={typed.body}
        hint={hint}
        error={error}
        rows={6}
        maxLength={BODY_LENGTH}
      />
      <input type="hidden" name="request" value={typed.request} />
      <SubmitButton>{send}</SubmitButton>
    </form>
  )
}

/** Why a form came back, with a way out that leaves this window, and what is typed in it, alone. */
export function Notice({ text, link }: { text: string; link?: { href: string; text: string } | undefined }) {
  return (
    <div class="notice problem" role="alert">
      <p>{text}</p>
      {link && (
        <a href={link.href} target="_blank" rel="noopener">
          {link.text}
        </a>
      )}
    </div>
  )
}
