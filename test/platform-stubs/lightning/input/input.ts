import { LightningElement, api } from 'lwc'

/** A field with its label and its message; `change` is told with each keystroke, as the real one does for text. */
export default class Input extends LightningElement {
  @api autocomplete = ''
  @api disabled = false
  @api label = ''
  @api maxLength = ''
  @api required = false
  @api type = 'text'
  @api value = ''
  @api checked = false

  customMessage = ''
  shownMessage = ''

  @api override focus(): void {
    this.template!.querySelector('input')!.focus()
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

  handleChange(event: Event): void {
    event.stopPropagation()
    if (this.type !== 'checkbox') return
    this.checked = (event.target as HTMLInputElement).checked
    this.dispatchEvent(new CustomEvent('change', { detail: { checked: this.checked }, bubbles: true, composed: true }))
  }

  handleInput(event: Event): void {
    event.stopPropagation()
    this.value = (event.target as HTMLInputElement).value
    this.dispatchEvent(new CustomEvent('change', { detail: { value: this.value }, bubbles: true, composed: true }))
  }
}
