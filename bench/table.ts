import type { Result } from './result.ts'

/** The results as a Markdown table for each benchmark, below a line about the machine. */
export function asMarkdown(machine: Record<string, string>, results: Record<string, Result[]>): string {
  const about = Object.entries(machine).map(([name, value]) => `${name}: ${value}`)
  const tables = Object.entries(results).map(([name, rows]) => `## ${name}\n\n${table(rows)}`)
  return `${about.join(' · ')}\n\n${tables.join('\n\n')}\n`
}

function table(rows: Result[]): string {
  const cells = rows.map(({ what, value, beside = '', bar = '', isMet }) => [
    what,
    value,
    beside,
    bar,
    isMet === undefined ? '' : isMet ? 'met' : '**not met**',
  ])
  const lines = [['what', 'measured', 'beside', 'bar', ''], ['---', '---', '---', '---', '---'], ...cells]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}
