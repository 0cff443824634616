import { createTransport, type Transporter } from 'nodemailer'

/** A pooled connection to the mail server at `url` (smtp:// or smtps://). A server that hangs is given up after 20 seconds. */
export function createSmtp(url: string): Transporter {
  return createTransport({
    url,
    pool: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  } as object)
}

/** For one mail, or none, while somebody waits: a server that does not answer within the time is given up. */
export function createOneOff(url: string, milliseconds: number): Transporter {
  const limits = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds }
  return createTransport({ url, ...limits } as object)
}

/** Connects and signs in, and sends nothing. Throws what the server, or the way to it, says. */
export async function verifySmtp(url: string, milliseconds: number): Promise<void> {
  const transporter = createOneOff(url, milliseconds)
  await transporter.verify().finally(() => transporter.close())
}
