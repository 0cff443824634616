import { type Context, Hono } from 'hono'
import { requireOwner } from '../auth/guards.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { HideForm, OwnerPage, SupportersPage } from './pages.tsx'
import { setHidden, supporters } from './supporters.ts'
import { words } from './words.ts'

export interface WallDeps {
  db: Db
  config: Pick<Config, 'timeZone'>
}

const OWNER_PATH = '/dashboard/supporters'

/** `/supporters`: who tipped and ticked the box. Without it the tip form asks nobody. It leads to the tip page: without tips, it goes too. */
export function wall({ db, config: { timeZone } }: WallDeps): Feature {
  return {
    routes: new Hono()
      .get('/supporters', async (c) => {
        const page = { ...pageContext(c), timeZone, supporters: await supporters(db) }
        return renderPage(c, <SupportersPage {...page} />)
      })
      .use(OWNER_PATH, requireOwner)
      .use(`${OWNER_PATH}/*`, requireOwner)
      .get(OWNER_PATH, async (c) => {
        const page = { ...pageContext(c), timeZone, supporters: await supporters(db, { hidden: true }) }
        return renderPage(c, <OwnerPage {...page} />)
      })
      .post(`${OWNER_PATH}/:id{(pi_|offline-)\\w+}/hide`, (c) => change(c, db, true))
      .post(`${OWNER_PATH}/:id{(pi_|offline-)\\w+}/show`, (c) => change(c, db, false)),
    tipChoice: { text: { 'zh-CN': words['zh-CN'].choice, en: words.en.choice } },
    tip: ({ locale }) => (
      <p class="small">
        <a href="/supporters">{words[locale].link}</a>
      </p>
    ),
    footer: [{ href: '/supporters', text: { 'zh-CN': words['zh-CN'].title, en: words.en.title } }],
    dashboard: { href: OWNER_PATH, title: { 'zh-CN': words['zh-CN'].owner.title, en: words.en.owner.title } },
    async payment(c, paymentId) {
      const [supporter] = await supporters(db, { id: paymentId })
      return supporter && <HideForm locale={c.var.locale} supporter={supporter} from="payment" />
    },
  }
}

async function change(c: Context, db: Db, isHidden: boolean) {
  const id = c.req.param('id') ?? ''
  if (!(await setHidden(db, id, isHidden))) return c.notFound()
  return c.redirect(c.req.query('from') === 'payment' ? `/dashboard/payments/${id}` : OWNER_PATH, 303)
}
