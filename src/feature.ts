import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { SignedIn } from './auth/lucia.ts'
import type { Config } from './config.ts'
import type { Trx } from './db/connection.ts'
import type { Price } from './define-catalog.ts'
import type { Locale } from './locales.ts'
import type { Money } from './money.ts'
import type { PageContext } from './ui/layout.tsx'

/** What an optional feature adds to the site. Its folder and one line in app.tsx are all there is to remove. */
export interface Feature {
  /** Mounted at `/`. */
  routes: Hono
  /** The same for everybody, and kept by caches: mounted at `/` before language and session are read. */
  shared?: Hono
  /** What the front page says of it. */
  home?(context: PageContext): JSX.Element
  /** What the tip page says of it, under its button. */
  tip?(context: PageContext): JSX.Element
  /** What who tips may tick, so that the tip is `onWall`. */
  tipChoice?: { text: Record<Locale, string> }
  /** A link in the header of every page, for customers and guests. */
  header?: { href: string; text: Record<Locale, string> }
  /** How to say thanks for something done for somebody, in one click; `back` is the page they are on. */
  thanks?(context: PageContext, about: { message: string; back: string }): JSX.Element
  /** Links at the foot of every page. */
  footer?: { href: string; text: Record<Locale, string> }[]
  /** The owner's part, guarded by requireOwner. */
  dashboard?: {
    href: `/dashboard/${string}`
    title: Record<Locale, string>
    /** What waits for the owner there. */
    todos?(locale: Locale): Promise<Todo[]>
  }
  /** Its routes under `/api/v1`, described by themselves; whoever calls has proved an API key, and is `c.var.user`. */
  api?: OpenAPIHono
  /** Mounted at `/` before cookies and csrf: for callers that bring something of their own to be known by. */
  programs?: Hono
  /** A section of `/account`. */
  account?(c: Context): Promise<JSX.Element>
  /** What a person may do with purchases of theirs: a link beside each, by the payment's id. */
  purchases?(c: Context): Promise<Map<string, { href: string; text: string }>>
  /** A part of the owner's page of one payment. */
  payment?(c: Context, paymentId: string): Promise<JSX.Element | undefined>
  /** A part of the owner's page of one person. */
  person?(c: Context, person: KnownPerson): Promise<JSX.Element | undefined>
  /** What was kept under an address becomes theirs who have just proved it, after that is committed. */
  claim?(user: { id: string; email: string }): Promise<void>
  /** What a user did here, for a bank to read when they dispute a payment: lines in English, the oldest first. */
  evidence?(userId: string): Promise<{ at: Date; text: string }[]>
  /** Where one pays when the shop has no Stripe. */
  direct?: Direct
  /** What may be paid there by that key, besides what the catalog sells. */
  payable?(key: string): Promise<Payable | undefined>
  /** What it holds about a person, for the download of their data: no hashes, no keys. */
  ownData?(user: SignedIn): Promise<Record<string, unknown>>
  /** Removes what names a person who deletes their account, unless it goes with the row in `users`. */
  forget?(trx: Trx, user: SignedIn): Promise<void>
}

/** Somebody with an account, or with an address alone, or of whom no more is known than that they paid. */
export interface KnownPerson {
  userId: string | undefined
  /** Proved, if there is an account. */
  email: string | undefined
  /** Their page. */
  href: string
}

/** Addresses of this site where one pays directly. */
export interface Direct {
  price(price: Price): string
  tip(tip: {
    money: Money
    name?: string | undefined
    message?: string | undefined
    onWall?: boolean | undefined
  }): string
  /** Of a `payable` thing. */
  payable(key: string): string
}

/** A payment request, as what is paid directly sees it. */
export interface Payable {
  money: Money
  description: string
  requestId: string
  /** False when it is paid, under way, cancelled or over. Who has sent the money by then may say so all the same. */
  isOpen: boolean
  /** Where it says how it stands. */
  page: string
}

/** What the tip form offers to tick, in the reader's language; undefined when nothing. */
export function tipChoiceOf(features: Feature[], locale: Locale): string | undefined {
  return features.find(({ tipChoice }) => tipChoice)?.tipChoice?.text[locale]
}

/** Where one pays instead of at Stripe; undefined where Stripe is used. */
export function directOf({
  config,
  features,
}: {
  config: Pick<Config, 'stripe'>
  features: Feature[]
}): Direct | undefined {
  return config.stripe.isUsed ? undefined : features.find(({ direct }) => direct)?.direct
}

/** One line of "what needs you". */
export interface Todo {
  text: string
  href?: string
  note?: string
}
