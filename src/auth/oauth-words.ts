import { dictionary } from '../ui/i18n.ts'
import type { ProviderName } from './oauth.ts'

export const providerNames: Record<ProviderName, string> = { github: 'GitHub', google: 'Google' }

export const words = dictionary({
  'zh-CN': {
    linked: '用别的账户登录',
    linkedText: '连接之后，也可以用它登录。',
    link: (name: string) => `连接 ${name}`,
    unlink: '解除',
    backToSignIn: '回到登录页',
    backToAccount: '回到我的账户',
    refused: {
      heading: '这次登录断了线',
      text: (name: string) => `可能隔得太久，或者在另一个窗口里又点了一次。从头再来一次 ${name} 登录就好。`,
    },
    denied: {
      heading: '没有登录',
      text: (name: string) => `你在 ${name} 那边点了取消，我们什么也没拿到。也可以换一种方式登录。`,
    },
    unverified: {
      heading: '邮箱还没有验证',
      text: (name: string) => `${name} 还不能确认你的邮箱。先到 ${name} 验证它，再回来；或者直接用登录邮件进来。`,
    },
    taken: {
      heading: '它已经有主人了',
      text: (name: string) => `这个 ${name} 账户已经连到本站的另一个账户。先用它登录，在那边解除，再回来连接。`,
    },
    another: {
      heading: '已经连了另一个',
      text: (name: string) =>
        `你在本站的账户连着另一个 ${name} 账户。要换成这一个，先用邮箱登录，解除原来的连接，再连接。`,
    },
    broken: {
      heading: (name: string) => `${name} 没有好好回答`,
      text: (name: string) => `不是你的问题。过一会儿再试 ${name}，或者先用登录邮件进来。`,
    },
  },
  en: {
    linked: 'Sign in with another account',
    linkedText: 'Once it is linked, it signs you in here too.',
    link: (name) => `Link ${name}`,
    unlink: 'Unlink',
    backToSignIn: 'Back to sign-in',
    backToAccount: 'Back to my account',
    refused: {
      heading: 'This sign-in lost its thread',
      text: (name) => `It took too long, or was started again in another window. Just begin again with ${name}.`,
    },
    denied: {
      heading: 'You are not signed in',
      text: (name) => `You said no at ${name}, so it told us nothing. You can also sign in another way.`,
    },
    unverified: {
      heading: 'Your email is not verified yet',
      text: (name) =>
        `${name} can’t vouch for your email address. Verify it at ${name} and come back, or have us mail you a link.`,
    },
    taken: {
      heading: 'That one is in use',
      text: (name) =>
        `This ${name} account belongs to another account here. Sign in with it, unlink it there, then link it here.`,
    },
    another: {
      heading: 'There is another one already',
      text: (name) =>
        `Your account here is linked to a different ${name} account. To change it, sign in by email, unlink that one, and link this one.`,
    },
    broken: {
      heading: (name) => `${name} is not answering properly`,
      text: (name) => `It isn’t you. Try ${name} again in a while, or have us mail you a link for now.`,
    },
  },
})
