import { rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { Hono } from 'hono'
import { listen } from '../listen.ts'

/** What the running app does for a command that would otherwise need the embedded database for itself. */
export interface Commands {
  'owner-link'(): Promise<string>
  backup(): Promise<Blob>
  'revenue-rebuild'(): Promise<string>
  'stripe-reconcile'(query: Record<string, string>): Promise<ReadableStream>
  doctor(): Promise<string>
  'go-live'(): Promise<ReadableStream>
}

/**
 * Answers commands on a private socket in DATA_DIR, a folder that only this user may enter.
 * Call it while holding the directory's lock.
 */
export async function serveCommands(dataDir: string, commands: Commands): Promise<{ close(): Promise<void> }> {
  const path = socketPath(dataDir)
  await rm(path, { force: true })
  const app = new Hono()
  for (const [name, command] of Object.entries(commands))
    app.post(`/${name}`, async (c) => new Response(await command(c.req.query())))
  return listen(app, path)
}

/** Asks the app that runs on this DATA_DIR, and returns its answer to be read; undefined when none runs. Throws when it refuses. */
export function askRunningApp(
  dataDir: string,
  command: keyof Commands,
  query: Record<string, string> = {},
): Promise<IncomingMessage | undefined> {
  const path = `/${command}?${new URLSearchParams(query)}`
  return new Promise((done, fail) => {
    const ask = request({ socketPath: socketPath(dataDir), path, method: 'POST' }, async (response) => {
      response.statusCode === 200 ? done(response) : fail(new Error(`${command}: ${await text(response)}`))
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
