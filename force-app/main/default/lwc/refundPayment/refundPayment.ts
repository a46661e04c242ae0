import { LightningElement, api } from 'lwc'
import { CloseActionScreenEvent } from 'lightning/actions'
import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import type { DirectDebit } from '@salesforce/apex/RefundController.previewRefund'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import withdrawRefund from '@salesforce/apex/RefundController.withdrawRefund'
import mayRefund from '@salesforce/customPermission/Request_Refunds'
import locale from '@salesforce/i18n/locale'
import { messageOf } from 'c/apexError'
import { decimalMarkOf, isNothing } from 'c/decimalAmount'
import { viewOf, type Asked, type DialogView, type Phase } from './dialog-view.ts'
import type { Field, Guard } from './field.ts'
import { LABEL } from './labels.ts'
import { lastRefundDay } from './last-refund-day.ts'
import { PreviewQuestion, TYPING_PAUSE_MS, type PreviewReading } from './preview-question.ts'
import { askAgain, whyNothing } from './sentences.ts'
import { tellPage } from './tell-page.ts'

const USUAL_REASON = 'requested_by_customer'

/** The Refund action of a payment: asks how much, says what will happen, sends it once, shows what became of it. */
export default class RefundPayment extends LightningElement {
  label = LABEL
  phase: Phase = mayRefund ? 'loading' : 'refused'
  asked: Asked = 'refund'
  refusal = mayRefund ? '' : LABEL.noPermission
  form: RefundForm | null = null
  amountText = ''
  decimalMark = decimalMarkOf(locale)
  reason = ''
  note = ''
  acknowledged = false
  reading: PreviewReading = { kind: 'asking' }
  directDebit: DirectDebit | null | undefined = undefined
  /** One sentence at the top: why the last attempt changed nothing. */
  problem = ''
  /** Spoken, never shown: what the eye sees change. */
  announcement = ''
  question = ''
  outcome: RefundOutcome | null = null

  _recordId = ''
  /** The amount to which the agent said yes, a second time. A lost answer does not make us ask again. */
  _confirmedAmount: string | null = null
  /** data-id of what takes the focus once it is drawn. */
  _focusNext = ''
  _preview = new PreviewQuestion((reading) => this.handlePreview(reading))

  @api
  get recordId(): string {
    return this._recordId
  }

  // A screen action learns its record only after connectedCallback, so loading starts here.
  set recordId(paymentId: string) {
    if (!paymentId || paymentId === this._recordId) return
    this._recordId = paymentId
    if (mayRefund) void this.openForm()
  }

  override disconnectedCallback(): void {
    this._preview.stop()
  }

  override renderedCallback(): void {
    if (this._focusNext === '') return
    const target = this.part(this._focusNext)
    if (target === null) return
    this._focusNext = ''
    target.focus()
  }

  get view(): DialogView {
    return viewOf(this)
  }

  /** Without the permission there is the sentence and nothing else. */
  get canCloseRefusal(): boolean {
    return this.phase === 'refused' && mayRefund === true
  }

  get reasons(): { label: string; value: string }[] {
    return [...(this.form?.reasons ?? [])]
  }

  part<Part extends HTMLElement>(id: string): Part | null {
    return this.template!.querySelector<Part>(`[data-id="${id}"]`)
  }

  async openForm(): Promise<void> {
    const paymentId = this._recordId
    this.phase = 'loading'
    this.asked = 'refund'
    try {
      const form = await getRefundForm({ paymentId })
      if (paymentId !== this._recordId) return
      this.form = form
      if (isNothing(form.refundable)) return this.refuse(whyNothing(form, await lastRefundDay(paymentId)))
      this.amountText = form.refundable
      this.reason ||= form.reasons.find(({ value }) => value === USUAL_REASON)?.value ?? ''
      this.acknowledged = false
      this.directDebit = undefined
      this._confirmedAmount = null
      this.edit('amount')
    } catch (error) {
      if (paymentId === this._recordId) this.refuse(messageOf(error, LABEL.formNotLoaded))
    }
  }

  refuse(sentence: string): void {
    this.refusal = sentence
    this.announcement = sentence
    this.phase = 'refused'
  }

  edit(focusOn: string): void {
    this._focusNext = focusOn
    this.phase = 'editing'
    this.lookAhead()
  }

  /** Beside whatever the agent does: nothing waits for the answer. */
  lookAhead(afterMs = 0): void {
    const { amount, isUndo } = this.view
    if (amount === null) this._preview.stop()
    else this._preview.ask(this._recordId, isUndo ? null : amount, afterMs)
  }

