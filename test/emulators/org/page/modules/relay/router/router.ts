const LIST_OF = { payment: 'payments', refund: 'refunds', exposure: 'exposures', credit: 'credits' } as const
const KEY_PREFIXES: Readonly<Record<string, RecordPage>> = { a02: 'refund', a03: 'exposure', a04: 'credit' }

export type RecordPage = keyof typeof LIST_OF
export type ListPage = (typeof LIST_OF)[RecordPage] | 'attention'

/** What a path of this page shows. */
export type Route = { page: ListPage } | { page: RecordPage; recordId: string } | { page: 'nothing' }

export function routeAt(path: string): Route {
  if (path === '/') return { page: 'payments' }
  const list = [...Object.values(LIST_OF), 'attention' as const].find((each) => path === `/${each}`)
  if (list) return { page: list }
  const [, page, recordId] = /^\/(payment|refund|exposure|credit)\/([a-zA-Z0-9]{15,18})$/.exec(path) ?? []
  return recordId ? { page: page as RecordPage, recordId } : { page: 'nothing' }
}

/** The tab that a route belongs to. */
export function sectionOf(route: Route): ListPage {
  if (route.page === 'nothing') return 'payments'
  return 'recordId' in route ? LIST_OF[route.page] : route.page
}

/** The record page of a record, told by the key prefix of its id. */
export const recordPath = (recordId: string): string =>
  `/${KEY_PREFIXES[recordId.slice(0, 3)] ?? 'payment'}/${recordId}`

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
