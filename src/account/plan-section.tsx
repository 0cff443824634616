import type { Selectable } from 'kysely'
import { catalog, productOfPlan } from '../catalog.ts'
import type { Tables } from '../db/tables.ts'
import type { Rights } from '../payments/rights.ts'
import { SubmitButton } from '../ui/form.tsx'
import { dictionary, formatDate, type Locale } from '../ui/i18n.ts'

const words = dictionary({
  'zh-CN': {
    heading: '你有什么',
    left: (credits: string) => `还有 ${credits}`,
    plan: (product: string, until: string) => `${product}，可以用到 ${until}`,
    renews: (product: string, at: string) => `${product}，${at} 自动续期`,
    trial: (product: string, at: string) => `${product}，试用到 ${at}，之后开始收费`,
    late: (product: string, until: string) => `${product}这期没有扣到款。${until} 之前一切照常，请更新付款方式。`,
    nothing: '还没有开通什么。',
    shop: '看看卖什么',
    manage: '管理订阅、发票和付款方式',
    manageOne: (product: string) => `管理${product}（以访客身份买的）`,
  },
  en: {
    heading: 'What you have',
    left: (credits) => `${credits} left`,
    plan: (product, until) => `${product}, until ${until}`,
    renews: (product, at) => `${product}, renews on ${at}`,
    trial: (product, at) => `${product}, on trial until ${at}, paid from then on`,
    late: (product, until) => `The payment for ${product} failed. It works until ${until}; please update your card.`,
    nothing: 'Nothing yet.',
    shop: 'See what there is',
    manage: 'Manage subscription, invoices and card',
    manageOne: (product) => `Manage ${product}, bought as a guest`,
  },
})

type Subscription = Selectable<Tables['subscriptions']>

export interface PlanSectionProps {
  locale: Locale
  timeZone: string
  rights: Rights
  subscriptions: Pick<Subscription, 'plan' | 'status' | 'period_end' | 'ends_at'>[]
  /** What is managed at Stripe's customer portal, each place by a button. */
  portals: { subscriptionId?: string; plan?: string | null }[]
}

/** What is open to this person now. */
export function PlanSection({ locale, timeZone, rights, subscriptions, portals }: PlanSectionProps) {
  const t = words[locale]
  const named = (plan: string) => productOfPlan(plan)?.name[locale] ?? plan
  const day = (date: Date) => formatDate(date, locale, timeZone, 'date')
  const planLine = (plan: string, until: Date) => {
    const subscription = subscriptions.find((one) => one.plan === plan)
    if (subscription?.status === 'past_due') return t.late(named(plan), day(until))
    // The days of grace after a period are not what was paid for.
    if (subscription?.status === 'trialing') return t.trial(named(plan), day(subscription.period_end))
    if (subscription && !subscription.ends_at) return t.renews(named(plan), day(subscription.period_end))
    return t.plan(named(plan), day(until))
  }
  const lines = [
    ...rights.plans.map(({ plan, until }) => planLine(plan, until)),
    ...(rights.credits > 0 ? [t.left(catalog.credits[locale](rights.credits))] : []),
  ]
  return (
    <section>
      <h2>{t.heading}</h2>
      {lines.map((line) => (
        <p>{line}</p>
      ))}
      {lines.length === 0 && (
        <p class="muted">
          {t.nothing} <a href="/">{t.shop}</a>
        </p>
      )}
      {portals.map(({ subscriptionId, plan }) => (
        <form method="post" action="/portal">
          {subscriptionId && <input type="hidden" name="subscription" value={subscriptionId} />}
          <SubmitButton kind="quiet">{plan && portals.length > 1 ? t.manageOne(named(plan)) : t.manage}</SubmitButton>
        </form>
      ))}
    </section>
  )
}
