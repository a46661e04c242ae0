import { LightningElement, api } from 'lwc'
import type { DirectDebit } from '@salesforce/apex/RefundController.previewRefund'
import { fill } from 'c/labelText'
import { dayText } from 'c/timeWords'
import { LABEL } from './labels.ts'

interface Box extends HTMLElement {
  setCustomValidity(message: string): void
  reportValidity(): boolean
}

/** What the payer's bank can still do to a refunded debit, and the agent's word that the payer was asked not to. */
export default class DirectDebitGuard extends LightningElement {
  /** Null until the server has told. */
  @api directDebit: DirectDebit | null = null
  @api schemeLabel: string | null = null
  @api acknowledged = false
  @api disabled = false

  label = LABEL

  /** False, with the box saying why and the focus on it, while the agent has not ticked it. */
  @api demandAcknowledgement(): boolean {
    if (this.acknowledged || !this.isAsked) return true
    const box = this.template!.querySelector<Box>('[data-id="asked"]')
    box?.setCustomValidity(LABEL.askedMissing)
    box?.reportValidity()
    box?.focus()
    return false
  }

  @api focus(): void {
    this.template!.querySelector<HTMLElement>('[data-id="warning"]')?.focus()
  }

  get sentence(): string {
    if (this.tooYoung !== '') return this.tooYoung
    if (this.directDebit) return this.directDebit.sentence
    return this.schemeLabel ? fill(LABEL.claimScheme, this.schemeLabel) : LABEL.claim
  }

  get tooYoung(): string {
    const until = this.directDebit?.tooYoungUntil
    return until ? fill(LABEL.tooYoung, dayText(until, { withYear: true })) : ''
  }

  /** A debit that cannot be refunded yet is nothing to ask the payer about. */
  get isAsked(): boolean {
    return this.tooYoung === '' && this.directDebit?.mustAcknowledge !== false
  }

  handleBox(event: CustomEvent<{ checked: boolean }>): void {
    const box = event.target as Box
    box.setCustomValidity('')
    box.reportValidity()
    this.dispatchEvent(new CustomEvent('acknowledge', { detail: event.detail.checked }))
  }
}
