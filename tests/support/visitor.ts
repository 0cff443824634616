import type { Hono } from 'hono'

const ORIGIN = 'http://localhost:3000'

let visitors = 0

/** A browser without a screen: keeps cookies, sends forms as a browser does, follows nothing by itself. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  /** The value of every cookie it was ever given. */
  readonly everSet: string[] = []
  private readonly app: Hono
  private readonly language: string
  /** The other end of the socket, another for each visitor: what is counted by address is not shared by accident. */
  private readonly address: string

  constructor(app: Hono, language: string, address = `10.0.${++visitors >> 8}.${visitors & 255}`) {
    this.app = app
    this.address = address
    this.language = language
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers })
  }

  post(path: string, form: Record<string, string> | FormData, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      body: form instanceof FormData ? form : new URLSearchParams(form),
      headers: { origin: ORIGIN, ...headers },
    })
  }

  /** As a script of the page sends it. */
  postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const sent = { origin: ORIGIN, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers }
    return this.send(path, { method: 'POST', body: JSON.stringify(body), headers: sent })
  }

  /** The page's text as a person reads it. */
  async read(path: string): Promise<string> {
    return textOf(await (await this.get(path)).text())
  }

  private async send(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { 'accept-language': this.language, ...(cookie && { cookie }), ...init.headers }
    // As @hono/node-server passes it on.
    const socket = { incoming: { socket: { remoteAddress: this.address } } }
    const response = await this.app.request(new URL(path, ORIGIN), { redirect: 'manual', ...init, headers }, socket)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';')
      const [name = '', value = ''] = pair.split('=')
      this.everSet.push(value)
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute))) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }
}

export function textOf(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
    )
    .replace(/\s+/g, ' ')
}
