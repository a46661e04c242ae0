import { Decimal } from 'decimal.js'
import type { CreditRecord, RefundRecord } from './crm.ts'

/** Words of each object's validation rule that refuses an older State_Version__c than the stored one. */
export const NEWER_VERSION_WORDS = 'newer version'

/** Length of the text fields that hold sentences. */
const SENTENCE_LENGTH = 255
/** Amount__c is Number(16,3), in every object. */
const LARGEST_AMOUNT = new Decimal('9999999999999.999')
const AMOUNT_DECIMALS = 3
/** From here on two neighbours of Number(16,3) can be the same double: 2^43 = 8796093022208. */
const FIRST_AMBIGUOUS = 2 ** 43

/**
 * Fields as the API takes them, by API name. Those without a value are sent as null, so that what a newer version no
 * longer says is cleared.
 */
export type Fields = Readonly<Record<string, string | number | boolean | null>>

/**
 * What a refund and a credit share, whoever made them.
 * @throws RangeError for a value that its field could not hold as it is; the row must not be sent
 */
export function outgoingFields(record: RefundRecord | CreditRecord): Fields {
  return {
    State_Version__c: record.version,
    Stage__c: record.stage,
    Amount__c: exactNumber(record.amount),
    Currency__c: record.currency,
    Error_Code__c: record.errorCode,
    Error_Message__c: sentence(record.errorSentence),
    Remedy__c: sentence(record.remedy),
    Gateway__c: record.gateway,
    Gateway_Reference__c: record.gatewayReference,
    Requested_At__c: time(record.requestedAt),
    Decided_At__c: time(record.decidedAt),
    ...(!isForgotten(record) && { Gateway_Message__c: sentence(record.gatewayMessage) }),
  }
}

/** Who asked for it, why, and when it was sent from here. */
export function askedFields(record: RefundRecord | CreditRecord): Fields {
  return {
    Reason__c: record.reason,
    Requested_By__c: record.requestedBy,
    Sent_At__c: time(record.sentAt),
    // Erased here, it says nothing of what the org holds.
    ...(!record.erased && { Note__c: sentence(record.note) }),
  }
}

/** A failure whose words were erased. What came after that has words of its own, and where nothing failed there are none. */
function isForgotten({ erased, errorCode, gatewayMessage }: RefundRecord | CreditRecord): boolean {
  return erased && errorCode !== null && gatewayMessage === null
}

/**
 * The number whose JSON text is exactly this decimal. The org reads that text, not the binary number behind it, so it is
 * the text that is compared: "0.1" passes, and of 16 digits those that a double writes back unchanged.
 * @throws RangeError
 */
export function exactNumber(text: string): number {
  const amount = /^\d+(\.\d+)?$/.test(text) ? new Decimal(text) : null
  if (!amount || amount.decimalPlaces() > AMOUNT_DECIMALS || amount.greaterThan(LARGEST_AMOUNT)) {
    throw new RangeError(`the amount ${JSON.stringify(text)} does not fit Number(16,3)`)
  }
  const number = amount.toNumber()
  if (!new Decimal(JSON.stringify(number)).equals(amount)) {
    throw new RangeError(`the amount ${text} cannot be written as a JSON number without rounding`)
  }
  return number
}

/** Decimal text of an amount as JSON gave it; null when the number may not be the one that is stored. */
export function exactText(amount: number): string | null {
  const decimal = new Decimal(amount)
  if (decimal.isNegative() || decimal.decimalPlaces() > AMOUNT_DECIMALS || amount >= FIRST_AMBIGUOUS) return null
  return decimal.toFixed()
}

/** @throws RangeError */
export function time(text: string): string
export function time(text: string | null): string | null
export function time(text: string | null): string | null {
  if (text === null) return null
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new RangeError(`${JSON.stringify(text)} is no time`)
  return date.toISOString()
}

/** A sentence too long for its field is cut, not refused: the outcome beside it matters more than its last words. */
export function sentence(text: string | null): string | null {
  if (text === null) return null
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim()
  if (plain.length <= SENTENCE_LENGTH) return plain
  // Never half of a surrogate pair.
  return `${plain.slice(0, SENTENCE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
