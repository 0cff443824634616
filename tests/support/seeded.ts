/** Numbers between 0 and 1, the same for the same seed: mulberry32 by Tommy Ettinger, public domain. */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]!
}

export function between(random: Random, least: number, most: number): number {
  return Math.round(least + random() * (most - least))
}

/** Each once, in any order, again and again. */
export function* inTurns<T>(random: Random, choices: readonly T[]): Generator<T, never> {
  for (;;) {
    const left = [...choices]
    while (left.length > 0) yield left.splice(Math.floor(random() * left.length), 1)[0]!
  }
}
