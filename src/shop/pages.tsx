import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Product } from '../define-catalog.ts'
import type { Money as Amount } from '../money.ts'
import { Offers } from '../payments/offers.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { Phrases } from '../ui/phrases.tsx'
import { words } from './words.ts'

interface HomeProps extends PageContext {
  tagline: string
  story: string
  /** What the optional features have to say here. */
  offers: JSX.Element[]
  /** Of this visit, so that a double click buys once. */
  request: string
  products: Product[]
}

export function HomePage({ tagline, story, offers, request, products, ...context }: HomeProps) {
  const { locale, shopName } = context
  return (
    <Page {...context} title={shopName} description={`${tagline} ${story}`} narrow>
      <div class="home">
        <h1>
          <Phrases text={tagline} />
        </h1>
        <p class="story">{story}</p>
        {offers}
      </div>
      <Offers products={products} locale={locale} request={request} />
    </Page>
  )
}

/** Instead of a second subscription to the same. */
export function SubscribedPage({ product, ...context }: PageContext & { product: string }) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.subscribedTitle(product)} narrow>
      <h1>{t.subscribedTitle(product)}</h1>
      <p class="lead">{t.subscribedText}</p>
      <a class="button" href="/account">
        {t.account}
      </a>
    </Page>
  )
}

/** For a key that nothing is sold under: a page that was open while the catalog changed, an old link. */
export function NotSoldPage(context: PageContext) {
  const t = words[context.locale]
  return (
    <Page {...context} title={t.notSoldTitle} narrow>
      <h1>{t.notSoldTitle}</h1>
      <p class="lead">{t.notSoldText}</p>
      <a class="button" href="/">
        {t.shop}
      </a>
    </Page>
  )
}

export type PaymentState = 'paid' | 'processing' | 'failed' | 'open'

interface ThanksProps extends PageContext {
  state: PaymentState
  amount?: Amount | undefined
  isSubscription?: boolean
  /** Where to pay again: the open payment page, or the form. */
  retryUrl: string
}

export function ThanksPage({ state, amount, isSubscription, retryUrl, ...context }: ThanksProps) {
  const { locale, path } = context
  const t = words[locale]
  const { title, heading, text, action } = t[state]
  return (
    <Page {...context} title={title} narrow refreshSeconds={state === 'processing' ? 4 : undefined}>
      <div class={`outcome ${state}`}>
        {amount && (
          <p class="big-number">
            <Money value={amount} locale={locale} />
          </p>
        )}
        <h1>{heading}</h1>
        <p class="lead">{text}</p>
        {action && (
          <a class={state === 'processing' ? 'button quiet' : 'button'} href={state === 'processing' ? path : retryUrl}>
            {action}
          </a>
        )}
        {isSubscription && <p>{t.manage}</p>}
        {state === 'paid' && (
          <a class="button quiet" href="/account">
            {t.account}
          </a>
        )}
        <p class="small">
          <a href="/">{t.home}</a>
        </p>
      </div>
    </Page>
  )
}
