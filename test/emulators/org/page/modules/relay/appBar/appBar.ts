import { LightningElement, api } from 'lwc'
import { becomeUser, session } from 'relay/session'

/** The app's name, its tabs, who is looking, and the switch of the "Try it" panel. */
export default class AppBar extends LightningElement {
  /** Tab of the page that is shown: payments, refunds, attention, exposures or credits. */
  @api section = ''
  @api isPanelOpen = false

  users = session().users.map(({ id, name }) => ({ id, name, isCurrent: id === session().user.id }))

  get tabs(): { path: string; label: string; itemClass: string; current: string | null }[] {
    return [
      this.tab('/', 'Payments'),
      this.tab('/refunds', 'Refunds'),
      this.tab('/attention', 'Attention'),
      this.tab('/exposures', 'Exposures'),
      this.tab('/credits', 'Credits'),
    ]
  }
  get panelPressed(): string {
    return String(this.isPanelOpen)
  }

  @api focusPanelButton(): void {
    this.template!.querySelector<HTMLElement>('[data-id="panel"]')?.focus()
  }

  handleSkip(): void {
    this.dispatchEvent(new CustomEvent('skip'))
  }
  handleUser(event: Event): void {
    void becomeUser((event.target as HTMLSelectElement).value)
  }
  handlePanel(): void {
    this.dispatchEvent(new CustomEvent('togglepanel'))
  }

  private tab(path: string, label: string) {
    const isCurrent = this.section === label.toLowerCase()
    return {
      path,
      label,
      itemClass: `slds-context-bar__item${isCurrent ? ' slds-is-active' : ''}`,
      current: isCurrent ? 'page' : null,
    }
  }
}
