import { expect, test } from 'vitest'
import { onPostgres } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop } from './support/shop.ts'

const ODD = ['%00', '%2f', '..%2f..', '-1', '1e99', '9'.repeat(300), '%ff', '%F0%9F%8D%AC', "'%3B--", '<b>', 'pi_%00']
const QUERIES = [
  'at=-271821-04-20&id=a',
  'at=x&id=%00',
  'currency=%00',
  'code=%00',
  'page=-1',
  'return=%00',
  'amount=1e99',
  'token=%00',
]

onPostgres('addresses that nobody would type', (database) => {
  test('are answered as what they are, whoever asks: no route falls over', async () => {
    const shop = await openShop(database)
    const customer = shop.visitor('en')
    await proveAddress(shop, customer, 'ann@example.com')
    const visitors = [shop.visitor('en'), customer, await shop.owner('en')]
    const routes = shop.app.routes.filter(({ path }) => !path.includes('*'))
    const paths = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path))
    const posts = new Set(
      routes.filter(({ method, path }) => method === 'POST' && path.includes(':')).map(({ path }) => path),
    )
    expect(paths.size).toBeGreaterThan(40)
    const fell: string[] = []
    const ask = async (method: 'get' | 'post', address: string) => {
      for (const visitor of visitors) {
        const { status } = method === 'get' ? await visitor.get(address) : await visitor.post(address, {})
        if (status >= 500) fell.push(`${method} ${address}: ${status}`)
      }
    }
    for (const path of paths) {
      if (path.includes(':')) for (const odd of ODD) await ask('get', filled(path, odd))
      else for (const query of QUERIES) await ask('get', `${path}?${query}`)
    }
    for (const path of posts) for (const odd of ODD) await ask('post', filled(path, odd))
    expect(fell).toEqual([])
  })
})

function filled(path: string, odd: string): string {
  return path.replaceAll(/:\w+(\{[^}]*(\{[^}]*\})?[^}]*\})?\??/g, odd)
}
