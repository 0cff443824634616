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
// The page has headings of its own above these.
markdown.core.ruler.push('lower_headings', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type.startsWith('heading_')) token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`
  }
})

/** Markdown as HTML that does no harm, whoever wrote it. */
export function rendered(text: string) {
  return raw(markdown.render(text))
}
