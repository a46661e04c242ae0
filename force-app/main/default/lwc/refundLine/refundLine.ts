import { LightningElement, api } from 'lwc'
import type { RefundLine as Line } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { isWaiting, stageLook, WAITING_LOOK, type StageLook } from 'c/refundStage'
import { LABEL } from './labels.ts'

const KINDS: Readonly<Record<string, string>> = { Void: LABEL.kindVoid, Undo: LABEL.kindUndo }
const DAY_MS = 24 * 60 * 60_000
/** Clocks differ that much; a time further ahead is shown as its date. */
const CLOCK_DRIFT_MS = 60_000

/** One refund of a payment: its stage, what that means, who asked for it and why. */
export default class RefundLine extends LightningElement {
  @api line: Line | null = null
  @api currencyCode = ''
  @api gatewayLabel = ''
  /** The reference is shown as evidence of a part of the balance. */
  @api isReferenceShown = false
  @api canWithdraw = false
  @api isWithdrawing = false

  label = LABEL

  /** Where the focus goes when the button that held it is gone. */
  @api focus(): void {
    this.template!.querySelector<HTMLElement>('[data-id="stage"]')?.focus()
  }

  get look(): StageLook {
    return this.isWaiting ? WAITING_LOOK : stageLook(this.line!.stage)
  }

  get isWaiting(): boolean {
    return isWaiting(this.line!)
  }

  get isWithdrawShown(): boolean {
    return this.canWithdraw && this.isWaiting
  }

  get withdrawLabel(): string {
    return fill(LABEL.withdraw, this.amount)
  }

  get kind(): string {
    return KINDS[this.line!.kind] ?? ''
  }

  get amount(): string {
    return displayAmount(this.line!.amount, this.currencyCode)
  }

  get meaning(): string | null {
    const { sentence, waitingSentence, position } = this.line!
    if (!this.isWaiting) return sentence ?? this.look.meaning
    const place = position ? fill(LABEL.position, String(position)) : ''
    return `${waitingSentence ?? LABEL.waitingWhy} ${place}`.trim()
  }

  get held(): string {
    return this.line!.held ? fill(LABEL.held, this.amount, this.gatewayLabel) : ''
  }

  /** What went wrong after it looked right is not folded away: nobody would look for it there. */
  get isRemedyOpen(): boolean {
    const { stage, attention, held } = this.line!
    return stage === 'Reversed' || held || Boolean(attention)
  }

  get reference(): string {
    const { gatewayReference } = this.line!
    return this.isReferenceShown && gatewayReference ? fill(LABEL.gatewayReference, gatewayReference) : ''
  }

  /** When it was decided; until then, when it was requested. Milliseconds. */
  get time(): number {
    return Date.parse(this.line!.decidedAt ?? this.line!.requestedAt)
  }

  get isRecent(): boolean {
    const age = Date.now() - this.time
    return age < DAY_MS && age > -CLOCK_DRIFT_MS
  }

  get year(): 'numeric' | undefined {
    return new Date(this.time).getFullYear() === new Date().getFullYear() ? undefined : 'numeric'
  }

  get reasonAndPerson(): string {
    const { origin, reasonLabel, requestedByName } = this.line!
    if (origin === 'Gateway console') return LABEL.madeAtGateway
    if (!requestedByName) return reasonLabel ?? ''
    return reasonLabel ? fill(LABEL.reasonBy, reasonLabel, requestedByName) : fill(LABEL.by, requestedByName)
  }

  get attention(): string {
    return this.line!.attention ? fill(LABEL.attention, this.line!.attention) : ''
  }

  handleWithdraw(): void {
    this.dispatchEvent(new CustomEvent('withdraw', { detail: this.line!.refundId }))
  }
}
