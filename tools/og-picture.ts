// Makes src/ui/static/og.png, what a chat shows of a link: npx tsx tools/og-picture.ts [path of a chromium]
import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const size = { width: 1200, height: 630 }

// No amount: what is sold is in the catalog, and this picture is the same for every site. Flat colours keep a PNG small.
const picture = `<!doctype html>
<style>
  body { margin: 0; width: 1200px; height: 630px; background: #fbf7f0; display: grid; place-items: center }
</style>
<svg width="1200" height="630" viewBox="0 0 1200 630" xmlns="http://www.w3.org/2000/svg">
  <rect x="24" y="24" width="1152" height="582" rx="24" fill="none" stroke="#e8dfd3" stroke-width="2" />
  <rect x="430" y="75" width="340" height="480" rx="36" fill="#b8291a" />
  <path d="M430 111a36 36 0 0 1 36-36h268a36 36 0 0 1 36 36v114c-96 84-244 84-340 0z" fill="#96200f" />
  <circle cx="600" cy="284" r="50" fill="#f3d9a0" />
  <circle cx="600" cy="284" r="38" fill="none" stroke="#b98a2f" stroke-width="3" />
</svg>`

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const page = await browser.newPage({ viewport: size })
await page.setContent(picture)
writeFileSync(new URL('../src/ui/static/og.png', import.meta.url), await page.screenshot())
await browser.close()
