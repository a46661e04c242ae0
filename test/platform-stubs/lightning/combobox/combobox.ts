import { LightningElement, api } from 'lwc'

export default class Combobox extends LightningElement {
  @api disabled = false
  @api required = false
  @api label = ''
  @api options: { label: string; value: string }[] = []
  @api value = ''

  customMessage = ''
  shownMessage = ''

  @api override focus(): void {
    this.template!.querySelector('select')!.focus()
  }

  @api setCustomValidity(message: string): void {
    this.customMessage = message
  }

  @api reportValidity(): boolean {
    this.shownMessage = this.customMessage
    return this.customMessage === ''
  }

  get invalid(): 'true' | 'false' {
    return this.shownMessage === '' ? 'false' : 'true'
  }

  get choices(): { label: string; value: string; isChosen: boolean }[] {
    return this.options.map((option) => ({ ...option, isChosen: option.value === this.value }))
  }

  handleChange(event: Event): void {
    event.stopPropagation()
    this.value = (event.target as HTMLSelectElement).value
    this.dispatchEvent(new CustomEvent('change', { detail: { value: this.value }, bubbles: true, composed: true }))
  }
}
