import { Decimal } from 'decimal.js'
import { normalId } from '../ids.ts'
import { QueryError, type ApexContext } from './apex-runtime.ts'
import { RefundException } from './refund-middleware.ts'

/** How the middleware names the values of Route__c. */
const ROUTES: Readonly<Record<string, string>> = { Card: 'card', 'Direct Debit': 'direct_debit' }

/** The fields of PaymentRecord.cls; a test compares them. */
export const PAYMENT_FIELDS = [
  'Name',
  'Amount__c',
  'Currency__c',
  'Decimals__c',
  'Route__c',
  'Scheme__c',
  'Stage__c',
  'Payment_Date__c',
  'Payment_Method__c',
  'Gateway__c',
  'Gateway_Account__c',
  'Gateway_Reference__c',
  'Charged_Back__c',
  'Voided__c',
  'Amount_Refunded__c',
  'Amount_Pending_Refund__c',
  'Amount_Held__c',
  'Amount_Voided__c',
  'Exposure__c',
]
export const REFUND_FIELDS = [
  'Name',
  'Refund_Key__c',
  'Kind__c',
  'Origin__c',
  'Stage__c',
  'Held__c',
  'Amount__c',
  'Reason__c',
  'Note__c',
  'Requested_By__r.Name',
  'Requested_At__c',
  'Decided_At__c',
  'Error_Code__c',
  'Error_Message__c',
  'Remedy__c',
  'Gateway_Message__c',
  'Gateway_Reference__c',
  'Attention_Reason__c',
  'Attention_Remedy__c',
  'Attention_Closed__c',
  'State_Version__c',
  'CreatedDate',
]
export const EXPOSURE_FIELDS = ['Name', 'Amount__c', 'Explanation__c', 'Opened_At__c', 'Handled__c', 'CreatedDate']

type Text = string | null

export interface PaymentRow {
  readonly Id: string
  readonly Name: string
  readonly Amount__c: number | null
  readonly Currency__c: Text
  readonly Decimals__c: number
  readonly Route__c: Text
  readonly Scheme__c: Text
  readonly Stage__c: Text
  readonly Payment_Date__c: Text
  readonly Payment_Method__c: Text
  readonly Gateway__c: Text
  readonly Gateway_Account__c: Text
  readonly Gateway_Reference__c: Text
  readonly Charged_Back__c: number | null
  readonly Voided__c: boolean
  readonly Amount_Refunded__c: number | null
  readonly Amount_Pending_Refund__c: number | null
  readonly Amount_Held__c: number | null
  readonly Amount_Voided__c: number | null
  readonly Exposure__c: number | null
}

export interface RefundRow {
  readonly Id: string
  readonly Name: string
  readonly Refund_Key__c: string
  readonly Kind__c: Text
  readonly Origin__c: Text
  readonly Stage__c: Text
  readonly Held__c: boolean
  readonly Amount__c: number | null
  readonly Reason__c: Text
  readonly Note__c: Text
  readonly Requested_By__r: { readonly Name: string } | null
  readonly Requested_At__c: Text
  readonly Decided_At__c: Text
  readonly Error_Code__c: Text
  readonly Error_Message__c: Text
  readonly Remedy__c: Text
  readonly Gateway_Message__c: Text
  readonly Gateway_Reference__c: Text
  readonly Attention_Reason__c: Text
  readonly Attention_Remedy__c: Text
  readonly Attention_Closed__c: boolean
  readonly State_Version__c: number | null
  readonly CreatedDate: string
}

export interface ExposureRow {
  readonly Id: string
  readonly Name: string
  readonly Amount__c: number | null
  readonly Explanation__c: Text
  readonly Opened_At__c: Text
  readonly Handled__c: boolean
  readonly CreatedDate: string
}

/** Stand-in of PaymentRecord.cls: one payment and its refunds, as far as the user may read them. */
export class PaymentRecord {
  readonly row: PaymentRow
  readonly #apex: ApexContext

