import { encode } from 'uqr'

/** A QR code of an address, black on white whatever the page's colours are: phones read no other. */
export function QrCode({ url, label }: { url: string; label: string }) {
  // A border of four is what scanners expect.
  const { size, data } = encode(url, { ecc: 'M', border: 4 })
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width="232" height="232" role="img" aria-label={label}>
      <path fill="#fff" d={`M0 0h${size}v${size}H0z`} />
      <path fill="#000" shape-rendering="crispEdges" d={data.map(rowOf).join('')} />
    </svg>
  )
}

/** The dark runs of one row, one module high. */
function rowOf(modules: boolean[], y: number): string {
  const dark = modules.map((isDark) => (isDark ? '1' : '0')).join('')
  return [...dark.matchAll(/1+/g)].map(({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`).join('')
}
