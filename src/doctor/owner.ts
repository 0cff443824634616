import { ownerNeedsPasskey } from '../auth/passkeys.ts'
import { dictionary } from '../ui/i18n.ts'
import { type Check, findings, onceEach, type Patient } from './check.ts'

const words = dictionary({
  'zh-CN': {
    notSet: '没有 OWNER_EMAIL',
    exists: (email: string) => `${email} 登录过`,
    none: (email: string) => `${email} 还没有登录过`,
    noneMend: 'npm run owner:link 会给一个登录链接，用一次就好。',
    passkey: '有通行密钥',
    noPasskey: '还没有通行密钥：谁能看你的邮箱，谁就能进收入页',
    passkeyMend: '登录后在 /account 加一个。',
  },
  en: {
    notSet: 'OWNER_EMAIL is missing',
    exists: (email) => `${email} has signed in`,
    none: (email) => `${email} has not signed in yet`,
    noneMend: 'npm run owner:link prints a link for it. Use it once.',
    passkey: 'has a passkey',
    noPasskey: 'has no passkey: whoever reads your mail gets into the dashboard',
    passkeyMend: 'Sign in and add one at /account',
  },
})
const { ok, warning, failed, skipped } = findings(words)

const owner = onceEach(({ db, config }) =>
  db!
    .selectFrom('users')
    .select('id')
    .where('email', '=', config.ownerEmail)
    .where('email_verified_at', 'is not', null)
    .executeTakeFirst(),
)

export const ownerChecks: Check[] = [
  { name: 'owner', needs: ['database', 'database migrations'], run: exists },
  { name: 'owner passkey', needs: ['owner'], run: passkey },
]

async function exists(patient: Patient) {
  const { ownerEmail, isProduction } = patient.config
  if (patient.missing.has('OWNER_EMAIL')) return skipped((t) => t.notSet)
  if (await owner(patient)) return ok((t) => t.exists(ownerEmail))
  return (isProduction ? failed : warning)(
    (t) => t.none(ownerEmail),
    (t) => t.noneMend,
  )
}

async function passkey(patient: Patient) {
  const found = await owner(patient)
  if (found && !(await ownerNeedsPasskey(patient.db!, found.id))) return ok((t) => t.passkey)
  return warning(
    (t) => t.noPasskey,
    (t) => t.passkeyMend,
  )
}
