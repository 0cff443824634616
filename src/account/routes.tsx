import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { isFresh, requireFresh, requireUser } from '../auth/guards.ts'
import { identitiesOf } from '../auth/oauth-accounts.ts'
import { passkeysOf } from '../auth/passkeys.ts'
import type { AuthDeps } from '../auth/sign-in.ts'
import type { Feature } from '../feature.ts'
import { liveSubscriptions, portalsOf } from '../payments/customers.ts'
import { rightsOf } from '../payments/rights.ts'
import { Page, renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { deletionRoutes } from './deletion-routes.tsx'
import { emailRoutes } from './email-routes.tsx'
import { ownData } from './own-data.ts'
import { AccountPage, DataPage } from './pages.tsx'
import { passwordRoutes } from './password-routes.tsx'
import { purchasesOf } from './purchases.ts'
import { readReceipt } from './receipt.ts'
import { ReceiptPage } from './receipt-page.tsx'
import { sessionRoutes } from './session-routes.ts'
import { sessionsOf } from './sessions.ts'
import { words } from './words.ts'

export interface AccountDeps extends AuthDeps {
  stripe: Stripe
  features: Feature[]
}

/** `/account`: what a person can see and change of their own account. */
export function accountRoutes(deps: AccountDeps): Hono {
  return new Hono()
    .get('/deleted', showDeleted)
    .use(requireUser)
    .get('/', (c) => showAccount(c, deps))
    .route('/password', passwordRoutes(deps))
    .route('/email', emailRoutes(deps))
    .route('/sessions', sessionRoutes(deps))
    .get('/data', requireFresh, (c) => renderPage(c, <DataPage {...pageContext(c)} />))
    .get('/data.json', requireFresh, async (c) => {
      c.header('content-disposition', 'attachment; filename="data.json"')
      return c.json(await ownData(deps, c.var.user!))
    })
    .get('/receipts/:payment{[\\w-]{1,100}}', async (c) => {
      const receipt = await readReceipt(deps.db, c.var.user!, c.req.param('payment'))
      if (!receipt) return c.notFound()
      const { ownerEmail, timeZone } = deps.config
      return renderPage(c, <ReceiptPage {...{ ...pageContext(c), receipt, ownerEmail, timeZone }} />)
    })
    .route('/delete', deletionRoutes(deps))
}

async function showAccount(c: Context, { db, config, ways, features }: AccountDeps) {
  const user = c.var.user!
  const account = await db
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', user.userId)
    .executeTakeFirstOrThrow()
  const subscriptions = await liveSubscriptions(db, user.userId)
  const page = (
    <AccountPage
      {...pageContext(c)}
      email={user.email}
      hasPassword={account.password_hash !== null}
      rights={await rightsOf(db, user.userId)}
      portals={await portalsOf(db, user.userId, subscriptions)}
      subscriptions={subscriptions}
      purchases={await purchasesOf(db, user)}
      purchaseLinks={
        new Map(
          (await Promise.all(features.map((feature) => feature.purchases?.(c)))).flatMap((more) => [...(more ?? [])]),
        )
      }
      sections={await Promise.all(features.flatMap((feature) => feature.account?.(c) ?? []))}
      identities={await identitiesOf(db, user.userId)}
      ways={ways}
      sessions={await sessionsOf(db, user)}
      passkeys={await passkeysOf(db, user.userId)}
      fresh={isFresh(user)}
      said={c.req.query('said')}
      now={new Date()}
      timeZone={config.timeZone}
    />
  )
  return renderPage(c, page)
}

function showDeleted(c: Context) {
  const t = words[c.var.locale]
  return renderPage(
    c,
    <Page {...pageContext(c)} title={t.deleted} narrow>
      <h1>{t.deleted}</h1>
      <p class="lead">{t.deletedText}</p>
    </Page>,
  )
}
