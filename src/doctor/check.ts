import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Catalog } from '../define-catalog.ts'
import { type Locale, locales } from '../locales.ts'
import type { CheckName } from './names.ts'

/** In every language: the terminal reads one, the dashboard's reader chooses. */
export type Text = Record<Locale, string>

/** `skipped` is what can't be known, or is not used. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped'

export interface Finding {
  status: Status
  text: Text
  mend?: Text
}

/** One line of the doctor's list. */
export interface Check {
  name: CheckName
  /** Without these having gone well there is nothing to look at. */
  needs?: CheckName[]
  /** Asks somebody else's machine, so it may take its time. */
  isSlow?: boolean
  run(patient: Patient): Finding | Promise<Finding>
}

/** What is examined. */
export interface Patient {
  config: Config
  /** What production lacks, by its variable: where to get it. */
  missing: Map<string, string>
  catalog: Catalog
  /** Undefined where there is none yet. */
  db: Db | undefined
  /** Why it could not even be opened. */
  dbProblem?: string | undefined
  /** Undefined where none is used, or none runs. */
  stripe: Stripe | undefined
  world: World
}

/** What lies around the app, so that a test may have another. */
export interface World {
  nodeVersion: string
  now(): number
  fetch: typeof fetch
  /** https://nodejs.org/api/dns.html#dnspromisesresolvetxthostname */
  resolveTxt(name: string): Promise<string[][]>
  freeBytes(path: string): Promise<number>
}

type Say<W> = (words: W, locale: Locale) => string
/** The same sentence in each language. */
function inEach<W>(words: Record<Locale, W>, say: Say<W>): Text {
  return Object.fromEntries(locales.map((locale) => [locale, say(words[locale], locale)])) as Text
}

/** The findings of one area, said in its words. */
export function findings<W>(words: Record<Locale, W>) {
  const found =
    (status: Status) =>
    (text: Say<W>, mend?: Say<W>): Finding => ({
      status,
      text: inEach(words, text),
      ...(mend && { mend: inEach(words, mend) }),
    })
  return { ok: found('ok'), warning: found('warning'), failed: found('failed'), skipped: found('skipped') }
}

/** What several checks of one examination want to know is read once. */
export function onceEach<T>(read: (patient: Patient) => Promise<T>): (patient: Patient) => Promise<T> {
  const known = new WeakMap<Patient, Promise<T>>()
  return (patient) => {
    const kept = known.get(patient) ?? read(patient)
    known.set(patient, kept)
    return kept
  }
}
