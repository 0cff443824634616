import fc from 'fast-check'

/** What may happen to a shop and its customers. A step that can't be (no payment to refund) does nothing. */
export type Step =
  | { do: 'tip'; who: Who; amount: number; currency: 'cny' | 'usd'; by: Means }
  | { do: 'buy'; who: Who; key: 'question-1' | 'question-5' | 'member-30-days'; quantity: number; by: Means }
  | { do: 'subscribe'; who: Who; key: 'member-month' | 'member-year' }
  | { do: 'be declined'; who: Who }
  | { do: 'fail renewals'; who: Who; times: number }
  | { do: 'replace card'; who: Who }
  | { do: 'cancel'; who: Who; now: boolean }
  | { do: 'prove address'; who: Who }
  | { do: 'refund'; which: number; percent: number }
  | { do: 'fail refund'; which: number }
  | { do: 'dispute'; which: number; inquiry: boolean }
  | { do: 'decide dispute'; which: number; won: boolean }
  | { do: 'pay out' }
  | { do: 'fail payout'; which: number }

/** One of the two customers of a history. */
export type Who = 0 | 1
export type Means = 'card' | 'card whose refunds are late' | 'card whose refunds fail' | 'alipay' | 'wechat_pay'

/** Months, each with what happens in it. Between them time passes: renewals, settlements, answers of banks. */
export type History = Step[][]

/** How the news of it comes. All zero is calm. */
export interface Delivery {
  seed: number
  /** While the history goes on; otherwise after it. */
  live: boolean
  shuffled: boolean
  /** Of each event, up to so many more copies. */
  copies: number
  /** Percent of the events that no webhook brings: polling finds them. */
  lost: number
  /** Percent of the events that are held back while the history goes on. */
  late: number
  atOnce: number
  /** Percent of the reads at Stripe that fail … */
  failing: number
  /** … and how long they take at most, in milliseconds. */
  slow: number
  /** Percent of the answers to one of the processes that come when the history is over, and they are no longer true. */
  stale: number
  /** Connections to the database that are cut. */
  cuts: number
}

const who = fc.constantFrom<Who>(0, 1)
const which = fc.nat({ max: 5 })
const by = fc.constantFrom<Means>(
  'card',
  'alipay',
  'wechat_pay',
  'card whose refunds are late',
  'card whose refunds fail',
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('tip' as const),
      who,
      amount: fc.integer({ min: 600, max: 500_000 }),
      currency: fc.constantFrom('cny' as const, 'usd' as const),
      by,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      who,
      key: fc.constantFrom('question-1' as const, 'question-5' as const, 'member-30-days' as const),
      quantity: fc.integer({ min: 1, max: 3 }),
      by,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('subscribe' as const),
      who,
      key: fc.constantFrom('member-month' as const, 'member-year' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('be declined' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('fail renewals' as const), who, times: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace card' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), who, now: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('prove address' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      which,
      percent: fc.constantFrom(100, 50, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail refund' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('dispute' as const), which, inquiry: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decide dispute' as const), which, won: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pay out' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail payout' as const), which }) },
)

export const history: fc.Arbitrary<History> = fc.array(fc.array(step, { maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
  size: 'max',
})

export const delivery: fc.Arbitrary<Delivery> = fc.record({
  seed: fc.nat(),
  live: fc.boolean(),
  shuffled: fc.boolean(),
  copies: fc.nat({ max: 2 }),
  lost: fc.constantFrom(0, 0, 20, 100),
  late: fc.constantFrom(0, 30, 70),
  atOnce: fc.constantFrom(1, 4, 16),
  failing: fc.constantFrom(0, 0, 5, 25),
  slow: fc.constantFrom(0, 2, 30),
  stale: fc.constantFrom(0, 5, 40),
  cuts: fc.constantFrom(0, 0, 0, 4),
})
