import { LightningElement, api } from 'lwc'
import { CloseActionScreenEvent } from 'lightning/actions'
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import requestRefund from '@salesforce/apex/RefundController.requestRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import mayRefund from '@salesforce/customPermission/Request_Refunds'
import locale from '@salesforce/i18n/locale'
import { messageOf } from 'c/apexError'
import { decimalMarkOf, displayAmount, isNothing, readAmount, type AmountReading } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { refundRequested } from 'c/refundRequested'
import { LABEL } from './labels.ts'
import { lastRefundDay } from './last-refund-day.ts'
import { amountSentence, askAgain, factsOf, recentLines, whatHappens, whyNothing } from './sentences.ts'

type Phase = 'loading' | 'editing' | 'confirming' | 'sending' | 'done' | 'refused'

/** What a base component of the form offers beyond an element. */
interface Field extends HTMLElement {
  setCustomValidity(message: string): void
  reportValidity(): boolean
}

const USUAL_REASON = 'requested_by_customer'

/** The Refund action of a payment: asks how much, says what will happen, sends it once, shows what became of it. */
export default class RefundPayment extends LightningElement {
  label = LABEL
  phase: Phase = mayRefund ? 'loading' : 'refused'
  refusal = mayRefund ? '' : LABEL.noPermission
  amountText = ''
  reason = ''
  note = ''
  /** One sentence above the form: why the last attempt stored nothing. */
  problem = ''
  /** Spoken, never shown: what the eye sees change. */
  announcement = ''
  question = ''
  outcome: RefundOutcome | null = null

  _recordId = ''
  _form: RefundForm | null = null
  _decimalMark = decimalMarkOf(locale)
  /** The amount to which the agent said yes, a second time. A lost answer does not make us ask again. */
  _confirmedAmount: string | null = null
  /** data-id of what takes the focus once it is drawn. */
  _focusNext = ''

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

  override renderedCallback(): void {
    if (this._focusNext === '') return
    const target = this.template!.querySelector<HTMLElement>(`[data-id="${this._focusNext}"]`)
    if (target === null) return
    this._focusNext = ''
    target.focus()
  }

  get heading(): string {
    return this._form === null ? LABEL.titleUnnamed : fill(LABEL.title, this._form.paymentName)
  }

  /** The phase, as a template can ask for it. */
  get is(): Partial<Record<Phase, boolean>> {
    return { [this.phase]: true }
  }

  /** Without the permission there is the sentence and nothing else. */
  get canCloseRefusal(): boolean {
    return this.phase === 'refused' && mayRefund === true
  }

  get isFormShown(): boolean {
    return this.phase === 'editing' || this.phase === 'sending'
  }

  /** No money moved: another amount, or another day, may do. */
  get isRefusedRefund(): boolean {
    return ['rejected', 'failed', 'reversed'].includes(this.outcome?.state ?? '')
  }

  get facts(): ReturnType<typeof factsOf> {
    return this._form === null ? [] : factsOf(this._form)
  }

  get recentRefunds(): ReturnType<typeof recentLines> {
    return this._form === null ? [] : recentLines(this._form)
  }

  get reasons(): { label: string; value: string }[] {
    return [...(this._form?.reasons ?? [])]
  }

  get amountLabel(): string {
    return fill(LABEL.amountField, this._form?.currencyCode ?? '')
  }

  get isEverythingLeft(): boolean {
    return this.amount !== null && this.amount === this._form?.refundable
  }

  get preview(): string {
    return this.amount === null || this._form === null ? '' : whatHappens(this.amount, this._form)
  }

  get refundLabel(): string {
    return this.amount === null ? LABEL.refundNoAmount : fill(LABEL.refund, this.amountShown)
  }

  get againLabel(): string {
    return fill(LABEL.againYes, this.amountShown)
  }

  get sendingText(): string {
    return fill(LABEL.sending, this.amountShown, this._form?.gatewayLabel ?? '')
  }

  get isDirectDebit(): boolean {
    return this._form?.route === 'Direct Debit'
  }

