import { html } from 'hono/html'

const HEIGHT = 24
const FONT_SIZE = 12
const PADDING = 9

/**
 * A badge of two halves, as an SVG that brings its own ground: it reads the same on light and dark pages. Both texts are
 * escaped, and are its accessible name.
 */
export async function badgeSvg(left: string, right: string): Promise<string> {
  const [a, b] = [textWidth(left), textWidth(right)]
  const split = a + 2 * PADDING
  const width = split + b + 2 * PADDING
  const name = `${left} · ${right}`
  // textLength: whatever font the reader has, the text fills the room that was measured for it.
  const text = (words: string, x: number, length: number, fill: string) =>
    html`<text x="${x}" y="16" textLength="${length}" fill="${fill}">${words}</text>`
  return String(
    await html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${name}"><title>${name}</title><rect x=".5" y=".5" width="${width - 1}" height="${HEIGHT - 1}" rx="5.5" fill="#fbf7f0" stroke="#b8291a"/><path d="M6 0H${split}V${HEIGHT}H6a6 6 0 0 1-6-6V6a6 6 0 0 1 6-6z" fill="#b8291a"/><g font-family="Verdana,'PingFang SC','Noto Sans SC','Microsoft YaHei',sans-serif" font-size="${FONT_SIZE}">${text(left, PADDING, a, '#fff')}${text(right, split + PADDING, b, '#1f1a17')}</g></svg>`,
  )
}

/** About how wide a text is, in whole pixels: Chinese characters are square, Latin ones come in three widths. */
export function textWidth(text: string): number {
  const ems = [...text].reduce((sum, character) => sum + emsOf(character), 0)
  return Math.round(ems * FONT_SIZE)
}

function emsOf(character: string): number {
  if (/[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\u{20000}-\u{3fffd}]/u.test(character))
    return 1
  if (/[ .,:;'!|ijlI()[\]]/.test(character)) return 0.36
  return /[mwMW@%]/.test(character) ? 0.95 : 0.63
}
