import { LightningElement, api } from 'lwc'

/** Highlights panel of a record page; its buttons come through the slot. */
export default class RecordHeader extends LightningElement {
  @api objectLabel = ''
  @api iconName = ''
  @api name = ''
  /** The few facts beneath the name, in order. */
  @api facts: string[] = []

  get factLine(): string {
    return this.facts.filter(Boolean).join(' · ')
  }
  override renderedCallback(): void {
    if (this.name)
      this.dispatchEvent(new CustomEvent('pagenamed', { detail: this.name, bubbles: true, composed: true }))
  }
}
