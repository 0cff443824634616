import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    signIn: '登录',
    owner: '这里是店主的入口',
    ownerText: '没有密码。在项目的目录里运行这一行，它会给你一个只能用一次的登录链接：',
    payer: '你是来付款的？不需要登录。',
    tip: '去红包页',
    confirm: '登录',
    confirmHeading: '确认登录',
    confirmText: '这个链接只能用一次，按下按钮才算。',
    problem: '链接失效了',
    problemHeading: '这个登录链接不能用了',
    problemText: '它可能已经用过，或者放得太久。运行这一行，拿一个新的：',
  },
  en: {
    signIn: 'Sign in',
    owner: 'This door is for the owner',
    ownerText: 'There is no password. Run this in the project folder, and it prints a sign-in link that works once:',
    payer: 'Here to pay? You don’t need to sign in.',
    tip: 'Go to the tip page',
    confirm: 'Sign in',
    confirmHeading: 'Ready to sign in',
    confirmText: 'This link works once. It is used when you press the button, not before.',
    problem: 'Link no longer works',
    problemHeading: 'This sign-in link no longer works',
    problemText: 'It was used already, or it got too old. Run this to get a new one:',
  },
})
