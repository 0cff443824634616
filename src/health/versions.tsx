import { sql } from 'kysely'
import Stripe from 'stripe'
import kit from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { Facts } from '../ui/facts.tsx'
import type { Locale } from '../ui/i18n.ts'
import { words } from './words.ts'

/** What runs here, for whoever has to mend it or to ask for help. */
export async function readVersions(db: Db, config: Pick<Config, 'databaseUrl' | 'stripe'>) {
  const { rows } = await sql<{ postgres: string; bytes: number }>`
    select current_setting('server_version') as postgres, pg_database_size(current_database()) as bytes
  `.execute(db)
  return {
    ...rows[0]!,
    isEmbedded: config.databaseUrl === undefined,
    // The one that the SDK pins.
    stripeApi: config.stripe.isUsed ? Stripe.API_VERSION : undefined,
  }
}

export type Versions = Awaited<ReturnType<typeof readVersions>>

export function VersionList({ locale, versions }: { locale: Locale; versions: Versions }) {
  const t = words[locale]
  const { postgres, isEmbedded, bytes, stripeApi } = versions
  return (
    <section>
      <h2>{t.versions}</h2>
      <Facts
        facts={[
          [kit.name, kit.version],
          ['Node', process.versions.node],
          [isEmbedded ? t.embedded : 'Postgres', postgres],
          [t.databaseSize, sizeText(bytes, locale)],
          ...(stripeApi ? [[t.stripeApi, stripeApi] satisfies [string, string]] : []),
        ]}
      />
    </section>
  )
}

/** "12.3 MB" */
function sizeText(bytes: number, locale: Locale): string {
  const [unit, size] = bytes < 1e9 ? (['megabyte', 1e6] as const) : (['gigabyte', 1e9] as const)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size)
}
