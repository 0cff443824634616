interface Day {
  /** For the axis and the table: 11月1日. */
  label: string
  /** ¥6.60 */
  amount: string
  /** In minor units; nothing is drawn below zero. */
  value: number
}

interface BarChartProps {
  days: Day[]
  latestIsToday: boolean
  /** What the chart shows, for those who don't see it. */
  label: string
  columns: { day: string; amount: string; today: string }
}

/** Bars drawn on the server, in per cent of the width: the same markup fits a phone and a desk. */
export function BarChart({ days, latestIsToday, label, columns }: BarChartProps) {
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last) return null
  const most = Math.max(...days.map(({ value }) => value))
  return (
    <figure class="chart">
      <svg width="100%" height="144" role="img" aria-label={label}>
        {days.map((day, index) => (
          <Bar day={day} slot={100 / days.length} index={index} most={most} isToday={latestIsToday && day === last} />
        ))}
        <line x1="0" x2="100%" y1="100%" y2="100%" />
      </svg>
      <figcaption aria-hidden="true">
        {days.length > 1 && <span>{first.label}</span>}
        <span>{latestIsToday ? columns.today : last.label}</span>
      </figcaption>
      <div class="unseen">
        <DayTable days={days} label={label} columns={columns} />
      </div>
    </figure>
  )
}

interface BarProps {
  day: Day
  /** Width of a day, in per cent. */
  slot: number
  index: number
  most: number
  isToday: boolean
}

function Bar({ day: { label, amount, value }, slot, index, most, isToday }: BarProps) {
  // The smallest payment still shows; a few days don't make fat bars.
  const height = value > 0 ? Math.max((100 * value) / most, 2) : 0
  const width = Math.min(slot * 0.7, 5)
  return (
    <g class={isToday ? 'today' : undefined}>
      <title>{`${label} ${amount}`}</title>
      <rect class="day" x={percent(index * slot)} width={percent(slot)} height="100%" />
      {height > 0 && (
        <rect
          x={percent((index + 0.5) * slot - width / 2)}
          y={percent(100 - height)}
          width={percent(width)}
          height={percent(height)}
          rx="2"
        />
      )}
    </g>
  )
}

function DayTable({ days, label, columns }: Pick<BarChartProps, 'days' | 'label' | 'columns'>) {
  return (
    <table>
      <caption>{label}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.day}</th>
          <th scope="col">{columns.amount}</th>
        </tr>
      </thead>
      <tbody>
        {days.map((day) => (
          <tr>
            <th scope="row">{day.label}</th>
            <td>{day.amount}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const percent = (value: number) => `${Math.round(value * 100) / 100}%`
