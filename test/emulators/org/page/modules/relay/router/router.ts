/** What a path of this page shows. */
export type Route =
  | { page: 'payments' }
  | { page: 'refunds' }
  | { page: 'payment'; recordId: string }
  | { page: 'refund'; recordId: string }
  | { page: 'nothing' }

const REFUND_KEY_PREFIX = 'a02'

export function routeAt(path: string): Route {
  if (path === '/' || path === '/payments') return { page: 'payments' }
  if (path === '/refunds') return { page: 'refunds' }
  const [, page, recordId] = /^\/(payment|refund)\/([a-zA-Z0-9]{15,18})$/.exec(path) ?? []
  if (recordId && (page === 'payment' || page === 'refund')) return { page, recordId }
  return { page: 'nothing' }
}

/** The record page of a payment or a refund, told apart by the key prefix of the id. */
export const recordPath = (recordId: string): string =>
  `/${recordId.startsWith(REFUND_KEY_PREFIX) ? 'refund' : 'payment'}/${recordId}`

export function navigateTo(path: string): void {
  window.history.pushState(null, '', path)
  window.dispatchEvent(new PopStateEvent('popstate'))
}

/** Follows links within the page without loading it again; leaves new tabs and other sites to the browser. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement)
  if (!link || link.target || link.origin !== window.location.origin || link.hash) return
  event.preventDefault()
  navigateTo(link.pathname)
}
