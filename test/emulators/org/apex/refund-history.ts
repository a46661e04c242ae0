import { normalId } from '../ids.ts'
import type { ApexContext } from './apex-runtime.ts'
import { labelOf, type PaymentRecord, type RefundRow } from './payment-record.ts'
import type { PaymentAnswer, RefundView } from './middleware-views.ts'
import { refusalWords } from './refusal-words.ts'

/** One refund in the history. */
export interface RefundLine {
  readonly refundId: string
  readonly recordId: string | null
  readonly name: string | null
  readonly kind: string | null
  readonly origin: string | null
  readonly stage: string | null
  readonly held: boolean
  readonly waitingSentence: string | null
  readonly position: number | null
  readonly amount: string
  readonly reasonLabel: string | null
  readonly note: string | null
  readonly requestedByName: string | null
  readonly requestedAt: string
  readonly decidedAt: string | null
  readonly sentence: string | null
  readonly remedy: string | null
  readonly gatewayMessage: string | null
  readonly gatewayReference: string | null
  readonly attention: string | null
  readonly version: number
  readonly written: boolean
}

/** Money of the payment that is still out twice. */
export interface Exposure {
  readonly recordId: string
  readonly name: string
  readonly amount: string
  readonly explanation: string | null
  readonly openedAt: string
  readonly handled: boolean
}

/** What is left of a payment, where the rest went, and its refunds newest first. */
export interface RefundHistory {
  readonly currencyCode: string | null
  readonly decimals: number
  readonly captured: string
  readonly refunded: string
  readonly underWay: string
  readonly held: string
  readonly chargedBack: string
  readonly refundable: string | null
  readonly exposure: string
  readonly voided: boolean
  readonly gatewayLabel: string | null
  readonly gatewayReference: string | null
  readonly chargebacks: PaymentAnswer['chargebacks'] | null
  readonly refunds: readonly RefundLine[]
  readonly exposures: readonly Exposure[]
}

/** Stand-in of RefundHistory.cls. */
export function refundHistory(apex: ApexContext, payment: PaymentRecord, known: PaymentAnswer | null): RefundHistory {
  const { row } = payment
  const balance = known?.payment ?? {
    captured: payment.text(row.Amount__c),
    refunded: payment.text(row.Amount_Refunded__c),
    underWay: payment.text(row.Amount_Pending_Refund__c),
    held: payment.text(row.Amount_Held__c),
    chargedBack: payment.text(row.Charged_Back__c),
    refundable: payment.refundable(),
    exposure: payment.text(row.Exposure__c),
  }
  return {
    currencyCode: row.Currency__c,
    decimals: row.Decimals__c,
    captured: balance.captured,
    refunded: balance.refunded,
    underWay: balance.underWay,
    held: balance.held,
    chargedBack: balance.chargedBack,
    refundable: balance.refundable,
    exposure: balance.exposure,
    voided: payment.isVoided(),
    gatewayLabel: payment.gatewayLabel(),
    gatewayReference: row.Gateway_Reference__c,
    chargebacks: known?.chargebacks ?? null,
    refunds: merged(apex, payment, known).sort(newestFirst),
    exposures: payment.exposures().map((exposure) => ({
      recordId: exposure.Id,
      name: exposure.Name,
      amount: payment.text(exposure.Amount__c),
      explanation: exposure.Explanation__c,
      openedAt: isoTime(exposure.Opened_At__c ?? exposure.CreatedDate),
      handled: exposure.Handled__c,
    })),
  }
}

function merged(apex: ApexContext, payment: PaymentRecord, known: PaymentAnswer | null): RefundLine[] {
  const lines = new Map(payment.refunds().map((refund) => [refund.Refund_Key__c, ofRecord(apex, refund, payment)]))
  const names = requesters(apex, known?.refunds ?? [])
  for (const refund of known?.refunds ?? []) {
    const line = lines.get(refund.id)
    if (line && refund.version < line.version) continue
    if (line?.version === refund.version) lines.set(refund.id, { ...line, ...placeOf(apex, refund) })
    else lines.set(refund.id, ofMiddleware(apex, refund, line, names.get(refund.requestedBy ?? '') ?? null))
  }
  return [...lines.values()]
}

