export function Facts({ facts }: { facts: [name: string, value: string][] }) {
  return (
    <ul class="rows">
      {facts.map(([name, value]) => (
        <li>
          <span class="muted">{name}</span>
          <span>{value}</span>
        </li>
      ))}
    </ul>
  )
}
