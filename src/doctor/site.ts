import { isSafeAddress } from '../config.ts'
import { dictionary } from '../ui/i18n.ts'
import { type Check, findings, type Patient } from './check.ts'

const ANSWER_MS = 8_000

const words = dictionary({
  'zh-CN': {
    notSet: '没有 BASE_URL',
    https: (url: string) => url,
    http: (url: string) => `${url} 没有 https`,
    httpMend: '在前面放一个 Caddy 之类的代理，它会去要证书；然后把 BASE_URL 写成 https://…',
    answers: '/healthz 有回答',
    strange: (what: string) => `/healthz 的回答不是本站的：${what}`,
    away: (why: string) => `${why}`,
    awayMend: '看看域名指到哪里，代理是不是转到这里，应用是不是开着。',
    notRunning: '没有开着：npm run dev',
    headers: '安全头都在',
    lacks: (names: string) => `少了安全头：${names}`,
    headersMend: '代理不该去掉它们，也不该放自己的页面在前面。',
  },
  en: {
    notSet: 'BASE_URL is missing',
    https: (url) => url,
    http: (url) => `${url} is without https`,
    httpMend: 'Put a proxy such as Caddy in front, which gets a certificate; then write https://… into BASE_URL.',
    answers: 'answers at /healthz',
    strange: (what) => `what answers at /healthz is not this app: ${what}`,
    away: (why) => `${why}`,
    awayMend: 'See where the domain leads, whether the proxy passes on to here, and whether the app runs.',
    notRunning: 'does not run: npm run dev',
    headers: 'the security headers are there',
    lacks: (names) => `security headers are missing: ${names}`,
    headersMend: 'The proxy should not remove them, nor put a page of its own in front.',
  },
})
const { ok, warning, failed, skipped } = findings(words)

export const siteChecks: Check[] = [
  { name: 'site', run: https },
  { name: 'site answers', needs: ['site'], isSlow: true, run: answers },
  { name: 'site headers', needs: ['site answers'], isSlow: true, run: headers },
]

function https({ config: { baseUrl, isProduction }, missing }: Patient) {
  if (missing.has('BASE_URL')) return skipped((t) => t.notSet)
  if (baseUrl.startsWith('https:')) return ok((t) => t.https(baseUrl))
  return (isProduction && !isSafeAddress(baseUrl) ? failed : warning)(
    (t) => t.http(baseUrl),
    (t) => t.httpMend,
  )
}

async function answers({ config: { baseUrl, isProduction }, world }: Patient) {
  try {
    const response = await get(world, `${baseUrl}/healthz`)
    const text = (await response.text()).slice(0, 60)
    if (response.status === 200 && text === 'alive') return ok((t) => t.answers)
    return failed(
      (t) => t.strange(`${response.status} ${text}`),
      (t) => t.awayMend,
    )
  } catch (error) {
    if (!isProduction) return skipped((t) => t.notRunning)
    return failed(
      (t) => t.away(reasonOf(error)),
      (t) => t.awayMend,
    )
  }
}

async function headers({ config: { baseUrl }, world }: Patient) {
  const { headers } = await get(world, `${baseUrl}/`)
  const wanted: [name: string, pattern: RegExp][] = [
    ['content-security-policy', /frame-ancestors 'none'/],
    ['x-content-type-options', /^nosniff$/],
    ['referrer-policy', /same-origin/],
    ...(baseUrl.startsWith('https:') ? [['strict-transport-security', /max-age=\d{5,}/] as [string, RegExp]] : []),
  ]
  const lacking = wanted.filter(([name, pattern]) => !pattern.test(headers.get(name) ?? '')).map(([name]) => name)
  if (lacking.length === 0) return ok((t) => t.headers)
  return failed(
    (t) => t.lacks(lacking.join(', ')),
    (t) => t.headersMend,
  )
}

function get(world: Patient['world'], url: string): Promise<Response> {
  return world.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })
}

/** Node's fetch says "fetch failed", and the reason beneath. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  return [message, cause?.code ?? cause?.message].filter(Boolean).join(': ')
}
