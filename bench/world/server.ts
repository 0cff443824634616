// The world outside the app, in a process of its own so that it takes no time of those measured: a Stripe that knows as many
// payments as one asks for, all like the recorded one, and a mail server that takes everything.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import type { Recording } from './record.ts'
import { fill, numberOf } from './templates.ts'

/** What it is told. */
export type Order = { recording: Recording } | { answersAfterMs: number } | { holds: boolean } | { counts: 'please' }

/** What it tells: where it listens, or what has come since it was last asked. */
export type Told = { stripe: number; smtp: number } | Counts

export interface Counts {
  reads: number
  writes: number
  mails: number
  /** Of the busiest second. */
  readsASecond: number
}

let recording: Recording
let answersAfterMs = 0
let held: Promise<void> | undefined
let release = () => {}
let sessions = 0
let counts: Counts = { reads: 0, writes: 0, mails: 0, readsASecond: 0 }
let second = { at: 0, reads: 0 }

const stripe = createServer(async (request, response) => {
  count(request)
  await held
  if (answersAfterMs > 0) await pause(answersAfterMs)
  answer(request, response)
})

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    stream.resume().once('end', () => {
      counts.mails++
      done()
    })
  },
})
smtp.on('error', () => {})

process.on('message', (order: Order) => {
  if ('recording' in order) recording = order.recording
  if ('answersAfterMs' in order) answersAfterMs = order.answersAfterMs
  if ('holds' in order) {
    release()
    held = order.holds ? new Promise((resolve) => (release = resolve)) : undefined
  }
  if ('counts' in order) {
    process.send!(counts)
    counts = { reads: 0, writes: 0, mails: 0, readsASecond: 0 }
  }
})
process.on('disconnect', () => process.exit())
stripe.listen(0, '127.0.0.1', () => smtp.listen(0, '127.0.0.1', tellPorts))

function tellPorts(): void {
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  process.send!({ stripe: portOf(stripe), smtp: portOf(smtp.server) })
}

function count({ method }: IncomingMessage): void {
  if (method !== 'GET') return void counts.writes++
  counts.reads++
  const at = Math.floor(Date.now() / 1000)
  if (second.at !== at) second = { at, reads: 0 }
  counts.readsASecond = Math.max(counts.readsASecond, ++second.reads)
}

function answer({ method, url }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url!, 'http://stripe')
  const intent = searchParams.get('payment_intent')
  response.setHeader('content-type', 'application/json')
  if (method === 'POST' && pathname === '/v1/checkout/sessions')
    return void response.end(fill(recording.opened, ++sessions))
  if (pathname === '/v1/checkout/sessions' && intent)
    return void response.end(fill(recording.session, numberOf(intent)))
  if (pathname === '/v1/events')
    return void response.end('{"object":"list","data":[],"has_more":false,"url":"/v1/events"}')
  response.statusCode = 404
  response.end('{"error":{"type":"invalid_request_error","message":"Not of the bench\'s Stripe"}}')
}
