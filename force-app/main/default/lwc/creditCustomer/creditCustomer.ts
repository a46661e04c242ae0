import { LightningElement } from 'lwc'
import getCreditForm from '@salesforce/apex/CreditController.getCreditForm'
import type { CreditForm } from '@salesforce/apex/CreditController.getCreditForm'
import requestCredit from '@salesforce/apex/CreditController.requestCredit'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import mayCredit from '@salesforce/customPermission/Request_Credits'
import locale from '@salesforce/i18n/locale'
import { messageOf } from 'c/apexError'
import { decimalMarkOf, displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import {
  accountChoices,
  amountOf,
  checkedCredit,
  confirmation,
  currencyOf,
  EMPTY_FIELDS,
  gatewayChoices,
  problemOf,
  problemsOf,
  targetChoices,
  type Choice,
  type CreditFields,
  type FieldName,
} from './credit-fields.ts'
import { LABEL } from './labels.ts'

type Phase = 'loading' | 'editing' | 'confirming' | 'sending' | 'done' | 'refused'

/** What a base component of the form offers beyond an element. */
interface Field extends HTMLElement {
  setCustomValidity(message: string): void
  reportValidity(): boolean
}

/** Pays a customer without an original payment: warns, checks what can be checked, asks once more, sends it once. */
export default class CreditCustomer extends LightningElement {
  label = LABEL
  phase: Phase = mayCredit ? 'loading' : 'refused'
  refusal = mayCredit ? '' : LABEL.noPermission
  form: CreditForm | null = null
  fields: CreditFields = EMPTY_FIELDS
  /** Why the last attempt stored nothing. */
  problem = ''
  /** Spoken, never shown. */
  announcement = ''
  outcome: RefundOutcome | null = null

  _decimalMark = decimalMarkOf(locale)
  /** After the first attempt every field says at once what is wrong with it. */
  _isTried = false
  /** data-id of what takes the focus once it is drawn. */
  _focusNext = ''

  override connectedCallback(): void {
    if (mayCredit) void this.openForm('')
  }

  override renderedCallback(): void {
    if (this._focusNext === '') return
    const target = this.part(this._focusNext)
    if (target === null) return
    this._focusNext = ''
    target.focus()
  }

  /** The phase, as a template can ask for it. */
  get is(): Partial<Record<Phase, boolean>> {
    return { [this.phase]: true }
  }

  get isFormShown(): boolean {
    return this.phase === 'editing' || this.phase === 'sending'
  }

  get gateways(): Choice[] {
    return this.form === null ? [] : gatewayChoices(this.form)
  }

  get accounts(): Choice[] {
    return this.form === null ? [] : accountChoices(this.form, this.fields.gateway)
  }

  get hasAccounts(): boolean {
    return this.accounts.length > 0
  }

  get targets(): Choice[] {
    return this.form === null ? [] : targetChoices(this.form, this.fields.gateway)
  }

  get reasons(): Choice[] {
    return [{ label: LABEL.reasonNone, value: '' }, ...(this.form?.reasons ?? [])]
  }

  get isToMethod(): boolean {
    return this.fields.target === 'stored_method'
  }

  get isToBank(): boolean {
    return this.fields.target === 'bank_account'
  }

  get gatewayLabel(): string {
    return this.gateways.find(({ value }) => value === this.fields.gateway)?.label ?? ''
  }

  get amountShown(): string {
    const amount = amountOf(this.fields, this._decimalMark)
    const currency = currencyOf(this.fields)
    return amount === null || currency === null ? '' : displayAmount(amount, currency)
  }

  get payLabel(): string {
    return this.amountShown === '' ? LABEL.payNoAmount : fill(LABEL.pay, this.amountShown)
  }

  get confirmPayLabel(): string {
    return fill(LABEL.confirmPay, this.amountShown)
  }

  get question(): string {
    return confirmation(checkedCredit(this.fields, this._decimalMark), this.gatewayLabel)
  }

  get sendingText(): string {
    return fill(LABEL.sending, this.amountShown, this.gatewayLabel)
  }

  /** No money moved: what was filled in may be corrected. */
  get isRefusedCredit(): boolean {
    return ['rejected', 'failed', 'reversed'].includes(this.outcome?.state ?? '')
  }

  part<Part extends HTMLElement>(id: string): Part | null {
    return this.template!.querySelector<Part>(`[data-id="${id}"]`)
  }

  /** Every opened form has its own key: it is one credit. */
  async openForm(focusOn: string): Promise<void> {
    this.phase = 'loading'
    try {
      this.form = await getCreditForm()
      const [gateway] = this.gateways
      if (this.fields.gateway === '' && gateway !== undefined) this.chooseGateway(gateway.value)
      this._isTried = false
      this._focusNext = focusOn
      this.phase = 'editing'
    } catch (error) {
      this.refusal = messageOf(error, LABEL.notLoaded)
      this.announcement = this.refusal
      this.phase = 'refused'
    }
  }

  chooseGateway(gateway: string): void {
    const account = this.form?.accounts.find((each) => each.gateway === gateway)
    this.fields = {
      ...this.fields,
      gateway,
      account: account?.account ?? '',
      currency: account?.currencyCode ?? this.fields.currency,
      target: account?.targets[0]?.value ?? '',
    }
  }

  handleField(event: CustomEvent<{ value: string }>): void {
    const { id } = (event.currentTarget as HTMLElement).dataset
    const name = id as FieldName
    if (name === 'gateway') this.chooseGateway(event.detail.value)
    else this.fields = { ...this.fields, [name]: event.detail.value }
    // An amount is judged in its currency.
    if (name === 'currency' && this.fields.amount !== '') this.report('amount')
    if (this._isTried || name === 'amount') this.report(name)
  }

  /** Half an IBAN is not wrong yet. */
  handleIbanLeft(): void {
    if (this.fields.iban.trim() !== '') this.report('iban')
  }

  report(name: FieldName): void {
    const field = this.part<Field>(name)
    field?.setCustomValidity(problemOf(name, this.fields, this._decimalMark))
    field?.reportValidity()
  }

  handleFieldKey(event: KeyboardEvent): void {
    // Enter that picks a word of an input method is not meant for us.
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    this.handlePay()
  }

  handlePay(): void {
    if (this.phase !== 'editing') return
    this._isTried = true
    const problems = [...problemsOf(this.fields, this._decimalMark).keys()]
    for (const name of problems) this.report(name)
    const [first] = problems
    if (first !== undefined) {
      this.part(first)?.focus()
      return
    }
    this.announcement = this.question
    this._focusNext = 'keep'
    this.phase = 'confirming'
  }

  handleKeep(): void {
    this.announcement = ''
    this._focusNext = 'amount'
    this.phase = 'editing'
  }

  async handleConfirm(): Promise<void> {
    if (this.phase !== 'confirming') return
    this.problem = ''
    this.announcement = ''
    this._focusNext = 'sending'
    this.phase = 'sending'
    try {
      this.outcome = await requestCredit({
        ...checkedCredit(this.fields, this._decimalMark),
        // Issued once with the form: pressing again is the same credit, not another.
        idempotencyKey: this.form!.idempotencyKey,
      })
      this.phase = 'done'
      if (!this.isRefusedCredit) this.forgetCustomer()
    } catch (error) {
      this.problem = messageOf(error, LABEL.noAnswer)
      this._focusNext = 'problem'
      this.phase = 'editing'
    }
  }

  /** What was paid is not filled in a second time by itself. */
  forgetCustomer(): void {
    const { gateway, account, currency, target } = this.fields
    this.fields = { ...EMPTY_FIELDS, gateway, account, currency, target }
  }

  handleTold({ detail }: CustomEvent<string>): void {
    this.announcement = detail
  }

  handleAgain(): void {
    this.outcome = null
    this.announcement = ''
    void this.openForm('amount')
  }
}
