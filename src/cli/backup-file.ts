import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigError } from '../config.ts'
import { stamp } from '../db/restore.ts'

export function defaultName(now: Date): string {
  return `backups/first-paid-user-${stamp(now)}.tar.gz`
}

/**
 * Writes a new file that only this user may read; it has its name when it is complete, and not before. Returns its size in
 * bytes. Throws a ConfigError when there is one of that name.
 */
export async function writePrivate(file: string, read: () => Promise<Readable>): Promise<number> {
  if (await exists(file)) throw new ConfigError(`${file} exists: choose another name, nothing is overwritten.`)
  const content = await read()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.unfinished-${process.pid}`
  try {
    // Flushed before it gets its name: a power cut must not leave half a backup that looks like one.
    await pipeline(content, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }))
    const { size } = await stat(unfinished)
    await rename(unfinished, file)
    return size
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
