import { dictionary } from '../ui/i18n.ts'

export const words = dictionary({
  'zh-CN': {
    title: '我的账户',
    back: '回到账户',
    said: {
      'password-changed': '密码已更改，其他设备都已退出登录。',
      'email-changed': '邮箱已更换，两个邮箱都收到了通知。',
      'email-unchanged':
        '邮箱没有更换。可能那个邮箱已经有自己的账户（直接用它登录就好），或者确认信是在另一个浏览器里打开的：在这个浏览器里再试一次。',
      'passkey-added': '通行密钥已添加，下次可以用它登录。',
      'session-ended': '那台设备已退出登录。',
      'others-ended': '其他设备都已退出登录。',
    },

    purchases: '我的付款',
    noPurchases: '这个邮箱还没有付过款。',
    states: { paid: '已付', processing: '处理中', failed: '没有付成', refunded: '已退款', refunding: '正在退款' },
    refunded: (amount: string) => `已退 ${amount}`,
    refunding: (amount: string) => `正在退 ${amount}`,
    refundFailed: (amount: string) => `${amount} 没有退成，我们会联系你`,

    signIn: '登录方式',
    email: '邮箱',
    password: '密码',
    hasPassword: '已设置',
    noPassword: '没有密码，用登录邮件进来',
    change: '更改',
    set: '设置',

    sessions: '登录着的设备',
    thisOne: '就是这台',
    unknownDevice: '一台设备',
    wechat: '微信',
    on: (browser: string, platform: string) => `${platform} 上的 ${browser}`,
    methods: {
      password: (when: string) => `${when}用密码登录`,
      link: (when: string) => `${when}用登录邮件登录`,
      code: (when: string) => `${when}用邮件验证码登录`,
      passkey: (when: string) => `${when}用通行密钥登录`,
      github: (when: string) => `${when}用 GitHub 登录`,
      google: (when: string) => `${when}用 Google 登录`,
    },
    lastSeen: (when: string) => `${when}来过`,
    end: '退出',
    endOthers: '退出其他所有设备',
    endAll: '全部退出，包括这台',

    data: '我的数据',
    dataText: '下载我们存着的、关于你的一切',
    deleteText: '删除账户',

    dataLead:
      '一个 JSON 文件，写着我们存着的、关于你的一切：账户、登录过的设备、通行密钥、关联的账户、付款、Stripe 发来的付款消息、寄给你的邮件。',
    dataKeys: '密码、登录凭证和密钥不在里面。密码和凭证我们只存摘要，谁也还原不了。',
    download: '下载',

    passwordHeading: { change: '更改密码', set: '设置密码' },
    passwordText: '保存之后，其他设备都会退出登录。',
    currentPassword: '现在的密码',
    newPassword: '新密码',
    wrongPassword: '现在的密码不对。',
    forgot: '忘了现在的密码',
    save: '保存',

    emailHeading: '更换邮箱',
    emailText: (email: string) => `现在是 ${email}。我们会给新邮箱寄一封信，确认之后才更换，两个邮箱都会收到通知。`,
    emailPurchases: '用旧邮箱付过的款，更换后仍然在这里。',
    emailOwner: '你是店主：认的是环境变量 OWNER_EMAIL。只换这里，你就打不开收入页了，请先改那个变量。',
    newEmail: '新邮箱',
    badEmail: '这不像一个邮箱地址。',
    sameEmail: '这就是你现在的邮箱。',
    sendMail: '寄确认信',

    deleteHeading: '删除账户',
    deleteLead: '删除后无法恢复。',
    deleteGone: '你的账户、登录、通行密钥、关联的账户和寄给你的邮件记录，会马上删掉。',
    deleteKept: '付款的金额和日期按法律要求保留，但不再写着你是谁：邮箱、名字和留言都会抹去。',
    deleteStripe: '付款由 Stripe 处理。Stripe 自己的记录由它按法律保存，要问它：',
    deleteFirst: '想留一份的话，先',
    deleteDownload: '下载你的数据',
    deleteConfirm: (email: string) => `写下 ${email} 来确认`,
    deleteWrong: '和你的邮箱不一样。',
    delete: '永久删除账户',
    deleteOwner:
      '这是店主的账户，不能在这里删除：没有它，就没有人能看收入、退款和回答客人。先把 OWNER_EMAIL 改成别人的邮箱，再来删除。',
    deleted: '账户已删除',
    deletedText: '你的资料已经不在这里了。谢谢你来过。最后一封确认信正在路上。',
  },
  en: {
    title: 'Your account',
    back: 'Back to your account',
    said: {
      'password-changed': 'Your password is changed, and every other device is signed out.',
      'email-changed': 'Your email is changed. We told both addresses.',
      'email-unchanged':
        'Your email was not changed. Either that address has an account of its own (sign in with it), or the mail was opened in another browser: try again in this one.',
      'passkey-added': 'Your passkey is added. You can sign in with it next time.',
      'session-ended': 'That device is signed out.',
      'others-ended': 'Every other device is signed out.',
    },

    purchases: 'Your payments',
    noPurchases: 'Nothing was paid with this address yet.',
    states: {
      paid: 'Paid',
      processing: 'On its way',
      failed: 'Did not go through',
      refunded: 'Refunded',
      refunding: 'On its way back',
    },
    refunded: (amount) => `${amount} refunded`,
    refunding: (amount) => `${amount} on its way back`,
    refundFailed: (amount) => `${amount} could not be sent back, we will be in touch`,

    signIn: 'How you sign in',
    email: 'Email',
    password: 'Password',
    hasPassword: 'Set',
    noPassword: 'None: you sign in by mail',
    change: 'Change',
    set: 'Set one',

    sessions: 'Where you are signed in',
    thisOne: 'This one',
    unknownDevice: 'A device',
    wechat: 'WeChat',
    on: (browser, platform) => `${browser} on ${platform}`,
    methods: {
      password: (when) => `Signed in ${when} with the password`,
      link: (when) => `Signed in ${when} by email link`,
      code: (when) => `Signed in ${when} by email code`,
      passkey: (when) => `Signed in ${when} with a passkey`,
      github: (when) => `Signed in ${when} with GitHub`,
      google: (when) => `Signed in ${when} with Google`,
    },
    lastSeen: (when) => `here ${when}`,
    end: 'Sign out',
    endOthers: 'Sign out everywhere else',
    endAll: 'Sign out everywhere, here too',

    data: 'Your data',
    dataText: 'Download everything we hold about you',
    deleteText: 'Delete your account',

    dataLead:
      'One JSON file with everything we hold about you: your account, where you signed in, passkeys, linked accounts, payments, what Stripe told us about them, and the mails we sent you.',
    dataKeys:
      'Passwords, sign-in tokens and keys are not in it. Of passwords and tokens we only keep digests, which nobody can turn back.',
    download: 'Download',

    passwordHeading: { change: 'Change your password', set: 'Set a password' },
    passwordText: 'When you save, every other device is signed out.',
    currentPassword: 'Current password',
    newPassword: 'New password',
    wrongPassword: 'That is not your current password.',
    forgot: 'I forgot the current one',
    save: 'Save',

    emailHeading: 'Change your email',
    emailText: (email) =>
      `It is ${email} now. We send a mail to the new address; it counts once you confirm, and we tell both.`,
    emailPurchases: 'What you paid with the old address stays here.',
    emailOwner:
      'You are the owner, and OWNER_EMAIL in the environment says so. Change that first, or you lose the revenue page.',
    newEmail: 'New email',
    badEmail: 'That does not look like an email address.',
    sameEmail: 'That is your email already.',
    sendMail: 'Send the mail',

    deleteHeading: 'Delete your account',
    deleteLead: 'There is no way back.',
    deleteGone: 'Your account, sign-ins, passkeys, linked accounts and our record of mails to you are deleted at once.',
    deleteKept:
      'Amounts and dates of payments stay, as the law asks, without saying who you are: email, name and message are erased.',
    deleteStripe:
      'Stripe handles payments and keeps records of its own, as the law asks of it. About those, ask Stripe:',
    deleteFirst: 'If you want a copy, first',
    deleteDownload: 'download your data',
    deleteConfirm: (email) => `Type ${email} to confirm`,
    deleteWrong: 'That is not your email.',
    delete: 'Delete for good',
    deleteOwner:
      'This is the owner’s account and can’t be deleted here: without it nobody sees the revenue, refunds, or answers customers. Set OWNER_EMAIL to somebody else’s address first.',
    deleted: 'Your account is deleted',
    deletedText: 'Your data is no longer here. Thank you for having been. One last mail is on its way to confirm.',
  },
})
