import { dictionary, type Locale } from '../ui/i18n.ts'
import type { TooMany } from './limits.ts'

const words = dictionary({
  'zh-CN': {
    wait: (minutes: number) => `请过 ${minutes} 分钟再试。`,
    'sign-in': '密码试得有点密，先停一停。想现在就进来，可以用邮件里的链接登录。',
    'sign-up': '从这个网络注册的次数有点多。',
    mail: '刚才请求的邮件有点多。看看收件箱和垃圾邮件：十五分钟内收到的链接还能用。',
    code: '验证码试得有点密。同一封邮件里的链接仍然可以用。',
    passkey: '通行密钥试得有点密。',
    checkout: '刚才打开的付款页有点多，还没有扣款。',
    refund: '刚才点退款的次数有点多。已经受理的不会丢。',
    ask: '问得有点密，前面的问题都收到了。',
    claim: '从这个网络报来的付款有点多。你填的都还在。',
    api: '这把密钥的请求有点密。',
    thanks: '这一页刷新得有点勤。付过的款不会丢。',
  },
  en: {
    wait: (minutes) => `Please try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    'sign-in': 'That was a lot of passwords. To come in right now, have a sign-in link mailed to you.',
    'sign-up': 'There were many sign-ups from your network just now.',
    mail: 'That was a lot of mail. Look in your inbox and spam folder: a link from the last fifteen minutes still works.',
    code: 'That was a lot of codes. The link in the same mail still works.',
    passkey: 'That was a lot of tries with a passkey.',
    checkout: 'That was a lot of payment pages. Nothing has been charged.',
    refund: 'That was a lot of refunds at once. Those under way are safe.',
    ask: 'That was a lot of questions. Those you sent have arrived.',
    claim: 'Your network told us of many payments just now. What you typed is still here.',
    api: 'That was a lot of requests.',
    thanks: 'This page was loaded very often. If you paid, your payment is safe.',
  },
})

/** What happened, what one can do now, and when to come back. */
export function tooManyText({ what, retryAfterSeconds }: TooMany, locale: Locale): string {
  const t = words[locale]
  const gap = locale === 'en' ? ' ' : ''
  return `${t[what]}${gap}${t.wait(Math.ceil(retryAfterSeconds / 60))}`
}