  private constructor(row: PaymentRow, apex: ApexContext) {
    this.row = row
    this.#apex = apex
  }

  /** @throws RefundException when there is none, or the user may not read its fields */
  static find(apex: ApexContext, paymentId: unknown): PaymentRecord {
    const id = normalId(paymentId)
    const [row] =
      id === null
        ? []
        : rows<PaymentRow>(apex, `SELECT Id, ${PAYMENT_FIELDS.join(', ')} FROM Payment__c WHERE Id = '${id}'`)
    if (!row) throw new RefundException(apex.label('Refund_No_Payment'), null, false)
    return new PaymentRecord(row, apex)
  }

  /** @throws RefundException when the user may not read their fields */
  refunds(): RefundRow[] {
    return rows(this.#apex, `SELECT Id, ${REFUND_FIELDS.join(', ')} FROM Refund__c WHERE Payment__c = '${this.row.Id}'`)
  }

  /**
   * Where this payment's money is out twice, latest first.
   * @throws RefundException when the user may not read their fields
   */
  exposures(): ExposureRow[] {
    const where = `Payment__c = '${this.row.Id}' AND At_Risk__c = TRUE ORDER BY Opened_At__c DESC NULLS LAST`
    return rows(this.#apex, `SELECT Id, ${EXPOSURE_FIELDS.join(', ')} FROM Refund_Exposure__c WHERE ${where}`)
  }

  /** Decimal text; null for a viewer. */
  refundable(): string | null {
    if (!this.#apex.isAccessible('Payment__c', 'Refundable_Amount__c')) return null
    const soql = `SELECT Refundable_Amount__c FROM Payment__c WHERE Id = '${this.row.Id}'`
    const [left] = rows<{ Refundable_Amount__c: number | null }>(this.#apex, soql)
    return this.text(left?.Refundable_Amount__c ?? null)
  }

  /** What the middleware is told of the payment with every request. */
  facts(): Record<string, unknown> {
    const { row } = this
    const route = ROUTES[row.Route__c ?? '']
    const collectedOn = this.collectedOn()
    return {
      paymentId: row.Id,
      gateway: row.Gateway__c,
      gatewayAccount: row.Gateway_Account__c,
      gatewayReference: row.Gateway_Reference__c,
      capturedAmount: this.text(row.Amount__c),
      currency: row.Currency__c,
      ...(route === undefined ? {} : { route }),
      ...(row.Scheme__c === null ? {} : { scheme: row.Scheme__c }),
      ...(collectedOn === null ? {} : { collectedOn }),
    }
  }

  /** The day on which the money was taken; null while it was not. */
  collectedOn(): string | null {
    return this.row.Stage__c === 'Collected' ? this.row.Payment_Date__c : null
  }

  /** The whole payment was undone, so nothing of it is left to refund. */
  isVoided(): boolean {
    return this.row.Voided__c || (this.row.Amount_Voided__c ?? 0) > 0
  }

  /** Decimal text with the currency's decimals, or more where the record holds more. */
  text(amount: number | null): string {
    const exact = new Decimal(amount ?? 0)
    return exact.toFixed(Math.max(exact.decimalPlaces(), this.row.Decimals__c))
  }

  gatewayLabel(): string | null {
    return labelOf(this.#apex, 'Payment__c', 'Gateway__c', this.row.Gateway__c)
  }

  schemeLabel(): string | null {
    return labelOf(this.#apex, 'Payment__c', 'Scheme__c', this.row.Scheme__c)
  }
}

/** The label of a picklist value; the value itself where the picklist no longer has it. */
export function labelOf(apex: ApexContext, object: string, field: string, value: string | null): string | null {
  return apex.picklist(object, field).find((entry) => entry.value === value)?.label ?? value
}

function rows<RowType>(apex: ApexContext, soql: string): RowType[] {
  try {
    return apex.query(soql) as unknown as RowType[]
  } catch (hidden) {
    if (hidden instanceof QueryError) throw new RefundException(apex.label('Refund_No_Permission'), null, false)
    throw hidden
  }
}
