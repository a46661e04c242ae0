import { randomUUID } from 'node:crypto'
import type { RefundRecord } from '../../../middleware/crm/crm.ts'

/** A refund as the write-back would send it, with what a test cares about put into it. */
export function refundRecord(fields: Partial<RefundRecord> = {}): RefundRecord {
  return {
    refundId: randomUUID(),
    paymentId: 'a01000000000001AAA',
    version: 1,
    kind: 'Refund',
    origin: 'Here',
    stage: 'Sent to gateway',
    amount: '12.30',
    currency: 'EUR',
    reason: 'returned',
    note: null,
    held: false,
    errorCode: null,
    errorSentence: null,
    remedy: null,
    gatewayMessage: null,
    gateway: 'adyen',
    gatewayReference: 'PSP1',
    requestedBy: '005000000000001AAA',
    requestedAt: '2026-03-01T10:00:00.000Z',
    sentAt: '2026-03-01T10:00:01.000Z',
    decidedAt: null,
    attention: null,
    ...fields,
  }
}
