import { describe, expect, test } from 'vitest'
import { render } from '../../emails/index.ts'
import { emailPreviews } from '../../emails/preview.tsx'
import { sampleMails } from '../../emails/samples.ts'
import { locales } from '../../src/ui/i18n.ts'
import { textOf } from '../support/visitor.ts'

describe.each(locales)('every mail in %s', (locale) => {
  test.each(sampleMails(locale))('$name says the same as HTML and as plain text, and leaves no gap', ({ message }) => {
    const { subject, html, text } = render(message)
    expect(subject).not.toBe('')
    expect(subject).not.toMatch(/\n/)
    for (const part of [subject, html, text]) expect(part).not.toMatch(/undefined|null|\[object|NaN|Invalid Date/)
    expect(html).toContain(`<html lang="${locale}"`)
    expect(text).not.toMatch(/<\w+[ >]/)
    // Every link of the one is in the other.
    const links = [...html.matchAll(/href="(http[^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'))
    for (const link of links) expect(text).toContain(link)
    const heading = /<h1[^>]*>(.*?)<\/h1>/.exec(html)![1]!
    expect(text).toContain(textOf(heading).trim())
    if (locale === 'zh-CN') expect(text).toMatch(/\p{Script=Han}/u)
    else expect(subject + text).not.toMatch(/\p{Script=Han}/u)
  })
})

test('the preview shows each of them, light and dark, and lets none of them out of its frame', async () => {
  const app = emailPreviews('/sandbox/emails')
  for (const locale of locales) {
    const page = await (await app.request(`/?lang=${locale}`)).text()
    for (const { name } of sampleMails(locale)) {
      expect(page).toContain(`src="/sandbox/emails/${name}?lang=${locale}&amp;scheme=dark"`)
    }
  }
  const dark = await app.request('/receipt/tip?lang=en&scheme=dark')
  expect(dark.headers.get('content-security-policy')).toContain('sandbox')
  expect(await dark.text()).toContain('@media all')
  expect(await (await app.request('/receipt/tip?lang=en')).text()).toContain('@media not all')
  expect((await app.request('/receipt/nothing')).status).toBe(404)
})
