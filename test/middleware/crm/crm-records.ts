import { randomUUID } from 'node:crypto'
import type {
  BreakRecord,
  CreditRecord,
  ExposureRecord,
  PaymentRecord,
  RefundRecord,
} from '../../../middleware/crm/crm.ts'

const OUTGOING = {
  version: 1,
  stage: 'Sent to gateway',
  amount: '12.30',
  currency: 'EUR',
  reason: 'returned',
  note: null,
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
  erased: false,
  attention: null,
} as const

/** A refund as the write-back would send it, with what a test cares about put into it. */
export function refundRecord(fields: Partial<RefundRecord> = {}): RefundRecord {
  return {
    ...OUTGOING,
    type: 'refund',
    id: randomUUID(),
    paymentId: 'a01000000000001AAA',
    kind: 'Refund',
    origin: 'Here',
    held: false,
    payerAsked: false,
    ...fields,
  }
}

export function creditRecord(fields: Partial<CreditRecord> = {}): CreditRecord {
  return {
    ...OUTGOING,
    type: 'credit',
    id: randomUUID(),
    gatewayAccount: 'RefundRelayECOM',
    target: 'Bank account',
    ...fields,
  }
}

export function breakRecord(fields: Partial<BreakRecord> = {}): BreakRecord {
  return {
    type: 'break',
    id: randomUUID(),
    version: 1,
    kind: 'Missing here',
    paymentId: 'a01000000000001AAA',
    refundId: null,
    gateway: 'adyen',
    gatewayAccount: 'RefundRelayECOM',
    gatewayReference: 'PSP1',
    paymentReference: 'PSP0',
    ledgerSays: 'nothing',
    gatewaySays: 'EUR 12.30, Refunded (line 17)',
    cause: 'It was made at Adyen itself, and its webhook never came.',
    command: 'npm run refunds -- reconcile --gateway adyen --account RefundRelayECOM --from 2026-03-01 --apply',
    currency: null,
    happenedAt: '2026-03-01T10:00:00.000Z',
    openedAt: '2026-03-02T10:00:00.000Z',
    closedAt: null,
    ...fields,
  }
}

export function exposureRecord(fields: Partial<ExposureRecord> = {}): ExposureRecord {
  return {
    type: 'exposure',
    id: randomUUID(),
    paymentId: 'a01000000000001AAA',
    version: 1,
    kind: 'Double refund',
    amount: '12.30',
    currency: 'EUR',
    atRisk: true,
    explanation: 'The payer claimed the money back after the refund.',
    openedAt: '2026-03-05T10:00:00.000Z',
    closedAt: null,
    ...fields,
  }
}

export function paymentRecord(fields: Partial<PaymentRecord> = {}): PaymentRecord {
  return {
    type: 'payment',
    id: 'a01000000000001AAA',
    version: 1,
    chargedBack: '12.30',
    currency: 'EUR',
    ...fields,
  }
}
