import { ConfigError } from './config.ts'
import { DirectoryInUse } from './db/directory-lock.ts'
import { isDatabaseDown } from './db/is-down.ts'

/** Runs a program's main function. What a person can mend ends it with a clear line and exit code 1, everything else with its stack. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    console.error(explain(error))
    process.exit(1)
  }
}

/** On the first SIGINT or SIGTERM calls `stop`, then ends the process; the second ends it at once. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      stop().then(
        () => process.exit(0),
        (error) => {
          console.error(explain(error))
          process.exit(1)
        },
      )
    })
  }
}

function explain(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof DirectoryInUse) return error.message
  if (!(error instanceof Error)) return error
  const { code, port, path } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what listens there, or set PORT.`
  if (code === 'EACCES' && port) return `Port ${port} needs privileges: set PORT to 1024 or more.`
  if (path && (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')) {
    return `Can't use ${path} (${code}): make it a folder that this user may write, or set DATA_DIR.`
  }
  if (isDatabaseDown(error)) return `The database does not answer (${error.message || code}): check DATABASE_URL.`
  // What else hangs on an error may hold a password, such as the address that could not be read.
  return error.message.startsWith('catalog.ts') ? error.message : error.stack
}
