/** A text of Stripe's about one payment, and the same about as many others as one likes. */
export type Template = string[]

const TAIL = 8
// Stripe's ids end in letters and digits at random.
const ID = /\b((?:pi|ch|py|cs_test|txn|evt|cus|src|pm|req)_\w*?)(\w{8})\b/g

/** Takes the ends of all ids out, so that a number can take their place. */
export function template(text: string): Template {
  return text.replace(ID, '$1\0').replaceAll('payer@example.com', 'payer-\0@example.com').split('\0')
}

/** The text about payment number `n`. */
export function fill(pieces: Template, n: number): string {
  return pieces.join(String(n).padStart(TAIL, '0'))
}

/** The number of the payment that an id is about. */
export function numberOf(id: string): number {
  return Number(id.slice(-TAIL))
}
