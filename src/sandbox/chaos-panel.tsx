import { Hono } from 'hono'
import { CALM, type Chaos, type Store } from './store.ts'
import type { Language } from './words.ts'

const texts = {
  en: {
    save: 'Set',
    duplicate: 'webhooks come twice or thrice',
    reorder: 'in any order',
    lose: 'never',
    delay: 'later by (ms)',
    rateLimit: 'of the requests to the API are too many (429), %',
    fail: 'fail (500), %',
    hang: 'get no answer, %',
  },
  zh: {
    save: '设置',
    duplicate: '通知来两三遍',
    reorder: '次序打乱',
    lose: '永远不来',
    delay: '晚到（毫秒）',
    rateLimit: 'API 请求被限流 (429)，%',
    fail: '出错 (500)，%',
    hang: '没有回音，%',
  },
}

const MANNERS = ['duplicate', 'reorder', 'lose'] as const
const FAULTS = ['rateLimit', 'fail', 'hang'] as const

/** The panel's switches for what may go wrong. */
export function chaosPanel(store: Store): Hono {
  const app = new Hono()
  app.post('/panel/chaos', async (c) => {
    const form = await c.req.parseBody()
    const number = (name: keyof Chaos, most: number) => Math.min(Math.max(Math.round(Number(form[name])) || 0, 0), most)
    const chaos: Chaos = { ...CALM, delay: number('delay', 600_000) }
    for (const name of MANNERS) chaos[name] = form[name] === 'on'
    for (const name of FAULTS) if (number(name, 100)) chaos[name] = number(name, 100) / 100
    await store.saveSetting('chaos', chaos)
    return c.redirect('/sandbox', 303)
  })
  return app
}

export const Switches = ({ chaos, language }: { chaos: Chaos; language: Language }) => {
  const say = texts[language]
  return (
    <form class="switches" method="post" action="/sandbox/panel/chaos">
      {MANNERS.map((name) => (
        <label>
          <input type="checkbox" name={name} checked={chaos[name]} />
          {say[name]}
        </label>
      ))}
      <label>
        {say.delay}
        <input type="number" name="delay" min="0" max="600000" step="1" value={String(chaos.delay)} />
      </label>
      {FAULTS.map((name) => (
        <label>
          {say[name]}
          <input
            type="number"
            name={name}
            min="0"
            max="100"
            step="1"
            value={String(Math.round((chaos[name] ?? 0) * 100))}
          />
        </label>
      ))}
      <button class="small-button" type="submit">
        {say.save}
      </button>
    </form>
  )
}
