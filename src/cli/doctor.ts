import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { type Connection, connectPostgres } from '../db/connection.ts'
import { examine, type Line } from '../doctor/examine.ts'
import { patientOf } from '../doctor/patient.ts'
import { run } from '../run.ts'
import { askRunningApp } from './control.ts'
import { doctorText, isWell } from './doctor-text.ts'
import { stripeFor } from './stripe-for.ts'

// Looks at everything that has to be right before money comes in. Changes nothing. Ends with 1 when something failed.
await run(async () => {
  const { json } = flags()
  const lines = await look()
  console.log(json ? JSON.stringify({ well: isWell(lines), lines }, null, 2) : doctorText(lines))
  // Not only the code: a connection that hangs must not keep the command.
  process.exit(isWell(lines) ? 0 : 1)
})

function flags(): { json?: boolean } {
  try {
    return parseArgs({ options: { json: { type: 'boolean' } } }).values
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}. There is --json.`)
  }
}

async function look(): Promise<Line[]> {
  const config = configOrLine()
  if ('name' in config) return [config]
  const answer = config.databaseUrl ? undefined : await askRunningApp(config.dataDir, 'doctor')
  if (answer) return JSON.parse(await text(answer))
  const connection = await connect(config).catch((error: Error) => error)
  const opened = connection instanceof Error ? { db: undefined, dbProblem: connection.message } : { db: connection?.db }
  return examine(patientOf(config, { ...opened, stripe: await stripeFor(config) }))
}

function configOrLine(): Config | Line {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const text = { 'zh-CN': error.message, en: error.message }
    const mend = { 'zh-CN': '在 .env 里改好，见 .env.example', en: 'Correct it in .env: see .env.example' }
    return { name: 'environment', status: 'failed', text, mend }
  }
}

/** To look must make nothing: undefined where there is no database yet. */
async function connect({ databaseUrl, dataDir, isProduction }: Config): Promise<Connection | undefined> {
  if (databaseUrl) return connectPostgres(databaseUrl)
  const isThere = await access(join(dataDir, 'postgres')).then(
    () => true,
    () => false,
  )
  if (!isThere || isProduction) return undefined
  const { openExisting } = await import('../db/embedded.ts')
  return openExisting(dataDir)
}
