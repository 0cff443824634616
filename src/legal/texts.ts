import { readFile } from 'node:fs/promises'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import { formatMoney } from '../money.ts'
import type { Locale } from '../ui/i18n.ts'

export type LegalText = 'terms' | 'privacy' | 'refunds'

type Known = Pick<Config, 'baseUrl' | 'ownerEmail' | 'stripe'>

/**
 * One of the files as Markdown, with what the shop is called, where it is and how it refunds filled in. The first line is
 * the title, the first paragraph what is said of the page elsewhere. Throws when there is no such file, or it names what
 * nobody knows. Read at each visit: an edit shows at once.
 */
export async function readText(name: LegalText, locale: Locale, config: Known) {
  const text = filled(await readFile(new URL(`./${locale}/${name}.md`, import.meta.url), 'utf8'), facts(locale, config))
  const [, title = '', body = ''] = /^# (.+)\n([\s\S]*)$/.exec(text) ?? []
  const [summary = ''] = body.trim().split('\n\n')
  return { title, summary: summary.replace(/\s*\n\s*/g, ' '), body }
}

/** What the files may say: `{{shop}}`; and `{{#refunds}} … {{/refunds}}` for what is only true where there are any, with `^` where there are none. */
function facts(locale: Locale, { baseUrl, ownerEmail, stripe }: Known): Record<string, string | undefined> {
  const { refunds } = catalog
  const limits = refunds?.upTo.map((money) => formatMoney(money, locale, { short: true }))
  return {
    shop: catalog.name[locale],
    site: baseUrl,
    email: ownerEmail,
    stripe: stripe.isUsed ? 'Stripe' : undefined,
    refunds: refunds && 'yes',
    days: refunds && String(refunds.days),
    limits: limits && new Intl.ListFormat(locale, { type: 'disjunction' }).format(limits),
  }
}

function filled(text: string, facts: Record<string, string | undefined>): string {
  const known = (name: string) => {
    if (!(name in facts)) throw new Error(`src/legal: nobody knows what {{${name}}} is`)
    return facts[name]
  }
  const chosen = (part: string): string =>
    part.replace(CHOICE, (_, sign: string, name: string, inside: string) =>
      (known(name) !== undefined) === (sign === '#') ? chosen(inside) : '',
    )
  return chosen(text).replace(/\{\{(\w+)\}\}/g, (_, name: string) => known(name) ?? '')
}

// Whoever tidies the files up may set the signs in.
const CHOICE = /^[ \t]*\{\{([#^])(\w+)\}\}\n([\s\S]*?)^[ \t]*\{\{\/\2\}\}\n/gm
