import type { Patient } from '../doctor/check.ts'
import { allChecks, examine, type Line } from '../doctor/examine.ts'

const KEPT_MS = 60_000
/** Somebody waits for the page. */
const SLOW_MS = 6_000

/** The doctor's list for a page: what is quick is looked at each time, what asks others is kept for a minute. */
export function createChecklist(patient: Patient) {
  const quick = allChecks.filter(({ isSlow }) => !isSlow)
  const slowNames = new Set(allChecks.filter(({ isSlow }) => isSlow).map(({ name }) => name))
  let kept: { lines: Promise<Line[]>; until: number } | undefined

  // Pressed twice, it is looked once.
  const look = () => {
    if (!kept || kept.until < Date.now()) {
      kept = { lines: examine(patient, allChecks, SLOW_MS), until: Date.now() + KEPT_MS }
    }
    return kept.lines
  }
  return {
    /** `slowToo` also looks at what is slow, unless that was done within the last minute. */
    async read(slowToo: boolean): Promise<Line[]> {
      const isKept = kept !== undefined && kept.until >= Date.now()
      if (!slowToo && !isKept) return examine(patient, quick)
      const [fresh, all] = await Promise.all([examine(patient, quick), look()])
      const byName = new Map(fresh.map((line) => [line.name, line]))
      return all.map((line) => (slowNames.has(line.name) ? line : (byName.get(line.name) ?? line)))
    },
    async lookAnew(): Promise<void> {
      kept = undefined
      await look()
    },
  }
}
