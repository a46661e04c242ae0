import { LightningElement, api } from 'lwc'
import type { RefundLine as Line } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { stageLook, type StageLook } from 'c/refundStage'
import { LABEL } from './labels.ts'

const DAY_MS = 24 * 60 * 60_000

/** One refund of a payment: its stage, what that means, who asked for it and why. */
export default class RefundLine extends LightningElement {
  @api line: Line | null = null
  @api currencyCode = ''

  label = LABEL

  get look(): StageLook {
    return stageLook(this.line!.stage)
  }

  get amount(): string {
    return displayAmount(this.line!.amount, this.currencyCode)
  }

  get meaning(): string | null {
    return this.line!.sentence ?? this.look.meaning
  }

  /** When it was decided; until then, when it was requested. Milliseconds. */
  get time(): number {
    return Date.parse(this.line!.decidedAt ?? this.line!.requestedAt)
  }

  get isRecent(): boolean {
    return Date.now() - this.time < DAY_MS
  }

  get year(): 'numeric' | undefined {
    return new Date(this.time).getFullYear() === new Date().getFullYear() ? undefined : 'numeric'
  }

  get reasonAndPerson(): string {
    const { origin, reasonLabel, requestedByName } = this.line!
    if (origin === 'Gateway console') return LABEL.madeAtGateway
    if (requestedByName === null) return reasonLabel ?? ''
    return reasonLabel === null ? fill(LABEL.by, requestedByName) : fill(LABEL.reasonBy, reasonLabel, requestedByName)
  }

  get attention(): string {
    return this.line!.attention === null ? '' : fill(LABEL.attention, this.line!.attention)
  }
}
