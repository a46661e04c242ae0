import { LightningElement, api } from 'lwc'

export default class Button extends LightningElement {
  @api disabled = false
  @api label = ''
  @api variant = 'neutral'
  @api stretch = false

  @api override focus(): void {
    this.template!.querySelector('button')!.focus()
  }
}
