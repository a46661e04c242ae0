import { LightningElement, api, wire } from 'lwc'
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import type { ProvisionedRecord } from 'lightning/uiRecordApi'
import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import type { RefundHistory as History, RefundLine } from '@salesforce/apex/RefundController.getRefundHistory'
import withdrawRefund from '@salesforce/apex/RefundController.withdrawRefund'
import mayRefund from '@salesforce/customPermission/Request_Refunds'
import PENDING from '@salesforce/schema/Payment__c.Amount_Pending_Refund__c'
import REFUNDED from '@salesforce/schema/Payment__c.Amount_Refunded__c'
import CHARGED_BACK from '@salesforce/schema/Payment__c.Charged_Back__c'
import EXPOSURE from '@salesforce/schema/Payment__c.Exposure__c'
import { messageOf } from 'c/apexError'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { onRefundRequested } from 'c/refundRequested'
import { isWaiting } from 'c/refundStage'
import { changesBetween, hasOtherEvidence, isMoving, isOfPart, stateOf, withMemoryOf, type Part } from './changes.ts'
import { LABEL } from './labels.ts'
import { Pace } from './pace.ts'

/** The refunds of a payment, newest first, and what is left of it; live until nothing is under way. */
export default class RefundHistory extends LightningElement {
  label = LABEL
  history: History | null = null
  problem = ''
  /** Spoken, never shown: which refund changed. */
  announcement = ''
  /** The part of the balance of which alone the evidence is shown. */
  part: Part | null = null
  /** The refund that is being withdrawn. */
  withdrawing = ''
  /** Why the last refund was not withdrawn. */
  withdrawProblem = ''
  /** Those who may not refund see no amount to refund. */
  mayRefund = mayRefund === true

  _recordId = ''
  _isConnected = false
  _isProvisioned = false
  /** The page is being told by us: what comes back says nothing new. */
  _isTelling = false
  _run = 0
  _pace = new Pace(() => void this.poll())
  /** Requested on this page, and not yet seen in any answer. */
  _awaited = new Set<string>()
  _stopListening: () => void = () => undefined

  @wire(getRecord, { recordId: '$_recordId', optionalFields: [REFUNDED, PENDING, CHARGED_BACK, EXPOSURE] })
  handleRecord({ data, error }: ProvisionedRecord): void {
    if (data === undefined && error === undefined) return
    // The first one comes with the page, which loads the refunds anyhow.
    if (this._isProvisioned && !this._isTelling) void this.load({ askMiddleware: true })
    this._isProvisioned = true
  }

  @api
  get recordId(): string {
    return this._recordId
  }

  set recordId(paymentId: string) {
    if (!paymentId || paymentId === this._recordId) return
    this._recordId = paymentId
    this.history = null
    this.part = null
    this._isProvisioned = false
    if (this._isConnected) this.start()
  }

  override connectedCallback(): void {
    this._isConnected = true
    if (this._recordId !== '') this.start()
  }

  override disconnectedCallback(): void {
    this._isConnected = false
    this._run++
    this._pace.stop()
    this._stopListening()
  }

  get isLoading(): boolean {
    return this.history === null && this.problem === ''
  }

  get isUnreadable(): boolean {
    return this.history === null && this.problem !== ''
  }

  get isStale(): boolean {
    return this.history !== null && this.problem !== ''
  }

  get isEmpty(): boolean {
    return this.history?.refunds.length === 0
  }

  get lines(): { key: string; line: RefundLine; isWithdrawing: boolean }[] {
    return (this.history?.refunds ?? [])
      .filter((line) => this.part === null || isOfPart(line, this.part))
      .map((line) => ({ key: line.refundId, line, isWithdrawing: line.refundId === this.withdrawing }))
  }

  get isOtherEvidenceShown(): boolean {
    return this.part !== null && hasOtherEvidence(this.part)
  }

  get hasExposures(): boolean {
    return this.history !== null && this.history.exposures.length > 0
  }

  get currencyCode(): string {
    return this.history?.currencyCode ?? ''
  }

  /** Records first, because they are quick; then the middleware, which knows what is not written to them yet. */
  start(): void {
    this._stopListening()
    this._stopListening = onRefundRequested(this._recordId, (refundId) => this.handleRequested(refundId))
    this._awaited.clear()
    this._pace.restart()
    void this.load({ askMiddleware: false }).then(() =>
      this.mayRefund ? this.load({ askMiddleware: true }) : undefined,
    )
  }

  handleRequested(refundId: string | null): void {
    if (refundId !== null) this._awaited.add(refundId)
    this._pace.restart()
    void this.load({ askMiddleware: true })
  }

  async poll(): Promise<void> {
    const known = this.history
    const isUnwritten = this._awaited.size > 0 || known?.refunds.some(({ written }) => !written) === true
    // A place in line moves by the second; who waits for days needs no look every ten.
    const isInLine = this._pace.isQuick && known?.refunds.some(isWaiting) === true
    await this.load({ askMiddleware: isUnwritten || isInLine })
    if (known === null || this.history === null || stateOf(known) === stateOf(this.history)) return
    this.announcement = changesBetween(known, this.history).join(' ')
    await this.tellPage()
  }

  /** Reads the refunds; the latest reading wins. */
  async load({ askMiddleware }: { askMiddleware: boolean }): Promise<void> {
    if (!this._isConnected) return
    const run = ++this._run
    this._pace.stop()
    try {
      // Only those who may refund can call the middleware.
      const asks = askMiddleware && this.mayRefund
      const history = await getRefundHistory({ paymentId: this._recordId, askMiddleware: asks })
      if (run !== this._run) return
      this.history = asks ? history : withMemoryOf(this.history, history)
      this.problem = ''
      for (const { refundId } of history.refunds) this._awaited.delete(refundId)
      if (this._awaited.size > 0 || history.refunds.some(isMoving)) this._pace.next()
      else this._pace.restart()
    } catch (error) {
      if (run !== this._run) return
      this.problem = this.history === null ? messageOf(error, LABEL.notLoaded) : LABEL.stale
      if (this.history !== null) this._pace.next()
    }
  }

  /** The rest of the page follows: its roll-ups moved with the refund. */
  async tellPage(): Promise<void> {
    this._isTelling = true
    try {
      await notifyRecordUpdateAvailable([{ recordId: this._recordId }])
    } catch {
      // The card is right already; the page will read the record some other time.
    } finally {
      this._isTelling = false
    }
  }

  async handleWithdraw({ detail: refundKey }: CustomEvent<string>): Promise<void> {
    if (this.withdrawing !== '') return
    this.withdrawing = refundKey
    this.withdrawProblem = ''
    try {
      const { amount, currencyCode, state } = await withdrawRefund({ refundKey, paymentId: this._recordId })
      if (state === 'rejected') this.announcement = fill(LABEL.withdrawnLine, displayAmount(amount, currencyCode))
    } catch (error) {
      this.withdrawProblem = messageOf(error, LABEL.withdrawNoAnswer)
    }
    // The line says what became of it, whatever the answer was.
    await this.load({ askMiddleware: true })
    this.withdrawing = ''
    this.template!.querySelector<HTMLElement>(`[data-key="${refundKey}"]`)?.focus()
    await this.tellPage()
  }

  handleTryAgain(): void {
    this.problem = ''
    this.start()
  }

  handlePart({ detail }: CustomEvent<Part>): void {
    this.part = this.part === detail ? null : detail
  }

  handleShowAll(): void {
    this.part = null
  }
}
