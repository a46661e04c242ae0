import { LightningElement, api } from 'lwc'

/** Header, body and footer of a screen action; the modal around it belongs to the page. */
export default class QuickActionPanel extends LightningElement {
  @api header = ''
  isFooterEmpty = false

  override renderedCallback(): void {
    this.isFooterEmpty = !this.querySelector('[slot="footer"]')
  }
  get footerClass(): string {
    return this.isFooterEmpty ? 'slds-hide' : ''
  }
}
