import { dictionary, formatDate } from '../ui/i18n.ts'
import { type Check, findings } from './check.ts'

/** The oldest Node that the kit is tried with. */
const OLDEST_NODE = 20

const words = dictionary({
  'zh-CN': {
    node: (version: string) => `Node ${version}`,
    nodeOld: (version: string) => `Node ${version} 太旧了`,
    nodeMend: `装 Node ${OLDEST_NODE} 或更新的；npm run 的命令会用 node_modules 里自带的那个。`,
    production: '生产环境，需要的都填了',
    development: '开发环境：没填的都有本机的替身',
    developmentMend: '上线的那台机器上用 NODE_ENV=production npm run doctor 再看一遍。',
    missing: (names: string) => `缺：${names}`,
    missingMend: (lines: string) => `填进 .env（npm run setup 会一样一样问）：${lines}`,
    zone: (zone: string, now: string) => `一天从 ${zone} 的零点算起，那里现在是 ${now}`,
    zoneUnknown: (zone: string) => `这个 Node 不认识时区 ${zone}`,
    zoneMend: '把 TIMEZONE 设成像 Asia/Shanghai 这样的名字。',
  },
  en: {
    node: (version) => `Node ${version}`,
    nodeOld: (version) => `Node ${version} is too old`,
    nodeMend: `Install Node ${OLDEST_NODE} or later; npm run … takes the one in node_modules.`,
    production: 'production, with all that it needs',
    development: 'development: what is not set has a stand-in on this machine',
    developmentMend: 'On the machine that goes live, run NODE_ENV=production npm run doctor.',
    missing: (names) => `missing: ${names}`,
    missingMend: (lines) => `Put it into .env (npm run setup asks for each): ${lines}`,
    zone: (zone, now) => `days begin at midnight in ${zone}, where it is ${now}`,
    zoneUnknown: (zone) => `this Node does not know the time zone ${zone}`,
    zoneMend: 'Set TIMEZONE to a name like Asia/Shanghai.',
  },
})
const { ok, warning, failed } = findings(words)

export const environmentChecks: Check[] = [
  {
    name: 'node',
    run({ world: { nodeVersion } }) {
      const isOld = Number(/^v(\d+)/.exec(nodeVersion)?.[1]) < OLDEST_NODE
      if (!isOld) return ok((t) => t.node(nodeVersion))
      return failed(
        (t) => t.nodeOld(nodeVersion),
        (t) => t.nodeMend,
      )
    },
  },
  {
    name: 'environment',
    run({ config, missing }) {
      if (missing.size > 0) {
        const lines = [...missing].map(([name, where]) => `\n${name}: ${where}`).join('')
        return failed(
          (t) => t.missing([...missing.keys()].join(', ')),
          (t) => t.missingMend(lines),
        )
      }
      if (config.isProduction) return ok((t) => t.production)
      return warning(
        (t) => t.development,
        (t) => t.developmentMend,
      )
    },
  },
  {
    name: 'time zone',
    run({ config: { timeZone }, world }) {
      try {
        const now = new Date(world.now())
        return ok((t, locale) => t.zone(timeZone, formatDate(now, locale, timeZone, 'dateTime')))
      } catch {
        return failed(
          (t) => t.zoneUnknown(timeZone),
          (t) => t.zoneMend,
        )
      }
    },
  },
]
