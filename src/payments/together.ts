const MOST = 100
// One that has to wait, for a lock or a connection that is gone, must not have all others wait for it.
const AT_ONCE = 4

interface Arrival<T> {
  item: T
  resolve(): void
  reject(error: unknown): void
}

/**
 * Stores what arrives while `store` is busy by its next call, all at once: in a burst a commit costs more than its rows.
 * Each caller hears of its own: where many together fail, each is tried by itself, so that one that can't be stored takes
 * nobody with it. Rejects with the errors of `store`.
 */
export function together<T>(store: (items: T[]) => Promise<unknown>): (item: T) => Promise<void> {
  const waiting: Arrival<T>[] = []
  let busy = 0

  const storeOne = ({ item, resolve, reject }: Arrival<T>) => store([item]).then(() => resolve(), reject)
  const storeAll = async (arrivals: Arrival<T>[]) => {
    if (arrivals.length === 1) return storeOne(arrivals[0]!)
    try {
      await store(arrivals.map(({ item }) => item))
    } catch {
      return void (await Promise.all(arrivals.map(storeOne)))
    }
    for (const { resolve } of arrivals) resolve()
  }
  const work = async () => {
    busy++
    while (waiting.length > 0) await storeAll(waiting.splice(0, MOST))
    busy--
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (busy < AT_ONCE) void work()
    })
}
