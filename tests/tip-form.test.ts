import { expect, test } from 'vitest'
import { onBothDatabases } from './support/databases.ts'
import { openShop, sessionIdOf } from './support/shop.ts'
import { textOf } from './support/visitor.ts'

onBothDatabases('the tip form', (database) => {
  test('what can not be an amount comes back with a word beside the field and everything that was typed', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    for (const own of ['0', '-6', '6.666', '1e9', 'abc', '5.99', '5000.01', '<b>"', '9'.repeat(40)]) {
      const answer = await guest.post('/tip', { own, name: 'Ann "A"', message: 'two\nlines', request: 'form-0001' })
      expect(answer.status, own).toBe(422)
      const html = await answer.text()
      expect(html).toMatch(/id="own-error"/)
      expect(html).toContain('aria-invalid="true"')
      expect(html).toContain('value="Ann &quot;A&quot;"')
      expect(html).toContain('two\nlines')
      expect(textOf(html.replace(/<input[^>]*name="own"[^>]*value="([^"]*)"/, ' $1 '))).toContain(own)
    }
    const missing = await guest.post('/tip', { request: 'form-0001' })
    expect(missing.status).toBe(422)
    expect(await missing.text()).toContain('Pick an amount')
    expect((await shop.stripe.checkout.sessions.list()).data).toEqual([])
  })

  test('a name or message that is too long comes back whole', async () => {
    const shop = await openShop(database)
    const message = '谢'.repeat(241)
    const answer = await shop.visitor().post('/tip', { amount: '660', message, request: 'form-0001' })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain(message)
    const just = await shop
      .visitor()
      .post('/tip', { amount: '660', message: '🍬'.repeat(240), name: '😀'.repeat(60), request: 'form-0001' })
    expect(just.status).toBe(303)
  })

  test('what only a tampered form sends is refused: another currency, a price that is not on the page, no request id', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    expect((await guest.post('/tip', { amount: '660', currency: 'jpy', request: 'form-0001' })).status).toBe(400)
    expect((await guest.post('/tip', { amount: '660' })).status).toBe(400)
    expect((await guest.post('/tip', { amount: '1', request: 'form-0001' })).status).toBe(422)
    expect(
      (await guest.post('/tip', { amount: '660', request: 'form-0001' }, { origin: 'https://evil.example' })).status,
    ).toBe(403)
    expect(
      (await guest.post('/tip', { amount: '660', message: 'x'.repeat(70_000), request: 'form-0001' })).status,
    ).toBe(413)
    expect((await shop.stripe.checkout.sessions.list()).data).toEqual([])
  })

  test('a double click makes one session; the same page sent with another amount makes another', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    const form = { amount: '660', message: '谢谢', request: 'form-0001' }
    const answers = await Promise.all([guest.post('/tip', form), guest.post('/tip', form)])
    // Stripe refuses the second while the first is under way, and the SDK asks again.
    const ids = answers.map((answer) => sessionIdOf(answer.headers.get('location')))
    expect(new Set(ids).size).toBe(1)
    const other = await guest.post('/tip', { ...form, amount: '1660' })
    expect(ids).not.toContain(sessionIdOf(other.headers.get('location')))
    expect((await shop.stripe.checkout.sessions.list()).data.map(({ amount_total }) => amount_total).sort()).toEqual([
      1660, 660,
    ])
  })

  test('the owner decides the price of what Stripe shows, in the currency of the catalog', async () => {
    const shop = await openShop(database)
    const sent = await shop.visitor().post('/tip', { own: '16.05', request: 'form-0001' })
    const session = await shop.stripe.checkout.sessions.retrieve(sessionIdOf(sent.headers.get('location')))
    expect(session).toMatchObject({ amount_total: 1605, currency: 'cny', mode: 'payment', locale: 'zh' })
    expect(session.adaptive_pricing?.enabled).toBe(false)
  })

  test('a link fills in the amount and a message; what is no amount here leaves the plain form', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    const filled = async (query: string) => {
      const answer = await guest.get(`/tip${query}`)
      expect(answer.status, query).toBe(200)
      const html = await answer.text()
      return {
        html,
        preset: /value="(\d+)" checked/.exec(html)?.[1],
        own: /<input[^>]*name="own"[^>]*value="([^"]*)"/.exec(html)?.[1],
        message: /<textarea[^>]*name="message"[^>]*>\n?([^<]*)<\/textarea>/.exec(html)?.[1],
      }
    }
    const plain = { preset: '660', own: '', message: '' }
    expect(await filled('?amount=16.6&message=thanks')).toMatchObject({ preset: '1660', own: '', message: 'thanks' })
    expect(await filled('?amount=66.00')).toMatchObject({ preset: '6600', own: '' })
    expect(await filled('?amount=8.8')).toMatchObject({ preset: '660', own: '8.8' })
    expect(await filled(`?message=${'🍬'.repeat(300)}`)).toMatchObject({ ...plain, message: '🍬'.repeat(240) })
    for (const amount of ['5.99', '5000.01', '-6.6', '6.666', '1e3', '', '%00', '%', '"><b>', '9'.repeat(500)]) {
      expect(await filled(`?amount=${amount}`), amount).toMatchObject(plain)
    }
    const { html } = await filled('?amount=%3Cb%3E&message=%3C/textarea%3E%3Cscript%3E%00&lang=en&message=2')
    expect(html).toContain('&lt;/textarea&gt;&lt;script&gt;</textarea>')
    expect(html).not.toMatch(/<script>|<b>/)
    // It is the form that a person sends, and nothing else.
    expect((await shop.stripe.checkout.sessions.list()).data).toEqual([])
  })

  test('a chat that is sent the link shows a picture of it, wherever the site is', async () => {
    const shop = await openShop(database, { env: { BASE_URL: 'https://tips.example' } })
    const guest = shop.visitor('en')
    const meta = async (path: string) => {
      const html = await (await guest.get(path)).text()
      return new Map(
        [...html.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)"/g)].map((m) => [m[1], m[2]]),
      )
    }
    const tip = await meta('/tip?amount=8.8&x=%22%3E%3Cb%3E')
    expect(tip.get('og:title')).toBe('Send a tip')
    expect(tip.get('og:description')).toBe(tip.get('description'))
    expect(tip.get('og:url')).toBe('https://tips.example/tip')
    expect(tip.get('twitter:card')).toBe('summary_large_image')
    const image = new URL(tip.get('og:image')!)
    expect(image.origin).toBe('https://tips.example')
    const picture = await guest.get(image.pathname)
    expect(picture.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await picture.arrayBuffer())
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630])
    expect(bytes.length).toBeLessThan(60_000)
    expect((await meta('/')).get('og:url')).toBe('https://tips.example/')
    for (const path of ['/sign-up', '/thanks?session_id=cs_test_nothing12', '/nothing']) {
      expect(
        [...(await meta(path)).keys()].filter((name) => name?.startsWith('og:')),
        path,
      ).toEqual([])
    }
  })
})
