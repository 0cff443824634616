import { dictionary } from '../ui/i18n.ts'

interface Moved {
  new: number
  reactivated: number
  churned: number
}

export const words = dictionary({
  'zh-CN': {
    title: '订阅',
    mrr: '每月订阅收入（MRR）',
    mrrNote: '现在付费的订阅，都折算成一个月的钱。试用不算；扣款失败、还在重试的算。',
    active: '订阅的人',
    thisMonth: (moved: Moved) => `本月新增 ${moved.new} 人，回来 ${moved.reactivated} 人，离开 ${moved.churned} 人。`,
    more: '看全部',
    churnRate: '流失率，最近 30 天',
    churnNote: '流失率：最近 30 天里离开的人，除以这段时间里订阅过的人。',
    lifetime: '一位订阅者的价值',
    lifetimeNote: '价值：平均每人每月的钱，除以流失率。这是估计，人少的时候不准。',
    noLifetime: '还没有人离开，价值没法估计。',
    leaving: (count: number, mrr: string) => `有 ${count} 个订阅到期后不再续费，一共每月 ${mrr}。`,
    soFar: (count: number, each: string, paid: string) =>
      `到现在有 ${count} 人订阅过，平均每人付了 ${each}，一共 ${paid}（减去退款，没减手续费）。`,
    months: '每个月',
    nobodyYet: '还没有人订阅。',
    people: (count: number) => `${count} 人`,
    moved: (moved: Moved) => `新增 ${moved.new} · 回来 ${moved.reactivated} · 离开 ${moved.churned}`,
    rate: (rate: string) => `流失率 ${rate}`,
  },
  en: {
    title: 'Subscribers',
    mrr: 'Monthly recurring revenue (MRR)',
    mrrNote:
      'What the subscriptions that are paid now come to in one month. Trials do not count; a failed payment that is being retried does.',
    active: 'Subscribers',
    thisMonth: (moved) => `This month: ${moved.new} new, ${moved.reactivated} back again, ${moved.churned} left.`,
    more: 'See all',
    churnRate: 'Churn, last 30 days',
    churnNote: 'Churn: those who left in the last 30 days, out of all who subscribed at any time in them.',
    lifetime: 'Lifetime value',
    lifetimeNote:
      'Lifetime value: what one pays a month on average, divided by churn. A guess, and a poor one while you have few.',
    noLifetime: 'Nobody has left, so a lifetime value cannot be told.',
    leaving: (count, mrr) =>
      count === 1
        ? `One subscription will not be renewed: ${mrr} a month.`
        : `${count} subscriptions will not be renewed: ${mrr} a month in all.`,
    soFar: (count, each, paid) =>
      `${count} ${count === 1 ? 'person has' : 'people have'} ever subscribed and paid ${each} on average, ${paid} in all (after refunds, before fees).`,
    months: 'Month by month',
    nobodyYet: 'Nobody has subscribed yet.',
    people: (count) => `${count}`,
    moved: (moved) => `${moved.new} new · ${moved.reactivated} back · ${moved.churned} left`,
    rate: (rate) => `churn ${rate}`,
  },
})
