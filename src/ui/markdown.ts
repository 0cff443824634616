import { raw } from 'hono/html'
import MarkdownIt from 'markdown-it'

// What it makes is put on the page as it is: no HTML of the writer's, no images that call home, links to the web and to mail.
// No tables: a line of dashes makes thousands of cells.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: 20 }).disable([
  'image',
  'table',
])
markdown.validateLink = (url) => /^(https?:\/\/|mailto:)/i.test(url)
markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]!.attrSet('rel', 'nofollow noopener')
  return self.renderToken(tokens, index, options)
}
// The page has headings of its own above these, unless they are the page's.
markdown.core.ruler.push('lower_headings', ({ tokens, env }) => {
  if (env.isPage) return
  for (const token of tokens) {
    if (token.type.startsWith('heading_')) token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`
  }
})

/** Markdown as HTML that does no harm, whoever wrote it. */
export function rendered(text: string, { isPage = false } = {}) {
  return raw(markdown.render(text, { isPage }))
}

type Tokens = ReturnType<typeof markdown.parse>

/** Markdown as a plain text mail has it: no signs, links with their addresses, code set in. */
export function plainText(text: string): string {
  /** Before each line of what we are inside of; a list's point is only before its first. */
  const margins: { next: string; rest: string }[] = []
  const margin = () => {
    const before = margins.map(({ next }) => next).join('')
    for (const one of margins) one.next = one.rest
    return before
  }
  let lists = 0
  let isFirstPoint = false
  let plain = ''
  const add = (block: string, isTight: boolean) => {
    const lines = block.trimEnd().split('\n')
    plain += (plain && (isTight ? '\n' : '\n\n')) + lines.map((line) => margin() + line).join('\n')
    isFirstPoint = false
  }
  let isHidden = false
  for (const { type, info, hidden, content, children } of markdown.parse(text, {})) {
    if (/^(bullet|ordered)_list_open$/.test(type)) isFirstPoint = lists++ === 0
    else if (/^(bullet|ordered)_list_close$/.test(type)) lists--
    else if (type === 'list_item_open') margins.push(point(String(info)))
    else if (type === 'blockquote_open') margins.push({ next: '> ', rest: '> ' })
    else if (type === 'list_item_close' || type === 'blockquote_close') margins.pop()
    // The points of a list that is written without gaps stay together.
    else if (type === 'paragraph_open') isHidden = hidden
    else if (type === 'inline') add(inlineText(children ?? []), isHidden && lists > 0 && !isFirstPoint)
    else if (type === 'fence' || type === 'code_block') add(content.trimEnd().replace(/^/gm, '    '), false)
    else if (type === 'hr') add('---', false)
    if (type === 'paragraph_close') isHidden = false
  }
  return plain
}

function point(number: string) {
  const next = number ? `${number}. ` : '- '
  return { next, rest: ' '.repeat(next.length) }
}

function inlineText(tokens: Tokens): string {
  const addresses: string[] = []
  const texts = tokens.map((token) => {
    if (token.type === 'link_open') addresses.push(token.info === 'auto' ? '' : String(token.attrGet('href') ?? ''))
    if (token.type === 'link_close') {
      const address = addresses.pop()
      return address ? ` (${address})` : ''
    }
    return token.type.endsWith('break') ? '\n' : token.content
  })
  return texts.join('')
}
