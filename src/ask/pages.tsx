import type { JSX } from 'hono/jsx/jsx-runtime'
import { catalog } from '../catalog.ts'
import { Offers, priceText, productsFor } from '../payments/offers.tsx'
import { Field, Problem, SubmitButton, TextArea } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import { BODY_LENGTH, TITLE_LENGTH } from './form.ts'
import { MessageFields, Messages, Notice, Questions, type Typed } from './parts.tsx'
import { NEEDED } from './questions.ts'
import type { Question, Thread } from './read.ts'
import { words } from './words.ts'

export interface AskPageProps extends PageContext {
  timeZone: string
  rights: { isMember: boolean; credits: number }
  questions: Question[]
  typed: Typed
  problems?: { title?: string; body?: string }
  /** Why the form came back, other than by a field of it. */
  notice?: { text: string; link?: { href: string; text: string } } | undefined
}

export function AskPage({ rights, questions, timeZone, typed, problems, notice, ...context }: AskPageProps) {
  const { locale, user } = context
  const t = words[locale]
  const mayAsk = rights.isMember || rights.credits > 0
  // Who has typed something gets it back, whatever they have.
  const showsForm = mayAsk || typed.body !== undefined
  return (
    <Page {...context} title={t.title} description={t.lead} narrow>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      {questions.length > 0 && (
        <p>
          <a href="#yours">{t.toYours(questions.length)}</a>
        </p>
      )}
      {notice && <Notice {...notice} />}
      {mayAsk && <p>{rights.isMember ? t.member : t.left(catalog.credits[locale](rights.credits))}</p>}
      {showsForm ? <AskFields {...{ locale, typed, problems }} /> : <HowToBuy {...context} isGuest={!user} />}
      {questions.length > 0 && (
        <section id="yours">
          <h2>{t.yours}</h2>
          <Questions {...{ locale, timeZone, questions }} under="/ask" />
        </section>
      )}
    </Page>
  )
}

export function OwnQuestions({ questions, ...reading }: Pick<AskPageProps, 'locale' | 'timeZone' | 'questions'>) {
  const t = words[reading.locale]
  return (
    <section>
      <h2>{t.yours}</h2>
      <Questions {...reading} questions={questions} under="/ask" />
      <p>
        <a href="/ask">{questions.length > 0 ? t.all : t.toAsk}</a>
      </p>
    </section>
  )
}

function AskFields({ locale, typed, problems = {} }: Pick<AskPageProps, 'locale' | 'typed' | 'problems'>) {
  const t = words[locale]
  return (
    <form method="post" action="/ask" enctype="multipart/form-data" novalidate>
      <Problem locale={locale} problems={Object.entries(problems).map(([field, text]) => ({ field, text }))} />
      <Field label={t.subject} name="title" value={typed.title} error={problems.title} maxLength={TITLE_LENGTH} />
      <TextArea
        label={t.body}
        name="body"
        value={typed.body}
        hint={t.bodyHint}
        error={problems.body}
        placeholder={t.bodyHelp}
        rows={8}
        maxLength={BODY_LENGTH}
      />
      <input type="hidden" name="request" value={typed.request} />
      <SubmitButton>{t.ask}</SubmitButton>
    </form>
  )
}

function HowToBuy({ locale, withoutStripe, isGuest }: PageContext & { isGuest: boolean }) {
  const t = words[locale]
  const products = productsFor(NEEDED, { withoutStripe })
  const cheapest = products.flatMap(({ prices }) => prices).find(({ credits }) => credits === 1)
  return (
    <>
      {isGuest && cheapest && <p>{t.price(priceText(cheapest, locale))}</p>}
      {isGuest ? <a href="/sign-in?return=%2Fask">{t.signIn}</a> : <p>{t.none}</p>}
      <Offers products={products} locale={locale} request={crypto.randomUUID()} />
    </>
  )
}

export interface ThreadPageProps extends PageContext {
  timeZone: string
  thread: Thread
  typed: Typed
  problem?: string | undefined
  notice?: string | undefined
  /** Ways to say thanks for the answer. */
  thanks: JSX.Element[]
}

/** A question and what came of it, for its asker. */
export function ThreadPage({ thread, thanks, timeZone, typed, problem, notice, ...context }: ThreadPageProps) {
  const { locale } = context
  const t = words[locale]
  const { id, title, state, messages } = thread
  const isAnswered = state !== 'waiting'
  return (
    <Page {...context} title={title} narrow>
      <p class="status">{t.state[state]}</p>
      <h1>{title}</h1>
      {notice && <Notice text={notice} />}
      <Messages {...{ locale, timeZone, messages }} asker={t.asker} owner={t.engineer} />
      {(state === 'waiting' || state === 'asked-back') && <p class="notice">{t.waiting}</p>}
      {isAnswered && <Rating locale={locale} thread={thread} thanks={thanks} />}
      {(state === 'answered' || typed.body !== undefined) && (
        <section>
          <MessageFields
            action={`/ask/${id}/reply`}
            label={t.askBack}
            hint={t.askBackHint}
            send={t.send}
            typed={typed}
            error={problem}
          />
        </section>
      )}
      <p class="small">
        <a href="/ask">{t.back}</a>
      </p>
    </Page>
  )
}

function Rating({ locale, thread, thanks }: Pick<ThreadPageProps, 'locale' | 'thread' | 'thanks'>) {
  const { id, helped } = thread
  const t = words[locale]
  const choice = (value: 'yes' | 'no', text: string) => (
    <button
      class="plain"
      type="submit"
      name="helped"
      value={value}
      aria-current={helped === (value === 'yes') ? 'true' : undefined}
    >
      {text}
    </button>
  )
  return (
    <section>
      <form method="post" action={`/ask/${id}/rating`} class="switch">
        <span>{t.helped}</span>
        {choice('yes', t.yes)}
        {choice('no', t.no)}
      </form>
      {/* Who was not helped is not asked for more. */}
      {helped !== false && thanks}
    </section>
  )
}

/** Instead of the sign-in page when a session ended while somebody wrote: all that was typed, and how to send it. */
export function SignedOutPage({ typed, ...context }: PageContext & { typed: Typed }) {
  const { locale, path } = context
  const t = words[locale]
  const link = { href: `/sign-in?return=${encodeURIComponent('/ask')}`, text: t.signInAside }
  return (
    <Page {...context} title={t.title} narrow>
      <Notice text={t.signedOut} link={link} />
      <form method="post" action={path} enctype="multipart/form-data">
        {typed.title !== undefined && <Field label={t.subject} name="title" value={typed.title} />}
        <TextArea label={t.body} name="body" value={typed.body} rows={8} />
        <input type="hidden" name="request" value={typed.request} />
        <SubmitButton>{t.send}</SubmitButton>
      </form>
    </Page>
  )
}
