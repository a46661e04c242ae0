import { LightningElement, api } from 'lwc'
import type { RefundHistory } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount, isNothing, shareOf } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { LABEL } from './labels.ts'

interface BalancePart {
  readonly key: string
  readonly text: string
  readonly style: string
  readonly barClass: string
  readonly swatchClass: string
  readonly pressed: 'true' | 'false'
}

/** What is left of a payment, and where the rest went: figure, bar, and the same in words. */
export default class RefundBalance extends LightningElement {
  @api history: RefundHistory | null = null
  @api chosenPart: string | null = null
  @api isRefundableShown = false

  label = LABEL

  get refundable(): string {
    return this.shown(this.history!.refundable ?? '')
  }

  get parts(): BalancePart[] {
    const { refunded, underWay, held, chargedBack, captured } = this.history!
    return [
      { key: 'refunded', amount: refunded, label: LABEL.refunded },
      { key: 'underWay', amount: underWay, label: LABEL.underWay },
      { key: 'held', amount: held, label: LABEL.held },
      { key: 'chargedBack', amount: chargedBack, label: LABEL.chargedBack },
    ]
      .filter(({ amount }) => !isNothing(amount))
      .map(({ key, amount, label }) => ({
        key,
        text: fill(label, amount),
        style: `width: ${shareOf(amount, captured)}%`,
        barClass: `part ${key}`,
        swatchClass: `swatch ${key}`,
        pressed: this.pressed(key),
      }))
  }

  get captured(): string {
    return fill(LABEL.captured, this.history!.captured)
  }

  get capturedPressed(): 'true' | 'false' {
    return this.pressed('captured')
  }

  get refundablePressed(): 'true' | 'false' {
    return this.pressed('refundable')
  }

  /** The bar, for those who do not see it. */
  get inWords(): string {
    const captured = this.shown(this.history!.captured)
    const start = this.isRefundableShown ? fill(LABEL.text, this.refundable, captured) : fill(LABEL.textTotal, captured)
    const ending = this.history!.voided ? [LABEL.voided] : []
    return [start, ...this.parts.map(({ text }) => `${text}.`), ...ending].join(' ')
  }

  pressed(part: string): 'true' | 'false' {
    return this.chosenPart === part ? 'true' : 'false'
  }

  shown(amount: string): string {
    return displayAmount(amount, this.history!.currencyCode)
  }

  handlePart(event: Event): void {
    const { part } = (event.currentTarget as HTMLElement).dataset
    this.dispatchEvent(new CustomEvent('choosepart', { detail: part }))
  }
}
