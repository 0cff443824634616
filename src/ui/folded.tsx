import type { PropsWithChildren } from 'hono/jsx'

/** A section that is seldom needed: its heading opens it. A link to its id does, too, as the id stands inside. */
export function Folded({
  id,
  heading,
  open,
  children,
}: PropsWithChildren<{ id?: string; heading: string; open?: boolean }>) {
  return (
    <details open={open}>
      <summary>
        <h2>{heading}</h2>
      </summary>
      <div id={id}>{children}</div>
    </details>
  )
}
