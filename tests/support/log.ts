import { onTestFinished } from 'vitest'
import { setUpLog } from '../../src/log.ts'

/** What is written to the log until the test ends, instead of on the screen. */
export function hearLog(level = 'warn'): string[] {
  const lines: string[] = []
  setUpLog(level, { write: (line) => void lines.push(line) })
  onTestFinished(() => setUpLog('warn'))
  return lines
}
