import type { Line } from '../doctor/examine.ts'

const MARKS = { ok: 'ok', warning: 'warning', failed: 'FAILED', skipped: '-' } as const

/** Whether something has to be mended. */
export function isWell(lines: Pick<Line, 'status'>[]): boolean {
  return lines.every(({ status }) => status !== 'failed')
}

/** The list as a terminal shows it, and a line that sums it up. */
export function doctorText(lines: Line[]): string {
  const width = Math.max(...lines.map(({ name }) => name.length))
  const margin = ' '.repeat(2 + 7 + 2 + width + 2)
  const shown = lines.map(({ name, status, text, mend }) => {
    const line = `  ${MARKS[status].padEnd(7)}  ${name.padEnd(width)}  ${text.en}`
    return mend ? `${line}\n${margin}→ ${mend.en.replaceAll('\n', `\n${margin}  `)}` : line
  })
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length
  const sum = `${count('ok')} ok, ${count('warning')} to look at, ${count('failed')} failed, ${count('skipped')} not looked at`
  return [...shown, '', sum].join('\n')
}
