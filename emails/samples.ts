import { catalog } from '../src/catalog.ts'
import type { Money } from '../src/money.ts'
import type { Locale } from '../src/ui/i18n.ts'
import type { Message } from './index.ts'

type PropsOf<T extends Message['template']> = Extract<Message, { template: T }>['props']
/** What a template makes different mails of. */
type VariantOf<T extends Message['template']> =
  PropsOf<T> extends { what: infer W extends string }
    ? W
    : PropsOf<T> extends { purpose: infer P extends string }
      ? P
      : string
type Samples = {
  [T in Message['template']]: Record<VariantOf<T>, Omit<PropsOf<T>, 'locale' | 'shopName' | 'what' | 'purpose'>>
}

const SITE = 'http://localhost:3000'
const PAID_AT = '2026-11-24T10:17:00Z'
const timeZone = 'Asia/Shanghai'
const cny = (amount: number): Money => ({ amount, currency: 'cny' })

/** Every mail there is, as it might be: a template or a variant without one does not compile. */
function samples(locale: Locale): Samples {
  const say = (chinese: string, english: string) => (locale === 'zh-CN' ? chinese : english)
  const name = say('小满', 'Ann')
  const message = say(
    '三天没想通的问题，你十分钟就看出来了。\n谢谢！',
    'Three days I was stuck, and you saw it in ten minutes.\nThank you!',
  )
  const paid = { amount: cny(660), paidAt: PAID_AT, timeZone, paymentId: 'pi_3Qk8uP2eZvKYlo2C1a2b3c4d' }
  const tip = { ...paid, description: say('红包', 'Tip'), name, message, method: 'wechat_pay' }
  const toOwner = { ...tip, email: 'ann@example.com', dashboardUrl: `${SITE}/dashboard` }
  const receiptUrl = `${SITE}/account/receipts/${paid.paymentId}`
  const account = { resetUrl: `${SITE}/reset-password` }
  const product = catalog.products.find(({ plan }) => plan)?.name[locale] ?? say('会员', 'Membership')
  const plan = { product, until: '2026-11-30T10:17:00Z', timeZone, accountUrl: `${SITE}/account` }
  const proof = { url: `${SITE}/sign-in/link?token=k3Zq9sXw1v`, code: '402816', minutes: 15 }
  const dueBy = '2026-12-05T15:59:00Z'
  const dispute = {
    amount: cny(3000),
    description: say('提问 · 五次提问', 'Questions · Five questions'),
    email: 'ann@example.com',
    url: `${SITE}/dashboard/disputes`,
    timeZone,
  }
  const title = say('Postgres 的查询突然慢了一百倍', 'A Postgres query is suddenly a hundred times slower')
  const question = { title, questionUrl: `${SITE}/ask/2b7e` }
  const code = '4K7QXW'
  return {
    receipt: {
      tip: { ...tip, homeUrl: SITE, receiptUrl },
      purchase: {
        ...paid,
        description: say('提问 · 一次提问', 'Questions · One question'),
        method: 'alipay',
        homeUrl: SITE,
        receiptUrl,
        accountUrl: `${SITE}/account`,
      },
    },
    'owner-payment': { tip: toOwner, short: { ...toOwner, name: undefined, message: undefined } },
    'first-payment': { tip: toOwner },
    proof: { 'sign-in': proof, 'sign-up': proof, reset: proof, 'change-email': proof },
    'account-notice': {
      'password-changed': account,
      'email-changed': { ...account, newEmail: 'ann@new.example' },
      'passkey-added': account,
      'passkey-removed': account,
      'api-key-added': account,
      'github-linked': account,
      'google-linked': account,
      'account-deleted': account,
    },
    'plan-notice': { 'payment-failed': plan, 'pass-ends': plan, ended: plan },
    refund: { whole: { ...paid, paid: paid.amount, description: tip.description } },
    'money-notice': {
      dispute: { ...dispute, said: 'product_not_received', dueBy },
      appeal: { ...dispute, dueBy },
      inquiry: { ...dispute, dueBy },
      'dispute-won': dispute,
      'dispute-lost': dispute,
      'inquiry-closed': dispute,
      'refund-failed': { ...dispute, said: 'expired_or_canceled_card' },
      'refund-refused': { ...dispute, said: 'Insufficient funds in your Stripe balance.' },
      'payout-failed': { amount: cny(120_00), url: `${SITE}/dashboard`, timeZone, said: 'account_closed' },
    },
    'question-asked': {
      first: {
        ...question,
        isFirst: true,
        body: say(
          "昨天还好好的，今天一条 `select` 要 **12 秒**：\n\n```sql\nselect * from orders where paid_at > now() - interval '1 day'\n```\n\n- 表有三百万行\n- 索引还在",
          "Yesterday it was fine, today one `select` takes **12 seconds**:\n\n```sql\nselect * from orders where paid_at > now() - interval '1 day'\n```\n\n- The table has three million rows\n- The index is still there",
        ),
      },
      back: { ...question, isFirst: false, body: say('改了以后快了，为什么？', 'That did it. But why?') },
    },
    'question-answered': {
      answer: {
        ...question,
        mayAskBack: true,
        body: say(
          '统计信息过期了，优化器以为那天没有几行。\n\n1. 跑一次 `analyze orders`\n2. 再看 [执行计划](https://www.postgresql.org/docs/current/using-explain.html)\n\n> 大批导入之后，记得手动 `analyze`。',
          'The statistics are stale, so the planner expects a handful of rows.\n\n1. Run `analyze orders`\n2. Look at the [plan](https://www.postgresql.org/docs/current/using-explain.html) again\n\n> After a large import, run `analyze` yourself.',
        ),
      },
    },
    'claim-made': {
      tip: {
        ...paid,
        description: tip.description,
        code,
        name,
        email: 'ann@example.com',
        dashboardUrl: `${SITE}/dashboard/offline`,
      },
    },
    'claim-refused': { tip: { ...paid, description: tip.description, code, claimUrl: `${SITE}/offline/claims/2b7e` } },
    alert: { late: { waiting: 3, error: 'Stripe does not answer', healthUrl: `${SITE}/dashboard/health` } },
  }
}

export interface Sample {
  /** "money-notice/dispute" */
  name: string
  message: Message
}

/** All of them in a language. */
export function sampleMails(locale: Locale): Sample[] {
  return Object.entries(samples(locale)).flatMap(([template, variants]) =>
    Object.entries(variants).map(([variant, told]) => ({
      name: `${template}/${variant}`,
      message: {
        template,
        props: { ...told, what: variant, purpose: variant, locale, shopName: catalog.name[locale] },
      } as Message,
    })),
  )
}
