import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': { terms: '服务条款', privacy: '隐私', refunds: '退款' },
  en: { terms: 'Terms', privacy: 'Privacy', refunds: 'Refunds' },
})
