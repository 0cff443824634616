import type { Transport } from 'nodemailer'
import type pg from 'pg'

export interface Mail {
  id: number
  sent_at: Date
  from: string
  to: string
  subject: string
  html: string
  text: string
  message_id: string
}

export interface Mailbox {
  /** For nodemailer's createTransport: every mail ends up in the box, none leaves the computer. */
  transport: Transport
  list(): Promise<Mail[]>
  get(id: number): Promise<Mail | undefined>
  clear(): Promise<void>
}

export function createMailbox(pool: pg.Pool): Mailbox {
  return {
    transport: {
      name: 'mailbox',
      version: '1',
      send(mail, done) {
        mail.normalize((error, data) => {
          if (error || !data) return done(error ?? new Error('an empty mail'), undefined)
          const { from, to } = mail.message.getEnvelope()
          const message_id = mail.message.messageId()
          keep(pool, { ...data, message_id, from: from || '', to: to.join(', ') }).then(
            () =>
              done(null, {
                envelope: { from, to },
                messageId: message_id,
                accepted: to,
                rejected: [],
                response: '250 kept',
              }),
            (problem) => done(problem, undefined),
          )
        })
      },
    },
    async list() {
      const { rows } = await pool.query<Mail>(`${SELECT} order by id desc limit 200`)
      return rows
    },
    async get(id) {
      const { rows } = await pool.query<Mail>(`${SELECT} where id = $1`, [id])
      return rows[0]
    },
    async clear() {
      await pool.query('delete from sandbox.mails')
    },
  }
}

const SELECT = `select id::int as id, sent_at, "from", "to", subject, html, text, message_id from sandbox.mails`

async function keep(pool: pg.Pool, mail: Record<string, unknown>): Promise<void> {
  const { from, to, subject = '', html = '', text = '', message_id } = mail
  await pool.query(
    `insert into sandbox.mails ("from", "to", subject, html, text, message_id) values ($1, $2, $3, $4, $5, $6)`,
    [from, to, subject, html, text, message_id].map(String),
  )
}
