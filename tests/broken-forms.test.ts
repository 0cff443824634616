import { expect, test } from 'vitest'
import { onPostgres } from './support/databases.ts'
import { openShop } from './support/shop.ts'

onPostgres('a form that is none', (database) => {
  test('is a 400 or a word beside a field, wherever it is sent', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner()
    const posts = shop.app.routes.filter(({ method }) => method === 'POST').map(({ path }) => path)
    const pages = posts.filter((path) => !/^\/(api|webhooks|sign-out)\b/.test(path))
    expect(pages.length).toBeGreaterThan(30)
    for (const path of pages) {
      const { pathname } = new URL(path.replace(/:\w+(\{[^/]*\})?/g, '1'), 'http://localhost:3000')
      const form = { 'content-type': 'multipart/form-data; boundary=b' }
      const { status } = await owner.post(pathname, { '--b': '' }, form)
      expect(status, path).toBeLessThan(500)
    }
  })
})
