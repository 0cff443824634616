import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    home: '回首页',
    subscribedTitle: (product: string) => `你已经订阅了${product}`,
    subscribedText: '再订阅一次就要付两份钱，所以这里停下了。想换方式或者取消，在你的账户里。',
    notSoldTitle: '这个已经不卖了',
    notSoldText: '可能是价格换过了。什么都没有扣；现在卖的都在首页。',
    shop: '看看现在卖什么',
    account: '看看我的账户',
    manage: '想换成按月或按年、换卡、取消，都在你的账户里。',
    paid: {
      title: '谢谢你',
      heading: '收到了，谢谢你！',
      text: '这一笔会被认真看见。收据已经寄往你付款时留的邮箱；买了东西的话，用那个邮箱登录就能用。',
      action: '',
    },
    processing: {
      title: '正在确认',
      heading: '正在等付款确认',
      text: '有的付款方式要慢一些。这一页会自己刷新；你也可以关掉它，到账后收据会寄到你的邮箱。',
      action: '现在再看看',
    },
    failed: {
      title: '没有付成',
      heading: '这次没有付成',
      text: '没有扣你的钱。可以换一种付款方式再试一次，不试也没关系。',
      action: '再试一次',
    },
    open: {
      title: '还没付款',
      heading: '这一笔还没有付',
      text: '付款页面还开着，什么都没有扣。想继续的话，从这里回去。',
      action: '回去付款',
    },
  },
  en: {
    home: 'Back to the front page',
    subscribedTitle: (product) => `You already have ${product}`,
    subscribedText:
      'A second subscription would cost you twice, so we stopped here. You change or cancel it in your account.',
    notSoldTitle: 'This is no longer sold',
    notSoldText: 'It may have a new price. You were not charged; what is sold now is on the front page.',
    shop: 'See what is sold now',
    account: 'See my account',
    manage: 'To switch between monthly and yearly, change the card or cancel, go to your account.',
    paid: {
      title: 'Thank you',
      heading: 'It arrived. Thank you!',
      text: 'A real person will see this one. The receipt is on its way to the email you paid with. If you bought something to use, sign in with that address.',
      action: '',
    },
    processing: {
      title: 'Confirming',
      heading: 'Waiting for the payment to clear',
      text: 'Some payment methods take a little longer. This page reloads by itself. You can also close it: the receipt comes by email.',
      action: 'Look again now',
    },
    failed: {
      title: 'Not paid',
      heading: 'That payment didn’t go through',
      text: 'You were not charged. You can try again with another method, or leave it. Both are fine.',
      action: 'Try again',
    },
    open: {
      title: 'Not paid yet',
      heading: 'This one isn’t paid yet',
      text: 'The payment page is still open and nothing was charged. Pick up where you left off, if you like.',
      action: 'Back to payment',
    },
  },
})
