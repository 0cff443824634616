import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { Program } from '../support/process.ts'

const SERVER = join(resolve(import.meta.dirname, '../..'), 'dist/src/server.js')

/** One process of the built app, and the supervisor that any server has: what has ended is started again. */
export class AppProcess {
  readonly port: number
  /** How it ended by itself after it had started, which it never should. */
  readonly deaths: string[] = []
  starts = 0
  private readonly env: NodeJS.ProcessEnv
  private program: Program | undefined
  private readonly outputs: string[] = []
  private listening: Promise<void> = Promise.resolve()

  constructor(port: number, env: NodeJS.ProcessEnv) {
    this.port = port
    this.env = { ...env, PORT: String(port), NODE_ENV: 'production' }
  }

  get output(): string {
    return [...this.outputs, this.program?.output ?? ''].join('\n')
  }

  /** Resolves when it listens. While Postgres is away a start fails, and is tried again. */
  start(): Promise<void> {
    this.listening = this.startAgainAndAgain()
    return this.listening
  }

  /** kill -9, whatever it is doing. */
  async kill(): Promise<void> {
    const killed = this.program
    this.program = undefined
    await killed?.kill('SIGKILL')
    this.outputs.push(killed?.output ?? '')
  }

  /** As a new version comes in: SIGTERM, and kill -9 for whoever is still there after ten seconds, as Docker does it. */
  async stop(): Promise<void> {
    const { program } = this
    this.program = undefined
    const code = await Promise.race([program?.kill('SIGTERM'), pause(10_000, 'still there')])
    if (code === 'still there') await program?.kill('SIGKILL')
    else if (code !== 0) this.deaths.push(`exit ${code} after SIGTERM: ${program?.output.slice(-1500)}`)
    this.outputs.push(program?.output ?? '')
  }

  up(): Promise<void> {
    return this.listening
  }

  private async startAgainAndAgain(): Promise<void> {
    for (;;) {
      this.starts++
      const program = new Program([SERVER], this.env)
      this.program = program
      // Before the program's own: the end of the test is no death.
      onTestFinished(() => {
        this.program = undefined
      })
      const ended = await Promise.race([program.says(/Listening on port/), program.exited])
      if (this.program !== program) return
      if (ended && typeof ended === 'object') {
        void program.exited.then((code) => this.died(program, code))
        return
      }
      this.outputs.push(program.output)
      await pause(500)
    }
  }

  private died(program: Program, code: number | null): void {
    if (this.program !== program) return
    this.deaths.push(`exit ${code}: ${program.output.slice(-1500)}`)
    this.outputs.push(program.output)
    void this.start()
  }
}
