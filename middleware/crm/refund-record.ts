import { Decimal } from 'decimal.js'
import type { RefundRecord } from './crm.ts'

/** API name of the object that holds refunds. */
export const REFUND_OBJECT = 'Refund__c'
/** Its external id, by which rows are upserted. */
export const REFUND_KEY = 'Refund_Key__c'
/** The standard field that exists in orgs with several currencies only. */
export const RECORD_CURRENCY = 'CurrencyIsoCode'
/** Words of the validation rule that refuses an older State_Version__c than the stored one. */
export const NEWER_VERSION_WORDS = 'newer version'

/** Length of the text fields that hold sentences. */
const SENTENCE_LENGTH = 255
/** Amount__c is Number(16,3). */
const LARGEST_AMOUNT = new Decimal('9999999999999.999')

/**
 * A refund as the org's fields hold it. Fields without a value are sent as null, so that what a newer version no longer
 * says is cleared.
 * @throws RangeError for a value that the field could not hold as it is; the row must not be sent
 */
export function toRecord(record: RefundRecord): Record<string, unknown> {
  return {
    [REFUND_KEY]: record.refundId,
    Payment__c: record.paymentId,
    State_Version__c: record.version,
    Kind__c: record.kind,
    Origin__c: record.origin,
    Stage__c: record.stage,
    Amount__c: exactNumber(record.amount),
    Currency__c: record.currency,
    Reason__c: record.reason,
    Note__c: sentence(record.note),
    Held__c: record.held,
    Error_Code__c: record.errorCode,
    Error_Message__c: sentence(record.errorSentence),
    Remedy__c: sentence(record.remedy),
    Gateway_Message__c: sentence(record.gatewayMessage),
    Gateway__c: record.gateway,
    Gateway_Reference__c: record.gatewayReference,
    Requested_By__c: record.requestedBy,
    Requested_At__c: time(record.requestedAt),
    Sent_At__c: time(record.sentAt),
    Decided_At__c: time(record.decidedAt),
    Attention_Reason__c: sentence(record.attention),
  }
}

/**
 * The number whose JSON text is exactly this decimal. The org reads that text, not the binary number behind it, so it is
 * the text that is compared: "0.1" passes, and of 16 digits those that a double writes back unchanged.
 */
function exactNumber(text: string): number {
  const amount = /^\d+(\.\d+)?$/.test(text) ? new Decimal(text) : null
  if (!amount || amount.decimalPlaces() > 3 || amount.greaterThan(LARGEST_AMOUNT)) {
    throw new RangeError(`the amount ${JSON.stringify(text)} does not fit Number(16,3)`)
  }
  const number = amount.toNumber()
  if (!new Decimal(JSON.stringify(number)).equals(amount)) {
    throw new RangeError(`the amount ${text} cannot be written as a JSON number without rounding`)
  }
  return number
}

function time(text: string): string
function time(text: string | null): string | null
function time(text: string | null): string | null {
  if (text === null) return null
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new RangeError(`${JSON.stringify(text)} is no time`)
  return date.toISOString()
}

/** A sentence too long for its field is cut, not refused: the outcome beside it matters more than its last words. */
function sentence(text: string | null): string | null {
  if (text === null) return null
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim()
  if (plain.length <= SENTENCE_LENGTH) return plain
  // Never half of a surrogate pair.
  return `${plain.slice(0, SENTENCE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
