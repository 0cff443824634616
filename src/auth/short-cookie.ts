import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Config } from '../config.ts'

/** What a browser keeps for some minutes, until its person comes back: from a mail, a provider, a passkey. */
export function shortCookie(c: Context, { baseUrl }: Pick<Config, 'baseUrl'>, purpose: 'oauth' | 'passkey' | 'proof') {
  const secure = baseUrl.startsWith('https:')
  const name = secure ? `__Host-${purpose}` : purpose
  // Lax: the browser sends it when another site sends the person back.
  const options = { httpOnly: true, sameSite: 'Lax', path: '/', secure } as const
  return {
    get: () => getCookie(c, name),
    set: (value: string, minutes: number) => setCookie(c, name, value, { ...options, maxAge: minutes * 60 }),
    drop: () => void deleteCookie(c, name, options),
  }
}
