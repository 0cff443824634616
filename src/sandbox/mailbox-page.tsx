import { type Context, Hono } from 'hono'
import type { Mail, Mailbox } from './mailbox.ts'
import { guards, page } from './pages.tsx'
import { timeText } from './times.ts'
import { type Language, languageOf } from './words.ts'

const texts = {
  en: {
    mailbox: 'Mailbox',
    empty: 'No mail yet.',
    clear: 'Empty the mailbox',
    none: 'There is no such mail.',
    from: 'From',
    to: 'To',
    links: 'Links',
    text: 'As plain text',
    panel: 'Sandbox',
    all: 'All mail',
  },
  zh: {
    mailbox: '邮箱',
    empty: '还没有邮件。',
    clear: '清空邮箱',
    none: '没有这封邮件。',
    from: '发件人',
    to: '收件人',
    links: '链接',
    text: '纯文本',
    panel: '沙盒',
    all: '全部邮件',
  },
}

/** What would have been sent, were there a mail server. */
export function mailboxPages(mailbox: Mailbox): Hono {
  const app = new Hono()
  // A mail brings its own inline styles and may ask for nothing else; its links open outside of the frame.
  app.get('/mailbox/:id{[0-9]+}/html', async (c) => {
    const mail = await mailbox.get(Number(c.req.param('id')))
    if (!mail) return c.notFound()
    return c.html(`<base target="_blank">${mail.html}`, 200, {
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; sandbox allow-popups allow-popups-to-escape-sandbox",
    })
  })

  app.use('/mailbox/*', ...guards)
  app.get('/mailbox', async (c) => {
    const { language, say } = spoken(c)
    return page(c, { title: say.mailbox, language }, <List mails={await mailbox.list()} language={language} />)
  })
  app.post('/mailbox/clear', async (c) => {
    await mailbox.clear()
    return c.redirect('/sandbox/mailbox', 303)
  })
  app.get('/mailbox/:id{[0-9]+}', async (c) => {
    const { language, say } = spoken(c)
    const mail = await mailbox.get(Number(c.req.param('id')))
    if (!mail) return page(c, { title: say.none, language, status: 404 }, <h1>{say.none}</h1>)
    return page(c, { title: mail.subject, language }, <Single mail={mail} language={language} />)
  })
  return app
}

function spoken(c: Context): { language: Language; say: (typeof texts)[Language] } {
  const language = languageOf(null, c.req.header('accept-language'))
  return { language, say: texts[language] }
}

const List = ({ mails, language }: { mails: Mail[]; language: Language }) => (
  <>
    <div class="bar">
      <h1>{texts[language].mailbox}</h1>
      <a href="/sandbox">{texts[language].panel}</a>
    </div>
    {mails.length ? (
      <>
        <ul class="rows">
          {mails.map((mail) => (
            <li>
              <a href={`/sandbox/mailbox/${mail.id}`}>{mail.subject}</a>
              <Time at={mail.sent_at} language={language} />
              <small>{mail.to}</small>
            </li>
          ))}
        </ul>
        <form method="post" action="/sandbox/mailbox/clear">
          <button class="small-button" type="submit">
            {texts[language].clear}
          </button>
        </form>
      </>
    ) : (
      <p class="muted">{texts[language].empty}</p>
    )}
  </>
)

const Single = ({ mail, language }: { mail: Mail; language: Language }) => {
  const say = texts[language]
  const links = linksIn(mail)
  return (
    <>
      <p>
        <a href="/sandbox/mailbox">← {say.all}</a>
      </p>
      <h1>{mail.subject}</h1>
      <p class="muted">
        {say.from} {mail.from}
        <br />
        {say.to} {mail.to}
        <br />
        <Time at={mail.sent_at} language={language} />
      </p>
      {mail.html ? (
        <iframe
          class="mail"
          title={mail.subject}
          src={`/sandbox/mailbox/${mail.id}/html`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
        />
      ) : null}
      {links.length ? (
        <>
          <h2>{say.links}</h2>
          <ul>
            {links.map((link) => (
              <li>
                <a href={link}>{link}</a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <h2>{say.text}</h2>
      <pre>{mail.text}</pre>
    </>
  )
}

const Time = ({ at, language }: { at: Date; language: Language }) => (
  <time class="small muted" datetime={at.toISOString()}>
    {timeText(at, language)}
  </time>
)

const linksIn = ({ text, html }: Mail) => [
  ...new Set([
    ...(text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? []),
    ...[...html.matchAll(/href="(https?:\/\/[^"]+)"/g)].map((match) => match[1]!.replaceAll('&amp;', '&')),
  ]),
]
