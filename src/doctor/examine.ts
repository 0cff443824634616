import { dictionary } from '../ui/i18n.ts'
import { type Check, type Finding, findings, type Patient } from './check.ts'
import { databaseChecks } from './database.ts'
import { environmentChecks } from './environment.ts'
import { mailChecks } from './mail.ts'
import { type CheckName, checkNames } from './names.ts'
import { ownerChecks } from './owner.ts'
import { pricesChecks } from './prices.ts'
import { siteChecks } from './site.ts'
import { stripeChecks } from './stripe.ts'

/** All that the doctor looks at, in the order in which it is read; what others need comes before them. */
export const allChecks: Check[] = [
  ...environmentChecks,
  ...siteChecks,
  ...databaseChecks,
  ...stripeChecks,
  ...pricesChecks,
  ...mailChecks,
  ...ownerChecks,
]

/** A finding and the check that made it. */
export interface Line extends Finding {
  name: CheckName
}

// The pool gives a connection up after five seconds, and says why.
const QUICK_MS = 6_000
const SLOW_MS = 20_000

const words = dictionary({
  'zh-CN': {
    first: (name: string) => `没有看：先要弄好${name}`,
    late: (seconds: number) => `${seconds} 秒没有答复`,
    lateMend: '过一会儿再试；总是这样，就看看网络和防火墙。',
    broken: (why: string) => why,
  },
  en: {
    first: (name) => `not looked at: ${name} comes first`,
    late: (seconds) => `no answer within ${seconds} seconds`,
    lateMend: 'Try again in a while; if it stays so, look at the network and the firewall.',
    broken: (why) => why,
  },
})
const { failed, skipped } = findings(words)

/** Runs checks at once, each with its own time limit. Whatever one of them throws is its finding: this never rejects. */
export async function examine(given: Patient, checks = allChecks, slowMs = SLOW_MS): Promise<Line[]> {
  // What was read for another examination is old by now.
  const patient = { ...given }
  const found = new Map<string, Promise<Line>>()
  for (const check of checks) {
    const needed = (check.needs ?? []).flatMap((name) => found.get(name) ?? [])
    found.set(
      check.name,
      Promise.all(needed).then(async (lines) => {
        const missing = lines.filter(({ status }) => status === 'failed' || status === 'skipped')
        const finding =
          missing.length > 0
            ? skipped((t, locale) => t.first(checkNames[locale][missing[0]!.name]))
            : await inTime(check, patient, check.isSlow ? slowMs : QUICK_MS)
        return { name: check.name, ...finding }
      }),
    )
  }
  return Promise.all(found.values())
}

async function inTime(check: Check, patient: Patient, milliseconds: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<Finding>((done) => {
    const late = () =>
      done(
        failed(
          (t) => t.late(milliseconds / 1000),
          (t) => t.lateMend,
        ),
      )
    timer = setTimeout(late, milliseconds)
  })
  const looked = Promise.resolve()
    .then(() => check.run(patient))
    .catch((error) => failed((t) => t.broken((error as Error | undefined)?.message || String(error))))
  return Promise.race([looked, tooLate]).finally(() => clearTimeout(timer))
}
