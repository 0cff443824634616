import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'
import { cable } from '../support/proxy.ts'

/** What a mail server may do: be away, take connections and say nothing, ask to try later, or take a mail and never say so. */
export const mailTroubles = ['refuses', 'hangs', 'says 451', 'takes and hangs'] as const
export type MailTrouble = (typeof mailTroubles)[number]

export interface ReceivedMail {
  id: string
  to: string
  subject: string
  text: string
}

export type PostOffice = Awaited<ReturnType<typeof openPostOffice>>

/** A real mail server on this machine, with its bad days. */
export async function openPostOffice() {
  const received: ReceivedMail[] = []
  let trouble: MailTrouble | undefined
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onConnect(_, done) {
      if (trouble !== 'hangs') done()
    },
    onRcptTo(_, __, done) {
      done(trouble === 'says 451' ? Object.assign(new Error('Try again later'), { responseCode: 451 }) : null)
    },
    async onData(stream, session, done) {
      const mail = await simpleParser(stream).catch(() => undefined)
      // Cut off on the way.
      if (!mail) return
      const { messageId, subject, text } = mail
      for (const { address } of session.envelope.rcptTo) {
        received.push({ id: messageId ?? '', to: address, subject: subject ?? '', text: text ?? '' })
      }
      if (trouble !== 'takes and hangs') done()
    },
  })
  server.on('error', () => {})
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => new Promise((done) => server.close(() => done())))
  const { port } = server.server.address() as { port: number }
  const line = await cable(`smtp://127.0.0.1:${port}`)

  return {
    url: line.url,
    received,
    begin(kind: MailTrouble) {
      trouble = kind
      if (kind === 'refuses') line.cut()
    },
    end() {
      trouble = undefined
      line.cut()
      line.mend()
    },
  }
}
