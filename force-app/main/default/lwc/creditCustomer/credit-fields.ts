import type { CreditForm, CreditTarget } from '@salesforce/apex/CreditController.getCreditForm'
import { displayAmount, readAmount, smallestAmount, type AmountProblem } from 'c/decimalAmount'
import { compactIban, isIban, spacedIban } from 'c/iban'
import { fill } from 'c/labelText'
import { LABEL } from './labels.ts'

/** What is typed and chosen, by data-id of its field. */
export interface CreditFields {
  readonly gateway: string
  readonly account: string
  readonly amount: string
  readonly currency: string
  readonly target: CreditTarget | ''
  readonly token: string
  readonly shopperReference: string
  readonly iban: string
  readonly owner: string
  readonly reason: string
  readonly note: string
}

export type FieldName = keyof CreditFields

export interface Choice {
  readonly label: string
  readonly value: string
}

/** What is sent, once nothing is wrong with the fields. */
export interface CheckedCredit {
  readonly gateway: string
  readonly gatewayAccount: string
  readonly amount: string
  readonly currencyCode: string
  readonly targetKind: CreditTarget
  readonly token: string | null
  readonly shopperReference: string | null
  readonly iban: string | null
  readonly ownerName: string | null
  readonly reason: string | null
  readonly note: string | null
}

export const EMPTY_FIELDS: CreditFields = {
  gateway: '',
  account: '',
  amount: '',
  currency: '',
  target: '',
  token: '',
  shopperReference: '',
  iban: '',
  owner: '',
  reason: '',
  note: '',
}

/** In the order in which they are filled in. */
const FIELD_ORDER: readonly FieldName[] = ['gateway', 'account', 'amount', 'currency', 'token', 'iban', 'owner']

export function currencyOf({ currency }: CreditFields): string | null {
  const code = currency.trim().toUpperCase()
  return /^[A-Z]{3}$/.test(code) ? code : null
}

/** Decimals of a currency by ISO 4217, as the browser knows them; the server has the last word. */
export function decimalsOf(currencyCode: string | null): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode ?? 'EUR' })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

/** Decimal text; null while it cannot be sent. */
export function amountOf(fields: CreditFields, decimalMark: string): string | null {
  const reading = readCredit(fields, decimalMark)
  return 'amount' in reading ? reading.amount : null
}

/** What is wrong, by field, in the order of the form. Empty when it can be sent. */
export function problemsOf(fields: CreditFields, decimalMark: string): ReadonlyMap<FieldName, string> {
  const problems = FIELD_ORDER.map((name) => [name, problemOf(name, fields, decimalMark)] as const)
  return new Map(problems.filter(([, message]) => message !== ''))
}

export function problemOf(name: FieldName, fields: CreditFields, decimalMark: string): string {
  const isEmpty = fields[name].trim() === ''
  const toBank = fields.target === 'bank_account'
  switch (name) {
    case 'gateway':
      return isEmpty ? LABEL.gatewayMissing : ''
    case 'account':
      return isEmpty ? LABEL.accountMissing : ''
    case 'currency':
      return currencyOf(fields) === null ? LABEL.currencyWrong : ''
    case 'token':
      return isEmpty && !toBank ? LABEL.tokenMissing : ''
    case 'owner':
      return isEmpty && toBank ? LABEL.ownerMissing : ''
    case 'iban':
      if (!toBank) return ''
      if (isEmpty) return LABEL.ibanMissing
      return isIban(fields.iban) ? '' : LABEL.ibanWrong
    case 'amount': {
      const reading = readCredit(fields, decimalMark)
      return 'problem' in reading ? amountSentence(reading.problem, fields, decimalMark) : ''
    }
    default:
      return ''
  }
}

/** Only what belongs to the chosen target: an IBAN that was typed first and then not chosen goes nowhere. */
export function checkedCredit(fields: CreditFields, decimalMark: string): CheckedCredit {
  const toBank = fields.target === 'bank_account'
  const text = (value: string) => value.trim() || null
  return {
    gateway: fields.gateway,
    gatewayAccount: fields.account.trim(),
    amount: amountOf(fields, decimalMark)!,
    currencyCode: currencyOf(fields)!,
    targetKind: toBank ? 'bank_account' : 'stored_method',
    token: toBank ? null : text(fields.token),
    shopperReference: toBank ? null : text(fields.shopperReference),
    iban: toBank ? compactIban(fields.iban) : null,
    ownerName: toBank ? text(fields.owner) : null,
    reason: text(fields.reason),
    note: text(fields.note),
  }
}

/** The question before it is sent: how much, to whom, through whom. */
export function confirmation(credit: CheckedCredit, gatewayLabel: string): string {
  const amount = displayAmount(credit.amount, credit.currencyCode)
  if (credit.targetKind === 'stored_method') {
    return fill(LABEL.confirmMethod, amount, credit.token ?? '', gatewayLabel, credit.gatewayAccount)
  }
  const iban = spacedIban(credit.iban ?? '')
  return fill(LABEL.confirmBank, amount, credit.ownerName ?? '', iban, gatewayLabel, credit.gatewayAccount)
}

export function gatewayChoices({ accounts }: CreditForm): Choice[] {
  return [...new Map(accounts.map(({ gateway, gatewayLabel }) => [gateway, gatewayLabel]))].map(([value, label]) => ({
    label,
    value,
  }))
}

/** Known accounts of a gateway; none where the agent writes the account. */
export function accountChoices({ accounts }: CreditForm, gateway: string): Choice[] {
  return accounts
    .filter((each) => each.gateway === gateway && each.account)
    .map(({ account }) => ({ label: account!, value: account! }))
}

export function targetChoices({ accounts }: CreditForm, gateway: string): Choice[] {
  return [...(accounts.find((each) => each.gateway === gateway)?.targets ?? [])]
}

function readCredit(fields: CreditFields, decimalMark: string) {
  return readAmount(fields.amount, { decimals: decimalsOf(currencyOf(fields)), most: null, decimalMark })
}

function amountSentence(problem: AmountProblem, fields: CreditFields, decimalMark: string): string {
  const currency = currencyOf(fields) ?? ''
  const decimals = decimalsOf(currency || null)
  switch (problem) {
    case 'unreadable':
      return fill(LABEL.amountUnreadable, decimals === 0 ? '70' : '70.50')
    case 'ambiguous':
      return fill(LABEL.amountAmbiguous, fields.amount.trim(), decimalMark)
    case 'too_many_decimals':
      if (decimals === 0) return fill(LABEL.amountNoDecimals, currency)
      return fill(LABEL.amountDecimals, currency, String(decimals))
    case 'less_than_smallest':
      return fill(LABEL.amountAtLeast, `${currency} ${smallestAmount(decimals)}`.trim())
    default:
      return LABEL.amountMissing
  }
}
