import { LightningElement, api } from 'lwc'
import type { RefundOutcome as Outcome } from '@salesforce/apex/RefundController.requestRefund'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { LABEL } from './labels.ts'

interface Telling {
  readonly heading: string
  readonly icon: string
  readonly iconVariant: 'success' | 'error' | 'warning' | ''
  readonly sentences: readonly string[]
  readonly isRefusal: boolean
}

/**
 * What became of a refund that was just sent. Its heading takes the focus, so that it is heard first; `told` carries the
 * sentences below it.
 */
export default class RefundOutcome extends LightningElement {
  @api outcome: Outcome | null = null
  @api isDirectDebit = false

  label = LABEL
  _isFocused = false

  override renderedCallback(): void {
    if (this._isFocused) return
    this._isFocused = true
    this.template!.querySelector<HTMLElement>('[data-id="outcome"]')?.focus()
    // The dialog's live region was there before us; one of our own would be too new to be heard.
    this.dispatchEvent(new CustomEvent('told', { detail: this.telling.sentences.join(' ') }))
  }

  get telling(): Telling {
    const { state, amount, currencyCode, gatewayLabel, sentence, remedy } = this.outcome!
    switch (state) {
      case 'succeeded':
        return {
          heading: fill(LABEL.succeeded, displayAmount(amount, currencyCode)),
          icon: 'utility:success',
          iconVariant: 'success',
          sentences: [this.isDirectDebit ? LABEL.succeededThenBank : LABEL.succeededThenCard],
          isRefusal: false,
        }
      case 'pending':
        return underWay(fill(LABEL.sent, gatewayLabel), 'utility:send', fill(LABEL.sentThen, gatewayLabel))
      case 'requested':
      case 'submitting':
        return underWay(fill(LABEL.processing, gatewayLabel), 'utility:clock', fill(LABEL.processingThen, gatewayLabel))
      case 'rejected':
      case 'failed':
      case 'reversed':
        return {
          heading: LABEL.notRefunded,
          icon: 'utility:error',
          iconVariant: 'error',
          sentences: [sentence, remedy].filter((text) => text !== null),
          isRefusal: true,
        }
      // A state that this version does not know is taken as the careful one: it says not to refund again.
      default:
        return {
          heading: LABEL.beingChecked,
          icon: 'utility:question',
          iconVariant: 'warning',
          sentences: [LABEL.beingCheckedThen],
          isRefusal: false,
        }
    }
  }

  get gatewayMessage(): string | null {
    return this.telling.isRefusal ? this.outcome!.gatewayMessage : null
  }
}

function underWay(heading: string, icon: string, sentence: string): Telling {
  return { heading, icon, iconVariant: '', sentences: [sentence], isRefusal: false }
}
