import { Resolver } from 'node:dns/promises'
import { statfs } from 'node:fs/promises'
import { catalog } from '../catalog.ts'
import { type Config, ConfigError, requireProduction } from '../config.ts'
import type { Patient, World } from './check.ts'

const world: World = {
  nodeVersion: process.version,
  now: () => Date.now(),
  fetch: (input, init) => fetch(input, init),
  resolveTxt: (name) => new Resolver({ timeout: 2_000, tries: 1 }).resolveTxt(name),
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
}

/** This machine, with what it runs on. `env` is what `config` was read from. */
export function patientOf(
  config: Config,
  { db, dbProblem, stripe }: Pick<Patient, 'db' | 'dbProblem' | 'stripe'>,
  env?: NodeJS.ProcessEnv,
): Patient {
  return { config, missing: missingIn(config, env), catalog, db, dbProblem, stripe, world }
}

function missingIn(config: Config, env?: NodeJS.ProcessEnv): Map<string, string> {
  if (!config.isProduction) return new Map()
  try {
    requireProduction(config, env)
    return new Map()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return new Map([...error.message.matchAll(/^ {2}([A-Z_]+): (.*)$/gm)].map(([, name, where]) => [name!, where!]))
  }
}
