import { LightningElement, api } from 'lwc'
import locale from '@salesforce/i18n/locale'
import timeZone from '@salesforce/i18n/timeZone'
import type { RefundHistory } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount, isNothing } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { LABEL } from './labels.ts'

interface Term {
  readonly key: string
  readonly label: string
  readonly value: string
}

interface Dispute {
  readonly key: string
  readonly state: string
  readonly amount: string
  readonly reference: string
  readonly since: string
}

/** What a part of the balance rests on that is no refund: the payment itself, the bank's disputes, the sum. */
export default class BalanceEvidence extends LightningElement {
  @api history: RefundHistory | null = null
  /** captured, chargedBack or refundable. */
  @api evidenceOf = ''

  label = LABEL

  get isCaptured(): boolean {
    return this.evidenceOf === 'captured'
  }

  get isChargedBack(): boolean {
    return this.evidenceOf === 'chargedBack'
  }

  get isRefundable(): boolean {
    return this.evidenceOf === 'refundable'
  }

  get collectedThrough(): string {
    return fill(LABEL.collectedThrough, this.shown(this.history!.captured), this.history!.gatewayLabel)
  }

  get paymentReference(): string {
    const { gatewayReference } = this.history!
    return gatewayReference ? fill(LABEL.gatewayReference, gatewayReference) : ''
  }

  get isDisputeUnknown(): boolean {
    return this.disputes.length === 0
  }

  get disputes(): Dispute[] {
    const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone })
    return (this.history!.chargebacks ?? []).map(({ reference, amount, open, occurredAt }) => ({
      key: reference,
      state: open ? LABEL.withTheBank : LABEL.givenBack,
      amount: this.shown(amount),
      reference: fill(LABEL.gatewayReference, reference),
      since: occurredAt ? fill(LABEL.since, day.format(Date.parse(occurredAt))) : '',
    }))
  }

  /** How what is left is computed. A part that there is none of is left out. */
  get terms(): Term[] {
    const { captured, refunded, underWay, held, chargedBack } = this.history!
    const less = [
      { key: 'refunded', label: LABEL.refundedToDate, amount: refunded },
      { key: 'underWay', label: LABEL.underWay, amount: underWay },
      { key: 'held', label: LABEL.held, amount: held },
      { key: 'chargedBack', label: LABEL.withTheBank, amount: chargedBack },
    ].filter(({ amount }) => !isNothing(amount))
    return [
      { key: 'captured', label: LABEL.originalPayment, value: this.shown(captured) },
      ...less.map(({ key, label, amount }) => ({ key, label, value: `− ${this.shown(amount)}` })),
    ]
  }

  get refundable(): string {
    return this.shown(this.history!.refundable ?? '')
  }

  shown(amount: string): string {
    return displayAmount(amount, this.history!.currencyCode)
  }
}
