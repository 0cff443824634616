import type { Child } from 'hono/jsx'

/** What is known, name by name. */
export function Facts({ facts }: { facts: [name: string, value: Child][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
