/** One line of the table. */
export interface Result {
  what: string
  /** What was measured, with its unit. */
  value: string
  /** What it stands beside: a peer or a limit, measured in the same run. */
  beside?: string
  /** The bar, in words. */
  bar?: string
  /** Whether it was met; undefined where there is none. */
  isMet?: boolean | undefined
}

export const perSecond = (rate: number) => `${rate >= 100 ? Math.round(rate).toLocaleString('en') : rate.toFixed(1)}/s`
export const ms = (value: number) => `${value >= 100 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ms`
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`
export const percent = (share: number) => `${Math.round(share * 100)} %`
