import { LightningElement } from 'lwc'
import Toast from 'lightning/toast'
import { ShowToastEventName } from 'lightning/platformShowToastEvent'
import type { ToastDetail } from 'lightning/platformShowToastEvent'
import { followLinks, routeAt, sectionOf } from 'relay/router'
import type { Route } from 'relay/router'

const PANEL_CLOSED = 'refund-relay.try-it-closed'
const WIDE = '(min-width: 64em)'

export default class App extends LightningElement {
  route: Route = routeAt(window.location.pathname)
  // Beside the page where there is room; where there is not, the visitor opens it.
  isPanelOpen = window.matchMedia(WIDE).matches && !window.localStorage.getItem(PANEL_CLOSED)
  private headingDue = false
  private panelFocusDue = false
  private listeners = new AbortController()

  override connectedCallback(): void {
    const { signal } = this.listeners
    window.addEventListener('popstate', () => this.showCurrentPath(), { signal })
    window.addEventListener('click', followLinks, { signal })
    window.addEventListener(ShowToastEventName, (event) => this.showToast(event as CustomEvent), { signal })
  }
  override disconnectedCallback(): void {
    this.listeners.abort()
  }

  /** The page that is shown, as a template can ask for it. */
  get is(): Partial<Record<Route['page'], boolean>> {
    return { [this.route.page]: true }
  }
  get recordId(): string | undefined {
    return 'recordId' in this.route ? this.route.recordId : undefined
  }
  get paymentId(): string {
    return this.route.page === 'payment' ? this.route.recordId : ''
  }
  get section(): string {
    return sectionOf(this.route)
  }
  get bodyClass(): string {
    return this.isPanelOpen ? 'relay-body relay-body_with-panel' : 'relay-body'
  }

  handleSkip(): void {
    this.template!.querySelector<HTMLElement>('main')?.focus()
  }
  handlePageNamed(event: CustomEvent<string>): void {
    document.title = `${event.detail} | Refunds`
    if (!this.headingDue) return
    // A screen reader learns of the new page by its heading; the first page is announced by the browser itself.
    this.headingDue = false
    this.template!.querySelector<HTMLElement>('main')?.focus()
  }
  handleTogglePanel(): void {
    this.isPanelOpen = !this.isPanelOpen
    if (this.isPanelOpen) window.localStorage.removeItem(PANEL_CLOSED)
    else window.localStorage.setItem(PANEL_CLOSED, 'yes')
    this.panelFocusDue = true
  }
  override renderedCallback(): void {
    if (!this.panelFocusDue) return
    this.panelFocusDue = false
    // On a small screen the panel is below the page: the focus brings it into sight, and back.
    this.template!.querySelector<HTMLElement & { focusHeading(): void }>('relay-try-it')?.focusHeading()
    if (this.isPanelOpen) return
    this.template!.querySelector<HTMLElement & { focusPanelButton(): void }>('relay-app-bar')?.focusPanelButton()
  }

  private showCurrentPath(): void {
    const route = routeAt(window.location.pathname)
    if (JSON.stringify(route) === JSON.stringify(this.route)) return
    this.route = route
    this.headingDue = true
    window.scrollTo(0, 0)
  }
  private showToast({ detail }: CustomEvent<ToastDetail & { toast?: unknown }>): void {
    // The toast component announces itself by an event of the same name.
    if (detail.toast) return
    const { title, message, variant = 'info', mode = 'dismissible' } = detail
    void Toast.show({ label: title, message, variant, mode }, this)
  }
}
