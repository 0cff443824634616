import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { Hono } from 'hono'
import { listen } from '../listen.ts'

/** What the running app does for a command that would otherwise need the embedded database for itself. */
export type Commands = Record<'owner-link' | 'revenue-rebuild', () => Promise<string>>

/**
 * Answers commands on a private socket in DATA_DIR, a folder that only this user may enter.
 * Call it while holding the directory's lock.
 */
export async function serveCommands(dataDir: string, commands: Commands): Promise<{ close(): Promise<void> }> {
  const path = socketPath(dataDir)
  await rm(path, { force: true })
  const app = new Hono()
  for (const [name, command] of Object.entries(commands)) app.post(`/${name}`, async (c) => c.text(await command()))
  return listen(app, path)
}

/** Asks the app that runs on this DATA_DIR; undefined when none does. Throws when it refuses. */
export function askRunningApp(dataDir: string, command: keyof Commands): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const ask = request({ socketPath: socketPath(dataDir), path: `/${command}`, method: 'POST' }, async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      response.statusCode === 200 ? done(text) : fail(new Error(`${command}: ${text}`))
    })
    ask.once('error', ({ code }: NodeJS.ErrnoException) =>
      code === 'ENOENT' || code === 'ECONNREFUSED' ? done(undefined) : fail(code),
    )
    ask.end()
  })
}

function socketPath(dataDir: string): string {
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\${resolve(dataDir).replaceAll(/\W/g, '-')}`
    : join(resolve(dataDir), 'control.sock')
}
