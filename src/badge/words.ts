import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    tip: (amount: string) => `发红包 ${amount}`,
    supporters: (count: number) => `${count.toLocaleString('zh-CN')} 人支持`,
    nobody: '等你第一个',
    title: '分享',
    heading: '让人找到你',
    lead: '链接发给谁都行。徽章放进 README，人数会自己更新。',
    link: '发红包的链接',
    copy: '复制给对方',
    prefilled: (example: string) => `金额和留言可以先替对方填好：${example}`,
    badge: '发红包',
    language: '徽章上是中文',
    markdown: 'Markdown，给 README',
    html: 'HTML，给网页',
  },
  en: {
    tip: (amount) => `tip ${amount}`,
    supporters: (count) => (count === 1 ? '1 supporter' : `${count.toLocaleString('en')} supporters`),
    nobody: 'be the first',
    title: 'Share',
    heading: 'Be found',
    lead: 'Send the link to anybody. Put the badge into a README; its number keeps itself up to date.',
    link: 'Your tip page',
    copy: 'Copy this link',
    prefilled: (example) => `You can fill in amount and message for them: ${example}`,
    badge: 'Tip',
    language: 'A badge in English',
    markdown: 'Markdown, for a README',
    html: 'HTML, for a page',
  },
})
