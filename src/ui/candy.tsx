/** The candy of the first payment. Drawn, since not every machine has emoji. */
export function Candy({ height }: { height: number }) {
  return (
    <svg class="sweet" viewBox="0 0 48 32" width={String(height * 1.5)} height={String(height)} aria-hidden="true">
      <path fill="#d8a33c" d="M17 16 4 6q3 10 0 20zM31 16 44 6q-3 10 0 20z" />
      <circle fill="#c8301f" cx="24" cy="16" r="11" />
      <path fill="none" stroke="#f6dfae" stroke-width="2.5" d="M18 8q7 7 3 18M26 6q8 9 4 19" />
    </svg>
  )
}
