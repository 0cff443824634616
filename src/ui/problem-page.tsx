import { dictionary } from './i18n.ts'
import { Page, type PageContext } from './layout.tsx'

const words = dictionary({
  'zh-CN': {
    home: '回首页',
    reference: (code: string) => `告诉我们这个编号，就能查到：${code}`,
    400: { heading: '这个请求没看懂', text: '可能是链接不完整，或者页面放得太久。回去刷新一下，再试一次。' },
    403: { heading: '这一步没有放行', text: '为了安全，表单只能从本站的页面提交。回到那一页，刷新后再试。' },
    404: { heading: '这里什么也没有', text: '页面可能搬走了，或者地址里有个字打错了。' },
    413: { heading: '东西太大了', text: '一次收不下这么多。减少一些再试。' },
    429: { heading: '慢一点', text: '刚才的请求有些密。等一分钟再试，什么都不会丢。' },
    500: { heading: '我们这边出错了', text: '不是你的问题。已经记下来了；如果刚付过款，那笔钱是安全的，会照常入账。' },
    503: { heading: '歇一会儿，马上回来', text: '服务暂时不可用。过一两分钟再刷新；付过的款不会丢。' },
  },
  en: {
    home: 'Back to the front page',
    reference: (code) => `If you write to us, mention ${code}`,
    400: {
      heading: 'We couldn’t read that request',
      text: 'The link may be incomplete, or the page was open for long. Reload it and try again.',
    },
    403: {
      heading: 'That step was stopped',
      text: 'For safety, forms only work from this site’s own pages. Go back, reload, and try again.',
    },
    404: { heading: 'There is nothing here', text: 'The page may have moved, or there is a typo in the address.' },
    413: { heading: 'That is too big', text: 'We can’t take that much at once. Make it smaller and try again.' },
    429: {
      heading: 'A little slower, please',
      text: 'That was a lot of requests. Wait a minute and try again; nothing is lost.',
    },
    500: {
      heading: 'Something broke on our side',
      text: 'It isn’t you, and it was noted. If you just paid, your payment is safe and will be booked.',
    },
    503: {
      heading: 'Back in a moment',
      text: 'The service is resting. Reload in a minute or two. Nothing that was paid gets lost.',
    },
  },
})

export type ProblemStatus = 400 | 403 | 404 | 413 | 429 | 500 | 503

interface ProblemProps extends PageContext {
  status: ProblemStatus
  /** Says more than the words for the status do. */
  text?: string | undefined
  /** The request's id in the log. */
  reference?: string | undefined
}

export function ProblemPage({ status, reference, text: own, ...context }: ProblemProps) {
  const t = words[context.locale]
  const { heading, text } = t[status]
  return (
    <Page {...context} title={heading} narrow>
      <p class="status">{status}</p>
      <h1>{heading}</h1>
      <p class="lead">{own ?? text}</p>
      {reference && <p class="small muted">{t.reference(reference)}</p>}
      <p>
        <a href="/">{t.home}</a>
      </p>
    </Page>
  )
}
