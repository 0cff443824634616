import pg from 'pg'

/** Makes a database on the server, a copy of `template` if one is named, and returns its address. */
export async function createDatabase(serverUrl: string, name: string, template = 'template1'): Promise<string> {
  await ask(serverUrl, `create database ${name} template ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Whoever is still connected to it is cut off. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await ask(serverUrl, `drop database if exists ${name} with (force)`)
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
