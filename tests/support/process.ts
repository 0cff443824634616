import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inject, onTestFinished } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** A program of ours in a process of its own, killed after the test. Its environment is `env` and nothing else of ours. */
export class Program {
  output = ''
  readonly exited: Promise<number | null>
  private readonly child: ChildProcess

  constructor(command: string[], env: NodeJS.ProcessEnv, executable = process.execPath) {
    const { PATH, HOME } = process.env
    this.child = spawn(executable, command, { cwd: root, env: { PATH, HOME, ...env } })
    this.child.stdout?.on('data', (data) => {
      this.output += data
    })
    this.child.stderr?.on('data', (data) => {
      this.output += data
    })
    this.exited = new Promise((done) => this.child.once('close', done))
    onTestFinished(async () => void (await this.kill('SIGKILL')))
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.exited
  }

  /** As somebody at its keyboard. */
  type(text: string): void {
    this.child.stdin?.write(text)
  }

  /** Waits for a line of its output and returns the match. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const givenUpAt = Date.now() + 60_000
    while (Date.now() < givenUpAt) {
      const match = pattern.exec(this.output)
      if (match) return match
      await new Promise((done) => setTimeout(done, 20))
    }
    throw new Error(`never said ${pattern}:\n${this.output}`)
  }
}

/** A TypeScript entry of src, run as `npm run` does it. */
export function runSource(file: string, env: NodeJS.ProcessEnv, args: string[] = []): Program {
  return new Program(sourceCommand(file, args), env)
}

/** The same in a terminal of its own: https://man7.org/linux/man-pages/man1/script.1.html */
export function runInTerminal(file: string, env: NodeJS.ProcessEnv, args: string[] = []): Program {
  const words = [process.execPath, ...sourceCommand(file, args)].map((word) => `'${word}'`).join(' ')
  // Behind a pipe it has no size; and what is typed before the program listens has to reach it as it is.
  const line = `stty raw -echo cols 120 rows 40 && exec ${words}`
  return new Program(['--quiet', '--flush', '--return', '--command', line, '/dev/null'], env, 'script')
}

function sourceCommand(file: string, args: string[]): string[] {
  // tsx's own process passes no SIGKILL on, so it is loaded into the program's.
  return ['--import', `${join(root, 'node_modules/tsx/dist/esm/index.mjs')}`, join(root, file), ...args]
}

/** A folder that is gone after the test. Short, since a socket's path has its limit. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fpu-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A DATA_DIR where the embedded database is made already, so that a program starts in a second instead of five. */
export async function preparedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  const database = join(folder, 'postgres')
  await mkdir(database, { recursive: true })
  execFileSync('tar', ['-xf', inject('pglite'), '-C', database], { stdio: 'ignore' })
  return folder
}
