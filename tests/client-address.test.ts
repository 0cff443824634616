import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { clientAddress } from '../src/auth/client-address.ts'
import { loadConfig } from '../src/config.ts'
import { onBothDatabases } from './support/databases.ts'
import { openShop } from './support/shop.ts'

describe("a visitor's address", () => {
  test.each([
    ['nobody is trusted', 0, '198.51.100.9', '192.0.2.1'],
    ['one proxy of ours', 1, '198.51.100.9', '198.51.100.9'],
    ['what the visitor wrote is at the left', 1, '6.6.6.6, 198.51.100.9', '198.51.100.9'],
    ['two proxies', 2, '6.6.6.6, 198.51.100.9, 10.0.0.1', '198.51.100.9'],
    ['fewer entries than proxies', 2, '198.51.100.9', '192.0.2.1'],
    ['no header', 1, undefined, '192.0.2.1'],
    ['nonsense', 1, 'unknown', '192.0.2.1'],
    ['out of range', 1, '300.1.1.1', '192.0.2.1'],
    ['an empty entry', 1, '198.51.100.9, ', '192.0.2.1'],
    ['very long', 1, '1.'.repeat(5000), '192.0.2.1'],
    ['with a port', 1, '198.51.100.9:4711', '198.51.100.9'],
    ['IPv6: its network', 1, '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['IPv6 in other words', 1, '[2001:0DB8:1:2::9]:443', '2001:db8:1:2::/64'],
    ['IPv6, short', 1, '2001:db8::1', '2001:db8:0:0::/64'],
    ['IPv6 with a zone', 1, 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['IPv4 inside IPv6', 1, '::ffff:198.51.100.9', '198.51.100.9'],
  ])('%s', async (_, hops, header, expected) => {
    expect(await addressSeen(hops, header, '192.0.2.1')).toBe(expected)
  })

  test('comes from the socket, as Node writes it, and without one is "unknown"', async () => {
    expect(await addressSeen(0, undefined, '::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(await addressSeen(0, '198.51.100.9', undefined)).toBe('unknown')
  })

  test('TRUSTED_PROXY_HOPS is a small number, or a clear error', () => {
    expect(loadConfig({}).trustedProxyHops).toBe(0)
    expect(loadConfig({ TRUSTED_PROXY_HOPS: '2' }).trustedProxyHops).toBe(2)
    for (const bad of ['yes', '-1', '1.5', '99']) {
      expect(() => loadConfig({ TRUSTED_PROXY_HOPS: bad }), bad).toThrow(/TRUSTED_PROXY_HOPS/)
    }
  })
})

onBothDatabases('a forged X-Forwarded-For', (database) => {
  test.each(['', '1'])('buys no second count (TRUSTED_PROXY_HOPS=%s)', async (hops) => {
    const shop = await openShop(database, { env: { TRUSTED_PROXY_HOPS: hops } })
    const guest = shop.visitor()
    const ask = async (n: number, real = '198.51.100.9') => {
      const header = { 'x-forwarded-for': hops ? `203.0.113.${n}, ${real}` : `203.0.113.${n}` }
      return (await guest.post('/sign-in/email', { email: `m${n}@example.com` }, header)).status
    }
    for (let n = 0; n < 20; n++) expect(await ask(n)).toBe(303)
    expect(await ask(20)).toBe(429)
    // Whom our own proxy names is somebody else; whom only the visitor names is nobody.
    expect(await ask(21, '198.51.100.10')).toBe(hops ? 303 : 429)
  })
})

async function addressSeen(hops: number, header: string | undefined, remoteAddress: string | undefined) {
  const app = new Hono().get('/', (c) => c.text(clientAddress(c, hops)))
  const headers = new Headers(header === undefined ? [] : [['x-forwarded-for', header]])
  const socket = remoteAddress ? { incoming: { socket: { remoteAddress } } } : undefined
  return (await app.request('/', { headers }, socket)).text()
}
