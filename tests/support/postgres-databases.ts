import pg from 'pg'
import type { Ask } from './emptied.ts'

/** Makes a database on the server, a copy of `template` if one is named, and returns its address. */
export async function createDatabase(serverUrl: string, name: string, template = 'template1'): Promise<string> {
  await onServer(serverUrl, (ask) => ask(`create database ${name} template ${template}`))
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Drops the template and all copies of it. Whoever is still connected to one is cut off. */
export async function dropCopies(serverUrl: string, template: string): Promise<void> {
  await onServer(serverUrl, async (ask) => {
    const { rows } = await ask(`select datname as name from pg_database where starts_with(datname, '${template}')`)
    for (const { name } of rows as { name: string }[]) await ask(`drop database if exists ${name} with (force)`)
  })
}

/** One connection to a database, for as long as `work` takes. */
export async function onServer<T>(url: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  return work((text) => client.query(text)).finally(() => client.end())
}
