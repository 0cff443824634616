import type { Locale } from '../ui/i18n.ts'
import { words } from './words.ts'

/** "iPhone 上的 Safari", "Safari on iPhone": enough to recognise one's own. From what the browser says of itself. */
export function deviceName(userAgent: string | null, locale: Locale): string {
  const t = words[locale]
  const browser = firstIn(userAgent, BROWSERS)
  const platform = firstIn(userAgent, PLATFORMS)
  if (browser && platform) return t.on(browser === 'WeChat' ? t.wechat : browser, platform)
  return browser ?? platform ?? t.unknownDevice
}

// The order matters: nearly all say Safari, most of them Chrome, and an Android says Linux.
const BROWSERS: [mark: string, name: string][] = [
  ['MicroMessenger', 'WeChat'],
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['HuaweiBrowser', 'Huawei Browser'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari', 'Safari'],
]
const PLATFORMS: [mark: string, name: string][] = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Harmony', 'HarmonyOS'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Macintosh', 'Mac'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
]

function firstIn(userAgent: string | null, marks: [mark: string, name: string][]): string | undefined {
  return marks.find(([mark]) => userAgent?.includes(mark))?.[1]
}
