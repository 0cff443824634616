import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    tip: '红包',
    direct: (ways: string) => `用${ways}扫码直接付`,
    and: '、',
    chooseTitle: '扫码直接付',
    chooseLead: (ways: string) => `用${ways}直接付给店主，不用注册。到账由店主亲自核对，可能要等一会儿。`,
    tips: '发个红包',
    notice: '付款直接到店主账上，由店主亲自核对。',

    payTitle: (what: string) => `扫码付：${what}`,
    note: '付款时，备注里写上',
    copy: '复制',
    copied: '已复制',
    noteWhy: '店主靠它认出这一笔是你的。',
    scan: (amount: string) => `扫码，付 ${amount}`,
    phone: '就在手机上？长按图片识别，或者存到相册，再用「扫一扫」从相册里选。',
    picture: (way: string) => `${way}收款码`,
    done: '付好了，说一声',
    email: '你的邮箱',
    emailHint: '收据寄到这里，用它登录就能用买到的东西',
    ownEmail: '你账户的邮箱',
    name: '怎么称呼你',
    message: '想说的话',
    paid: '我已付款',
    unverified: '店主核对之前，还不算付好。',
    other: '换一个',
    notClaimed: {
      'too-many': '这个邮箱有三笔还在等店主核对，等核对完一笔再来。你填的都还在。',
      crowded: '现在等店主核对的太多了。请先登录，再回来点一次；你填的都还在。',
      'code-used': '这个备注码已经用过了。又付了一笔的话，请用页面上的新码；如果那一笔就是你的，等店主核对就好。',
    },
    notAnEmail: '这个邮箱好像少了点什么。',
    tooLong: '太长了，请短一点。',

    open: {
      title: '等店主核对',
      text: '记下了，还没有核实。店主看到这笔钱，就会点确认，收据会寄给你。这一页会自己刷新；你也可以关掉它。',
    },
    confirmed: { title: '到账了，谢谢你！', text: '店主已经确认收到。收据寄往你的邮箱。' },
    refused: {
      title: '店主没有找到这笔钱',
      text: '如果你确实付了，回复我们寄给你的邮件，附上付款截图，一起找到它。如果没有付，不用管它。',
    },
    expired: {
      title: '两个星期没有找到这笔钱',
      text: '店主没有看到它，所以不再等了。如果你确实付了，请联系店主，附上付款截图和上面的备注码。',
    },
    closed: { title: '这一笔已经关闭', text: '账户删除了，没有核对的付款也一起关闭了。' },
    mailTo: (email: string) => `收据寄往 ${email}，用这个邮箱登录就能用买到的东西。`,
    codeIs: (code: string) => `备注：${code}`,
    again: '现在再看看',
    home: '回首页',

    waiting: '等你核对的',
    waitingLead: '他们说付了，还没有核实。在钱包里对一对备注和金额，再点。',
    opens: { credits: (what: string) => `开通 ${what}`, days: (n: number) => `开通 ${n} 天` },
    tooMuch: '这笔收款不止一个人说付了，或者已经付过、取消了。钱真的到了再点「到账了」，多付的请退回给对方。',
    arrived: '到账了',
    arrivedNamed: (code: string) => `到账了：${code}`,
    missing: '没有收到',
    missingNamed: (code: string) => `没有收到：${code}`,
    decided: {
      open: '这一笔还在等你核对。',
      confirmed: '这一笔已经确认到账了，没有再改。记错了，可以在下面撤回。',
      refused: '这一笔已经点过「没有收到」，没有再改。钱后来到了，就在下面记一笔。',
      closed: '对方删除了账户，这一笔已经关闭，没有再改。钱到了，就在下面记一笔。',
    },
    todo: (count: number) => `${count} 笔扫码付款等你核对`,
  },
  en: {
    tip: 'Tip',
    direct: (ways) => `Pay directly by ${ways} code`,
    and: ' or ',
    chooseTitle: 'Pay directly by code',
    chooseLead: (ways) =>
      `Pay the owner directly with ${ways}, no account needed. The owner checks each payment by hand, so it may take a while.`,
    tips: 'Send a tip',
    notice: 'You pay the owner directly, who checks each payment by hand.',

    payTitle: (what) => `Pay by code: ${what}`,
    note: 'Write this into the note of the transfer',
    copy: 'Copy',
    copied: 'Copied',
    noteWhy: 'It tells the owner that the payment is yours.',
    scan: (amount) => `Scan, and pay ${amount}`,
    phone: 'On this very phone? Press and hold the picture, or save it and pick it in your wallet’s scanner.',
    picture: (way) => `${way} payment code`,
    done: 'Paid? Say so',
    email: 'Your email',
    emailHint: 'the receipt goes there, and signing in with it opens what you paid for',
    ownEmail: 'of your account',
    name: 'Your name',
    message: 'A few words',
    paid: 'I have paid',
    unverified: 'It counts as paid once the owner has checked it.',
    other: 'Something else',
    notClaimed: {
      'too-many':
        'Three payments of this email wait for the owner already. Come back when one is checked. What you typed is still here.',
      crowded:
        'Too many payments wait for the owner right now. Sign in first, then press the button again. What you typed is still here.',
      'code-used':
        'This code was used before. For another payment take the new one on this page; if that one was yours, the owner will check it.',
    },
    notAnEmail: 'That does not look like an email address.',
    tooLong: 'That is too long, please shorten it.',

    open: {
      title: 'Waiting for the owner to check',
      text: 'Noted, not verified yet. When the owner sees the money and confirms it, you get a receipt. This page reloads by itself. You can also close it.',
    },
    confirmed: {
      title: 'It arrived. Thank you!',
      text: 'The owner has confirmed it. The receipt is on its way to you.',
    },
    refused: {
      title: 'The owner found no such payment',
      text: 'If you did pay, answer the mail that we sent you, with a picture of the transfer, and we will find it together. If you did not, there is nothing to do.',
    },
    expired: {
      title: 'Not found within two weeks',
      text: 'The owner has not seen this payment, and does not wait for it any more. If you did pay, write to the owner with a picture of the transfer and the code above.',
    },
    closed: {
      title: 'This one is closed',
      text: 'The account was deleted, and what was not checked yet was closed with it.',
    },
    mailTo: (email) => `The receipt goes to ${email}. Sign in with that address to use what you paid for.`,
    codeIs: (code) => `Note: ${code}`,
    again: 'Look again now',
    home: 'Back to the front page',

    waiting: 'Waiting for you to check',
    waitingLead: 'They say they paid; nothing is verified. Compare note and amount with your wallet, then tap.',
    opens: { credits: (what) => `opens ${what}`, days: (n) => `opens ${n} days` },
    tooMuch:
      'More than one says to have paid this, or it was paid or cancelled before. Confirm only what really came, and give back what is too much.',
    arrived: 'It arrived',
    arrivedNamed: (code) => `It arrived: ${code}`,
    missing: 'It did not arrive',
    missingNamed: (code) => `It did not arrive: ${code}`,
    decided: {
      open: 'This one still waits for you.',
      confirmed: 'This one is confirmed already, and nothing was changed. If that was wrong, take it back below.',
      refused:
        'You said before that this one did not arrive, and nothing was changed. If it came later, enter it below.',
      closed: 'They deleted their account, so this one is closed, and nothing was changed. If it came, enter it below.',
    },
    todo: (count) => (count === 1 ? '1 payment by code to check' : `${count} payments by code to check`),
  },
})
