/** Runs `work` now and then, and soon after a `kick`; one run at a time. */
export function loop(work: () => Promise<unknown>, everyMs: number) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let started = false
  let kicked = false

  const schedule = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(run, ms).unref()
  }
  const run = () => {
    if (running) return
    kicked = false
    running = work()
      .catch((error) => console.error('sandbox:', error.message ?? error))
      .then(() => {
        running = undefined
        if (started) schedule(kicked ? 0 : everyMs)
      })
  }

  return {
    start() {
      if (started) return
      started = true
      schedule(0)
    },
    kick() {
      kicked = true
      if (started && !running) schedule(0)
    },
    async stop() {
      started = false
      clearTimeout(timer)
      await running
    },
  }
}
