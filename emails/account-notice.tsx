import { dictionary, type Locale } from '../src/ui/i18n.ts'
import { Action, type Email, Layout, paragraphs, styles, subjectLine, toHtml } from './layout.tsx'

export interface AccountNoticeProps {
  what:
    | 'password-changed'
    | 'email-changed'
    | 'passkey-added'
    | 'passkey-removed'
    | 'api-key-added'
    | `${'github' | 'google'}-linked`
    | 'account-deleted'
  /** The new address, where it changed. */
  newEmail?: string
  resetUrl: string
  locale: Locale
  shopName: string
}

const words = dictionary({
  'zh-CN': {
    'password-changed': { heading: '密码已更改', text: '你的密码刚刚更改，其他设备都已退出登录。' },
    'email-changed': { heading: '登录邮箱已更改', text: '你的账户从现在起用另一个邮箱登录：' },
    'passkey-added': {
      heading: '多了一把通行密钥',
      text: '你的账户刚刚添加了一把通行密钥，它可以用来登录。不是你添加的？请登录后在账户页移除它：重设密码不会移除它。',
    },
    'passkey-removed': { heading: '少了一把通行密钥', text: '你的账户刚刚移除了一把通行密钥，它不能再用来登录。' },
    'api-key-added': {
      heading: '多了一把 API 密钥',
      text: '你的账户刚刚添加了一把 API 密钥，程序可以用它代你使用这个服务。不是你添加的？请登录后在账户页作废它：重设密码不会作废它。',
    },
    'github-linked': {
      heading: 'GitHub 可以登录你的账户了',
      text: '你的账户刚刚连接了一个 GitHub 账户，从现在起也可以用它登录。不是你连接的？请登录后在账户页解除它：重设密码不会解除它。',
    },
    'google-linked': {
      heading: 'Google 可以登录你的账户了',
      text: '你的账户刚刚连接了一个 Google 账户，从现在起也可以用它登录。不是你连接的？请登录后在账户页解除它：重设密码不会解除它。',
    },
    'account-deleted': {
      heading: '账户已删除',
      text: '你的账户和资料已经删除。付款记录按法律要求保留，但不再写着你是谁。',
    },
    notYou: '不是你本人的操作？马上重设密码，并回复这封邮件告诉我们。',
    action: '重设密码',
  },
  en: {
    'password-changed': {
      heading: 'Your password was changed',
      text: 'Your password was just changed, and all other devices were signed out.',
    },
    'email-changed': {
      heading: 'Your email was changed',
      text: 'From now on your account signs in with another address:',
    },
    'passkey-added': {
      heading: 'A passkey was added',
      text: 'A passkey was just added to your account, and can sign in to it. If you did not add it, sign in and remove it on your account page: a new password does not remove it.',
    },
    'passkey-removed': {
      heading: 'A passkey was removed',
      text: 'A passkey was just removed from your account, and can no longer sign in.',
    },
    'api-key-added': {
      heading: 'An API key was added',
      text: 'An API key was just added to your account: programs can use this service with it. If you did not make it, sign in and revoke it on your account page: a new password does not revoke it.',
    },
    'github-linked': {
      heading: 'GitHub can open your account now',
      text: 'A GitHub account was just linked to your account, and can sign in to it. If you did not link it, sign in and unlink it on your account page: a new password does not unlink it.',
    },
    'google-linked': {
      heading: 'Google can open your account now',
      text: 'A Google account was just linked to your account, and can sign in to it. If you did not link it, sign in and unlink it on your account page: a new password does not unlink it.',
    },
    'account-deleted': {
      heading: 'Your account is deleted',
      text: 'Your account and your data are gone. Payments are kept, as the law asks, without saying who you are.',
    },
    notYou: 'Wasn’t you? Reset your password now, and answer this mail to tell us.',
    action: 'Reset password',
  },
})

/** Tells a person that something about their account changed, in case it was not them. */
export function accountNotice({ what, newEmail, resetUrl, locale, shopName }: AccountNoticeProps): Email {
  const t = words[locale]
  const { heading, text } = t[what]
  const said = newEmail ? `${text} ${newEmail}` : text
  return {
    subject: subjectLine(`${heading} · ${shopName}`),
    html: toHtml(
      <Layout locale={locale} shopName={shopName} preview={text} footer={t.notYou}>
        <h1 style={styles.heading}>{heading}</h1>
        <p style={styles.text}>{said}</p>
        {hasReset(what) && <Action href={resetUrl}>{t.action}</Action>}
      </Layout>,
    ),
    text: paragraphs(heading, said, t.notYou, hasReset(what) && resetUrl),
  }
}

// At the old address a reset would open a new, empty account.
function hasReset(what: AccountNoticeProps['what']): boolean {
  return what !== 'account-deleted' && what !== 'email-changed'
}
