import { setTimeout as pause } from 'node:timers/promises'
import { oneOf, type Random } from '../support/seeded.ts'
import type { AppProcess } from './app-process.ts'

const PATIENCE_MS = 12_000

/** The site as the world sees it: a load balancer that knows of no deaths, before two processes. */
export class Site {
  /** How often somebody was told to come again, or was cut off. */
  readonly counts = { requests: 0, 'answered 503': 0, 'cut off': 0 }
  /** What nobody should ever see. */
  readonly wrongs: string[] = []
  readonly baseUrl: string
  private readonly processes: AppProcess[]
  private readonly random: Random

  constructor(baseUrl: string, processes: AppProcess[], random: Random) {
    this.baseUrl = baseUrl
    this.processes = processes
    this.random = random
  }

  /** Some process, dead or alive. */
  readonly fetch: typeof fetch = (input, init) => this.fetchFrom(oneOf(this.random, this.processes), input, init)

  /** A process that takes no connection has heard nothing: the other is asked. */
  readonly fetchFromLiving: typeof fetch = async (input, init) => {
    const first = oneOf(this.random, this.processes)
    try {
      return await this.fetchFrom(first, input, init)
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
      const other = this.processes.find((process) => process !== first)!
      if (code === 'ECONNREFUSED') return this.fetchFrom(other, input, init)
      throw error
    }
  }

  private fetchFrom({ port }: AppProcess, input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const url = new URL(String(input))
    url.port = String(port)
    return fetch(url, init)
  }

  browser(): Browser {
    return new Browser(this, this.random)
  }
}

/** Somebody at a browser: keeps cookies, follows nothing by itself, and presses reload until there is an answer. */
export class Browser {
  private readonly cookies = new Map<string, string>()
  private readonly site: Site
  private readonly random: Random

  constructor(site: Site, random: Random) {
    this.site = site
    this.random = random
  }

  get(path: string): Promise<Response> {
    return this.insist(path, () => this.send(path, {}))
  }

  post(path: string, form: Record<string, string>): Promise<Response> {
    const { origin } = new URL(this.site.baseUrl)
    return this.insist(path, () =>
      this.send(path, { method: 'POST', body: new URLSearchParams(form), headers: { origin } }),
    )
  }

  private async insist(path: string, ask: () => Promise<Response>): Promise<Response> {
    const { counts, wrongs } = this.site
    for (const giveUpAt = Date.now() + 90_000; Date.now() < giveUpAt; ) {
      try {
        const response = await ask()
        if (response.status < 500) return response
        if (response.status === 503) counts['answered 503']++
        else wrongs.push(`${response.status} at ${path}`)
      } catch {
        counts['cut off']++
      }
      await pause(200 + 600 * this.random())
    }
    throw new Error('the site did not answer for 90 seconds')
  }

  private async send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    this.site.counts.requests++
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    // From anywhere: what is limited by address is another test's.
    const address = [10, 0, 0, 0].map((first) => first || Math.floor(256 * this.random())).join('.')
    const headers = { 'x-forwarded-for': address, 'accept-language': 'en', ...(cookie && { cookie }), ...init.headers }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await this.site.fetchFromLiving(this.site.baseUrl + path, {
      ...init,
      headers,
      signal,
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=')
      if (/;\s*max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    // Read to its end: an answer that was cut off is none.
    return new Response(await response.arrayBuffer().then((body) => (body.byteLength > 0 ? body : null)), response)
  }
}
