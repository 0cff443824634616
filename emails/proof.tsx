import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface ProofProps {
  purpose: 'sign-in' | 'sign-up' | 'reset' | 'change-email'
  /** Where the button leads; it works once. */
  url: string
  /** Six digits, for the browser that asked. */
  code: string
  minutes: number
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    'sign-in': { heading: '登录', action: '登录', text: '按下按钮，或者在刚才的页面上输入验证码。' },
    'sign-up': {
      heading: '确认你的邮箱',
      action: '确认邮箱',
      text: '按下按钮，或者在刚才的页面上输入验证码，账户就开好了。',
    },
    reset: {
      heading: '设置新密码',
      action: '设置新密码',
      text: '按下按钮，或者在刚才的页面上输入验证码，然后选一个新密码。',
    },
    'change-email': { heading: '确认新邮箱', action: '确认新邮箱', text: '按下按钮，以后就用这个邮箱登录。' },
    code: '验证码',
    subject: (code: string, heading: string) => `${code} · ${heading}`,
    footer: (minutes: number) =>
      `${minutes} 分钟内有效，只能用一次。不是你本人的操作？不用理会，什么都不会发生。别把验证码告诉任何人。`,
  },
  en: {
    'sign-in': {
      heading: 'Sign in',
      action: 'Sign in',
      text: 'Press the button, or type the code on the page you came from.',
    },
    'sign-up': {
      heading: 'Confirm your email',
      action: 'Confirm email',
      text: 'Press the button, or type the code on the page you came from, and your account is ready.',
    },
    reset: {
      heading: 'Choose a new password',
      action: 'Choose a new password',
      text: 'Press the button, or type the code on the page you came from, and choose a new password.',
    },
    'change-email': {
      heading: 'Confirm your new email',
      action: 'Confirm email',
      text: 'Press the button, and you sign in with this address from now on.',
    },
    code: 'Code',
    subject: (code, heading) => `${code} · ${heading}`,
    footer: (minutes) =>
      `Valid for ${minutes} minutes, once. Wasn’t you? Ignore this mail and nothing happens. Tell nobody the code.`,
  },
})

/** A link and a code that prove an address. */
export function proof({ purpose, url, code, minutes, locale, shopName }: ProofProps): Email {
  const t = words[locale]
  const { heading, action, text } = t[purpose]
  return {
    subject: subjectLine(t.subject(code, heading)),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={text} footer={t.footer(minutes)}>
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.amount}>{code}</p>
        <p style={styles.text}>{text}</p>
        <Action href={url}>{action}</Action>
      </Layout>,
    ),
    text: paragraphs(heading, `${t.code}: ${code}`, text, url, t.footer(minutes)),
  }
}
