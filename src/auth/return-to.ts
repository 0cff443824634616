/** Where to go after signing in: a path of this site, or the fallback. Never another site, however it is spelled. */
export function returnPath(wanted: string | null | undefined, fallback: string): string {
  if (!wanted?.startsWith('/') || wanted.length > 500 || /[\\\p{Cc}]/u.test(wanted)) return fallback
  const here = new URL('http://here.invalid')
  const url = URL.canParse(wanted, here) ? new URL(wanted, here) : undefined
  if (url?.origin !== here.origin || url.pathname.startsWith('//')) return fallback
  return url.pathname + url.search
}
