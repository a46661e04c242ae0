import { LightningElement, api } from 'lwc'
import type { RefundOutcome as Outcome } from '@salesforce/apex/RefundController.requestRefund'
import { LABEL } from './labels.ts'
import { tellingOf, type Asked, type Telling } from './telling.ts'

/**
 * What became of something that was just sent. Its heading takes the focus, so that it is heard first; `told` carries the
 * sentences below it.
 */
export default class RefundOutcome extends LightningElement {
  @api asked: Asked = 'refund'
  @api isDirectDebit = false

  label = LABEL

  _outcome: Outcome | null = null
  _isTold = false

  @api
  get outcome(): Outcome | null {
    return this._outcome
  }

  set outcome(outcome: Outcome | null) {
    this._outcome = outcome
    this._isTold = false
  }

  override renderedCallback(): void {
    if (this._isTold || this._outcome === null) return
    this._isTold = true
    this.template!.querySelector<HTMLElement>('[data-id="outcome"]')?.focus()
    // The live region around us was there before us; one of our own would be too new to be heard.
    this.dispatchEvent(new CustomEvent('told', { detail: this.telling.sentences.join(' ') }))
  }

  get telling(): Telling {
    return tellingOf(this._outcome!, this.asked, this.isDirectDebit)
  }

  get gatewayMessage(): string | null {
    return this.telling.isRefusal ? this._outcome!.gatewayMessage : null
  }
}