  handlePreview(reading: PreviewReading): void {
    this.reading = reading
    if (reading.kind === 'known') this.directDebit = reading.preview.directDebit ?? null
    const { outlook } = this.view
    if (this.phase === 'editing' && outlook?.isSurprise) this.announcement = `${outlook.lead} ${outlook.text}`
  }

  handleAmount(event: CustomEvent<{ value: string }>): void {
    this.amountText = event.detail.value
    this.reportAmount()
    this.lookAhead(TYPING_PAUSE_MS)
  }

  handleReason(event: CustomEvent<{ value: string }>): void {
    this.reason = event.detail.value
  }

  handleNote(event: CustomEvent<{ value: string }>): void {
    this.note = event.detail.value
  }

  handleAcknowledge(event: CustomEvent<boolean>): void {
    this.acknowledged = event.detail
  }

  handleUndoChoice(): void {
    this.asked = this.asked === 'undo' ? 'refund' : 'undo'
    this.problem = ''
    this.announcement = ''
    this.edit(this.asked === 'undo' ? 'what-happens' : 'amount')
  }

  /** The field says what is wrong with it, as it is typed. */
  reportAmount(): void {
    const field = this.part<Field>('amount')
    field?.setCustomValidity(this.view.amountMessage)
    field?.reportValidity()
  }

  handleFieldKey(event: KeyboardEvent): void {
    // Enter that picks a word of an input method is not meant for us.
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    this.handleRefund()
  }

  handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    // The dialog around us closes on Escape by itself; while money is on its way it stays, and so does its outcome.
    event.stopPropagation()
    if (!this.view.isBusy) this.handleClose()
  }

  handleRefund(): void {
    // A second click, or Enter held down, finds another phase.
    if (this.phase !== 'editing' || this.form === null) return
    const { amount, isUndo } = this.view
    if (amount === null) {
      this.reportAmount()
      this.part('amount')?.focus()
      return
    }
    if (this.isHeldBack()) return
    const question = isUndo || amount === this._confirmedAmount ? null : askAgain(amount, this.form)
    if (question === null) {
      void this.send()
      return
    }
    this.question = question
    this.announcement = question
    this._focusNext = 'keep'
    this.phase = 'confirming'
  }

  /** What must be done or waited for first takes the focus, and is heard by it. */
  isHeldBack(): boolean {
    const guard = this.part<Guard>('guard')
    if (this.directDebit?.tooYoungUntil) {
      guard?.focus()
      return true
    }
    if (this.view.outlook?.isObstacle) {
      // It may be gone by now.
      this.lookAhead()
      this.part('what-happens')?.focus()
      return true
    }
    return guard !== null && !guard.demandAcknowledgement()
  }

  handleAgain(): void {
    if (this.phase !== 'confirming') return
    this._confirmedAmount = this.view.amount
    void this.send()
  }

  handleKeep(): void {
    this.announcement = ''
    this.edit('amount')
  }

  async send(): Promise<void> {
    const { amount, sendsUndo } = this.view
    this.problem = ''
    this.announcement = ''
    this._focusNext = 'sending'
    this.phase = 'sending'
    let refundId: string | null = null
    try {
      this.outcome = await requestRefund({
        paymentId: this._recordId,
        amount: sendsUndo ? null : amount,
        reason: this.reason || null,
        note: this.note.trim() || null,
        acknowledged: this.acknowledged,
        undo: sendsUndo,
        // Issued once with the form: a second click or a retry is the same refund, not another.
        idempotencyKey: this.form!.idempotencyKey,
      })
      refundId = this.outcome.refundId
      if (sendsUndo) this.asked = 'undo'
      this.phase = 'done' // declined, sent, refunded or being checked: each says so in its own words
    } catch (error) {
      this.problem = messageOf(error, LABEL.noAnswer)
      this.edit('problem')
    }
    await tellPage(this._recordId, refundId)
  }

  async handleWithdraw(): Promise<void> {
    if (this.phase !== 'done' || this.outcome === null) return
    const { refundId } = this.outcome
    this.problem = ''
    this.announcement = ''
    this._focusNext = 'sending'
    this.phase = 'withdrawing'
    try {
      this.outcome = await withdrawRefund({ refundKey: refundId, paymentId: this._recordId })
      this.asked = 'withdrawal'
    } catch (error) {
      this.problem = messageOf(error, LABEL.withdrawNoAnswer)
      this._focusNext = 'problem'
    }
    this.phase = 'done'
    await tellPage(this._recordId, refundId)
  }

  handleTold({ detail }: CustomEvent<string>): void {
    this.announcement = detail
  }

  handleChangeAmount(): void {
    this.outcome = null
    this.problem = ''
    void this.openForm()
  }

  handleClose(): void {
    this.dispatchEvent(new CloseActionScreenEvent())
  }
}
