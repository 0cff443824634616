import { isIPv4, isIPv6 } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/**
 * Where a request comes from: an IPv4 address, or the /64 network of an IPv6 one, since a single household has all of it.
 * X-Forwarded-For is what anybody may write; only the entry that the outermost of our own `trustedProxyHops` proxies
 * added is believed. Without that entry it is the other end of the socket, and 'unknown' where there is no socket.
 */
export function clientAddress(c: Context, trustedProxyHops: number): string {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
  const forwarded = forwardedAddress(c.req.header('x-forwarded-for'), trustedProxyHops)
  return networkOf(forwarded) ?? networkOf(incoming?.socket.remoteAddress) ?? 'unknown'
}

/** Each proxy adds whom it was called by at the right. */
function forwardedAddress(header: string | undefined, hops: number): string | undefined {
  const entry = hops > 0 ? header?.split(',').at(-hops)?.trim() : undefined
  // Some proxies add the port.
  return entry?.replace(/^\[([^\]]+)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
}

function networkOf(address = ''): string | undefined {
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return undefined
  const groups = groupsOf(address.replace(/%.*$/, ''))
  // A socket that listens for both kinds says ::ffff:192.0.2.1.
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff'
  return isMapped ? fromGroups(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of an IPv6 address, each without leading zeros. */
function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail] = canonical.split('::').map((part) => (part ? part.split(':') : []))
  return tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head
}

function fromGroups(groups: string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((number) => [number >> 8, number & 255])
    .join('.')
}