  get amountShown(): string {
    return this.amount === null ? '' : displayAmount(this.amount, this._form?.currencyCode ?? '')
  }

  /** What is typed, as decimal text; null while it cannot be refunded. */
  get amount(): string | null {
    const reading = this.readAmount()
    return 'amount' in reading ? reading.amount : null
  }

  readAmount(): AmountReading {
    if (this._form === null) return { problem: 'missing' }
    const { decimals, refundable } = this._form
    return readAmount(this.amountText, { decimals, most: refundable, decimalMark: this._decimalMark })
  }

  async openForm(): Promise<void> {
    const paymentId = this._recordId
    this.phase = 'loading'
    try {
      const form = await getRefundForm({ paymentId })
      if (paymentId !== this._recordId) return
      this._form = form
      if (isNothing(form.refundable)) return this.refuse(whyNothing(form, await lastRefundDay(paymentId)))
      this.amountText = form.refundable
      this.reason ||= form.reasons.find(({ value }) => value === USUAL_REASON)?.value ?? ''
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
  }

  handleAmount(event: CustomEvent<{ value: string }>): void {
    this.amountText = event.detail.value
    this.reportAmount()
  }

  handleReason(event: CustomEvent<{ value: string }>): void {
    this.reason = event.detail.value
  }

  handleNote(event: CustomEvent<{ value: string }>): void {
    this.note = event.detail.value
  }

  /** The field says what is wrong with it, as it is typed. */
  reportAmount(): void {
    const field = this.template!.querySelector<Field>('[data-id="amount"]')
    const reading = this.readAmount()
    field?.setCustomValidity(
      'problem' in reading && this._form !== null
        ? amountSentence(reading.problem, this.amountText, this._decimalMark, this._form)
        : '',
    )
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
    if (this.phase !== 'sending') this.handleClose()
  }

  handleRefund(): void {
    // A second click, or Enter held down, finds another phase.
    if (this.phase !== 'editing' || this._form === null) return
    if (this.amount === null) {
      this.reportAmount()
      this.template!.querySelector<Field>('[data-id="amount"]')?.focus()
      return
    }
    const question = this.amount === this._confirmedAmount ? null : askAgain(this.amount, this._form)
    if (question === null) {
      void this.send()
      return
    }
    this.question = question
    this.announcement = question
    this._focusNext = 'keep'
    this.phase = 'confirming'
  }

  handleAgain(): void {
    if (this.phase !== 'confirming') return
    this._confirmedAmount = this.amount
    void this.send()
  }

  handleKeep(): void {
    this.announcement = ''
    this.edit('amount')
  }

  async send(): Promise<void> {
    this.problem = ''
    this.announcement = ''
    this._focusNext = 'sending'
    this.phase = 'sending'
    let refundId: string | null = null
    try {
      this.outcome = await requestRefund({
        paymentId: this._recordId,
        amount: this.amount!,
        reason: this.reason || null,
        note: this.note.trim() || null,
        // Issued once with the form: a second click or a retry is the same refund, not another.
        idempotencyKey: this._form!.idempotencyKey,
      })
      refundId = this.outcome.refundId
      this.phase = 'done' // declined, sent, refunded or being checked: each says so in its own words
    } catch (error) {
      this.problem = messageOf(error, LABEL.noAnswer)
      this.edit('problem')
    }
    await this.tellPage(refundId)
  }

  /** After a refusal too: what looked like one may be an answer that was lost. */
  async tellPage(refundId: string | null): Promise<void> {
    refundRequested(this._recordId, refundId)
    try {
      await notifyRecordUpdateAvailable([{ recordId: this._recordId }])
    } catch {
      // The page will read the record again some other time; what became of the refund stays as it is.
    }
  }

  handleTold({ detail }: CustomEvent<string>): void {
    this.announcement = detail
  }

  handleChangeAmount(): void {
    this.outcome = null
    void this.openForm()
  }

  handleClose(): void {
    this.dispatchEvent(new CloseActionScreenEvent())
  }
}
