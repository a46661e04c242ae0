import { LightningElement, api } from 'lwc'

/** Says that there is nothing at this address, and where to go instead. */
export default class MissingPage extends LightningElement {
  @api message = 'There is no page at this address.'

  override connectedCallback(): void {
    this.dispatchEvent(new CustomEvent('pagenamed', { detail: 'Not found', bubbles: true, composed: true }))
  }
}
