import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { preparedFolder, runSource } from '../support/process.ts'
import { tipOver } from '../support/tip-over.ts'

test('stripe:reconcile works beside the running app, tells how far it is, and says whether the books agree', async () => {
  const env = { DATA_DIR: await preparedFolder(), PORT: String(await freePort()) }
  const alone = runSource('src/cli/stripe-reconcile.ts', env)
  const wrong = runSource('src/cli/stripe-reconcile.ts', env, ['--since', 'yesterday'])
  expect(await alone.exited).toBe(1)
  expect(alone.output).toMatch(/The local Stripe is a part of npm run dev/)
  expect(await wrong.exited).toBe(1)
  expect(wrong.output).toMatch(/say a number of days/)

  const app = runSource('src/dev.ts', env)
  await app.says(/Sign in as the owner/)
  await tipOver(env.PORT)
  await expect
    .poll(
      async () => {
        const reconcile = runSource('src/cli/stripe-reconcile.ts', env, ['--all'])
        return `${await reconcile.exited}\n${reconcile.output}`
      },
      { timeout: 30_000, interval: 1_000 },
    )
    .toMatch(/^0\n.*payments: 1.*CNY: agrees with Stripe, ¥\d/s)
}, 90_000)