function requesters(apex: ApexContext, refunds: readonly RefundView[]): Map<string, string> {
  const ids = [...new Set(refunds.map(({ requestedBy }) => normalId(requestedBy)))].filter((id) => id !== null)
  if (ids.length === 0) return new Map()
  const users = apex.query(`SELECT Id, Name FROM User WHERE Id IN (${ids.map((id) => `'${id}'`).join(', ')})`)
  return new Map(users.map((user) => [String(user['Id']), String(user['Name'])]))
}

function ofRecord(apex: ApexContext, refund: RefundRow, payment: PaymentRecord): RefundLine {
  return {
    refundId: refund.Refund_Key__c,
    recordId: refund.Id,
    name: refund.Name,
    kind: refund.Kind__c,
    origin: refund.Origin__c,
    stage: refund.Stage__c,
    held: refund.Held__c,
    waitingSentence: null,
    position: null,
    amount: payment.text(refund.Amount__c),
    reasonLabel: labelOf(apex, 'Refund__c', 'Reason__c', refund.Reason__c),
    note: refund.Note__c,
    requestedByName: refund.Requested_By__r?.Name ?? null,
    requestedAt: isoTime(refund.Requested_At__c ?? refund.CreatedDate),
    decidedAt: refund.Decided_At__c === null ? null : isoTime(refund.Decided_At__c),
    sentence: refusalWords(apex, 'Sentence', refund.Error_Code__c, refund.Error_Message__c),
    remedy: refusalWords(apex, 'Remedy', refund.Error_Code__c, refund.Remedy__c),
    gatewayMessage: refund.Gateway_Message__c,
    gatewayReference: refund.Gateway_Reference__c,
    attention:
      refund.Attention_Reason__c === null || refund.Attention_Closed__c
        ? null
        : `${refund.Attention_Reason__c} ${refund.Attention_Remedy__c ?? ''}`.trim(),
    version: refund.State_Version__c ?? 0,
    written: true,
  }
}

function ofMiddleware(
  apex: ApexContext,
  refund: RefundView,
  older: RefundLine | undefined,
  requestedByName: string | null,
): RefundLine {
  return {
    refundId: refund.id,
    recordId: older?.recordId ?? null,
    name: older?.name ?? null,
    kind: refund.kind,
    origin: refund.origin,
    stage: refund.stage,
    held: refund.held,
    ...placeOf(apex, refund),
    amount: refund.amount,
    reasonLabel: labelOf(apex, 'Refund__c', 'Reason__c', refund.reason),
    note: refund.note,
    requestedByName,
    requestedAt: refund.requestedAt,
    decidedAt: refund.decidedAt,
    sentence: refusalWords(apex, 'Sentence', refund.error?.code, refund.error?.sentence ?? null),
    remedy: refusalWords(apex, 'Remedy', refund.error?.code, refund.error?.remedy ?? null),
    gatewayMessage: refund.error?.gatewayMessage ?? null,
    gatewayReference: refund.gatewayReference,
    attention: refund.attention,
    version: refund.version,
    written: false,
  }
}

/** No record holds it: it changes by the second. */
function placeOf(apex: ApexContext, { waiting }: RefundView): Pick<RefundLine, 'waitingSentence' | 'position'> {
  const waitingSentence = refusalWords(apex, 'Sentence', waiting?.code, waiting?.sentence ?? null)
  return { waitingSentence, position: waiting?.position ?? null }
}

/** A Datetime as components receive it. */
function isoTime(time: string): string {
  return time.replace('+0000', 'Z')
}

/** Keys grow with time, so they order what one second holds. */
function newestFirst(one: RefundLine, other: RefundLine): number {
  return Date.parse(other.requestedAt) - Date.parse(one.requestedAt) || (one.refundId < other.refundId ? 1 : -1)
}
