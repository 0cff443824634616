import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

export class DirectoryInUse extends Error {
  override name = 'DirectoryInUse'
  constructor(directory: string) {
    super(
      `${directory} is in use by another process of this app. ` +
        'The embedded database belongs to one process at a time: stop that one, or set DATA_DIR or DATABASE_URL.',
    )
  }
}

/**
 * Holds a directory for this process, until `release` or the end of the process, however it ends.
 * PGlite itself does not lock, and two processes on one directory silently lose rows.
 * Throws DirectoryInUse.
 */
export async function lockDirectory(directory: string): Promise<{ release(): Promise<void> }> {
  const address = await lockAddress(directory)
  const server = (await listen(address)) ?? ((await isStale(address)) ? await takeOver(address) : undefined)
  if (!server) throw new DirectoryInUse(directory)
  server.unref()
  return { release: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Linux's abstract sockets and Windows' pipes vanish with their process; elsewhere a socket file may be left behind. */
async function lockAddress(directory: string): Promise<string> {
  const real = await realpath(directory)
  const name = `first-paid-user-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(real, 'lock.sock')
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(address, () => resolve(server))
  })
}

/** A socket file that nobody answers on is what a killed process left. */
function isStale(address: string): Promise<boolean> {
  if (!address.startsWith('/')) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => resolve(socket.destroy() && false))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}

async function takeOver(address: string): Promise<Server | undefined> {
  await rm(address, { force: true })
  return listen(address)
}
