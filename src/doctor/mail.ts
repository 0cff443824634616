import { verifySmtp } from '../mail/smtp.ts'
import { dictionary } from '../ui/i18n.ts'
import { type Check, findings, type Patient } from './check.ts'

const SMTP_MS = 8_000

const words = dictionary({
  'zh-CN': {
    notSet: '没有 SMTP_URL',
    mailbox: '本机的邮箱：信不会真的发出去',
    mailboxMend: '随便一家发信的服务都行：把 smtps://用户:密码@主机 填进 SMTP_URL。',
    connects: '连得上，也登录得了',
    refuses: (said: string) => `连不上：${said}`,
    refusesMend: '看看 SMTP_URL：主机、端口（smtps 是 465，smtp 是 587）、用户名和密码。',
    from: (from: string) => `从 ${from} 发出`,
    fromLocal: (from: string) => `${from} 不是别人收得到、回得了的地址`,
    fromMend: '把 MAIL_FROM 设成发信服务允许你用的地址，像 Ming <ming@你的域名>。',
    dns: (domain: string) => `${domain} 有 SPF 和 DMARC`,
    dnsLacks: (domain: string, what: string) => `${domain} 没有 ${what}：收据容易进垃圾箱`,
    dnsMend: '按发信服务给的，在域名那里加上 TXT 记录；DMARC 从 "v=DMARC1; p=none" 开始就好。',
    dnsAway: (domain: string) => `查不到 ${domain} 的 DNS`,
    dnsAwayMend: '过一会儿再试；域名写错了也会这样。',
  },
  en: {
    notSet: 'SMTP_URL is missing',
    mailbox: 'the local mailbox: nothing really goes out',
    mailboxMend: 'Any mail provider will do: put smtps://user:password@host into SMTP_URL.',
    connects: 'connects, and may sign in',
    refuses: (said) => `does not connect: ${said}`,
    refusesMend: 'Check SMTP_URL: host, port (465 with smtps, 587 with smtp), user and password.',
    from: (from) => `comes from ${from}`,
    fromLocal: (from) => `${from} is no address that others can answer`,
    fromMend: 'Set MAIL_FROM to an address that your provider lets you use, like Ming <ming@your-domain>.',
    dns: (domain) => `${domain} has SPF and DMARC`,
    dnsLacks: (domain, what) => `${domain} has no ${what}: receipts may end up as spam`,
    dnsMend: 'Add the TXT records that your provider names to the domain; for DMARC "v=DMARC1; p=none" is a beginning.',
    dnsAway: (domain) => `the DNS of ${domain} does not answer`,
    dnsAwayMend: 'Try again in a while; a domain spelt wrongly looks like this, too.',
  },
})
const { ok, warning, failed, skipped } = findings(words)

export const mailChecks: Check[] = [
  { name: 'mail', isSlow: true, run: server },
  { name: 'mail from', run: from },
  { name: 'mail dns', needs: ['mail from'], isSlow: true, run: dns },
]

async function server({ config: { mail }, missing }: Patient) {
  if (missing.has('SMTP_URL')) return skipped((t) => t.notSet)
  if (!mail.smtpUrl) {
    return warning(
      (t) => t.mailbox,
      (t) => t.mailboxMend,
    )
  }
  try {
    await verifySmtp(mail.smtpUrl, SMTP_MS)
    return ok((t) => t.connects)
  } catch (error) {
    return failed(
      (t) => t.refuses((error as Error).message),
      (t) => t.refusesMend,
    )
  }
}

function from({ config: { mail, isProduction }, missing }: Patient) {
  if (missing.has('MAIL_FROM') || (!isProduction && !mail.smtpUrl)) return skipped((t) => t.notSet)
  const domain = domainOf(mail.from)
  if (domain && !/(^|\.)(localhost|local|test|invalid|example(\.(com|net|org))?)$/.test(domain)) {
    return ok((t) => t.from(mail.from))
  }
  return (isProduction ? failed : warning)(
    (t) => t.fromLocal(mail.from),
    (t) => t.fromMend,
  )
}

/** Only a hint: whether mail arrives is up to the other side. https://www.rfc-editor.org/rfc/rfc7208 and rfc7489 */
async function dns({ config: { mail }, world }: Patient) {
  const domain = domainOf(mail.from)!
  // DMARC of a domain also holds for those below it.
  const parent = domain.split('.').slice(-2).join('.')
  const has = async (name: string, mark: string) => {
    const records = await world.resolveTxt(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENODATA' || error.code === 'ENOTFOUND') return []
      throw error
    })
    return records.some((parts) => parts.join('').toLowerCase().startsWith(mark))
  }
  try {
    const [spf, own, above] = await Promise.all([
      has(domain, 'v=spf1'),
      has(`_dmarc.${domain}`, 'v=dmarc1'),
      has(`_dmarc.${parent}`, 'v=dmarc1'),
    ])
    if (spf && (own || above)) return ok((t) => t.dns(domain))
    const lacks = [!spf && 'SPF', !own && !above && 'DMARC'].filter(Boolean).join(', ')
    return warning(
      (t) => t.dnsLacks(domain, lacks),
      (t) => t.dnsMend,
    )
  } catch {
    return warning(
      (t) => t.dnsAway(domain),
      (t) => t.dnsAwayMend,
    )
  }
}

/** undefined for a name without a dot, that is nobody's on the internet. */
function domainOf(address: string): string | undefined {
  return /@([\w-]+(\.[\w-]+)+)>?\s*$/.exec(address)?.[1]?.toLowerCase()
}
