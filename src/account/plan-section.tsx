import { productOfPlan } from '../catalog.ts'
import type { Rights } from '../payments/rights.ts'
import { SubmitButton } from '../ui/form.tsx'
import { dictionary, formatDate, type Locale } from '../ui/i18n.ts'

const words = dictionary({
  'zh-CN': {
    heading: '你有什么',
    credits: (count: number) => `还有 ${count} 个点数`,
    plan: (product: string, until: string) => `${product}，到 ${until}`,
    nothing: '还没有开通什么。',
    shop: '看看卖什么',
    manage: '管理订阅、发票和付款方式',
    manageOne: (product: string) => `管理${product}（以访客身份买的）`,
  },
  en: {
    heading: 'What you have',
    credits: (count) => (count === 1 ? '1 credit left' : `${count} credits left`),
    plan: (product, until) => `${product}, until ${until}`,
    nothing: 'Nothing yet.',
    shop: 'See what there is',
    manage: 'Manage subscription, invoices and card',
    manageOne: (product) => `Manage ${product}, bought as a guest`,
  },
})

export interface PlanSectionProps {
  locale: Locale
  timeZone: string
  rights: Rights
  /** What is managed at Stripe's customer portal, each place by a button. */
  portals: { subscriptionId?: string; plan?: string | null }[]
}

/** What is open to this person now. */
export function PlanSection({ locale, timeZone, rights, portals }: PlanSectionProps) {
  const t = words[locale]
  const named = (plan: string) => productOfPlan(plan)?.name[locale] ?? plan
  const lines = [
    ...rights.plans.map(({ plan, until }) => t.plan(named(plan), formatDate(until, locale, timeZone, 'date'))),
    ...(rights.credits > 0 ? [t.credits(rights.credits)] : []),
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
