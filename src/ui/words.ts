import { dictionary, type Locale } from './i18n.ts'

export const words = dictionary({
  'zh-CN': {
    skip: '跳到正文',
    signIn: '登录',
    signOut: '退出',
    dashboard: '收入',
    account: '账户',
    tip: '发红包',
    site: '看网站',
    sections: '分栏',
    about: '关于本站',
    optional: '可不填',
    problems: '还差一点，请看看这里：',
    footer: '付款由 Stripe 处理，卡号不经过本站。',
    footerDirect: '付款直接到店主账上，由店主亲自核对。',
    day: '日期',
  },
  en: {
    skip: 'Skip to content',
    signIn: 'Sign in',
    signOut: 'Sign out',
    dashboard: 'Revenue',
    account: 'Account',
    tip: 'Tip',
    site: 'View site',
    sections: 'Sections',
    about: 'About this site',
    optional: 'optional',
    problems: 'Almost there. Please check:',
    footerDirect: 'You pay the owner directly, who checks each payment by hand.',
    footer: 'Stripe handles the payment. Your card number never reaches this site.',
    day: 'Day',
  },
})

const methods = dictionary({
  'zh-CN': { card: '银行卡', alipay: '支付宝', wechat_pay: '微信支付', link: 'Link', offline: '线下' },
  en: { card: 'Card', alipay: 'Alipay', wechat_pay: 'WeChat Pay', link: 'Link', offline: 'Offline' },
})

/** Stripe's payment method type, as people call it. */
export function methodName(method: string, locale: Locale): string {
  return new Map(Object.entries(methods[locale])).get(method) ?? method
}
