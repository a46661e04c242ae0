import type { LocalWorld } from '../emulators/local-world.ts'
import type { SamplePayment } from '../emulators/sample-payments.ts'

/** How a refund can end, and who tells it. */
export const OUTCOMES = {
  'in-answer': 'final in the answer',
  'by-webhook': 'final by webhook',
  'by-look-up': 'final by look-up',
  'refused-in-answer': 'refused in the answer',
  'failed-by-webhook': 'failed by webhook',
} as const
export type Outcome = keyof typeof OUTCOMES

/** One connection to a gateway, and what it can do. */
export interface Connection {
  readonly name: string
  readonly label: string
  /** Ways in which a refund ends here; for the others, why not. */
  readonly outcomes: Readonly<Record<Outcome, Scenario | string>>
}

/** One refund of one payment. */
export interface Scenario {
  readonly payment: SamplePayment
  /** What the caller asks for, beside the payment. */
  readonly asks: { readonly amount?: string; readonly acknowledged?: boolean; readonly undo?: boolean }
  /** Refund__c.Amount__c */
  readonly amount: number
  /** Refund__c.Stage__c in the end. */
  readonly stage: 'Refunded' | 'Voided' | 'Failed'
  /** Whether the gateway writes it down at all: what is refused at the door is in no ledger. */
  readonly isInLedger: boolean
  /** Whether the gateway lists it, so that a middleware that does not know finds it by looking. */
  readonly isListed: boolean
  /** How many webhooks go out before the one that tells the outcome; null: none goes out. */
  readonly webhooksBefore: number | null
  /** Between two look-ups; left out: they play no part. */
  readonly pollOutcomeMs?: number
  /** Before the refund is asked for. */
  arrange?(world: LocalWorld): void
  /** Lets time pass at the gateway until it has decided and told; left out: it is decided in the answer. */
  decide?(world: LocalWorld, paymentReference: string): void
  /** Refunds, or cancellations, of this payment in the gateway's own ledger, declined ones included. */
  inLedger(world: LocalWorld, paymentReference: string): readonly LedgerRefund[]
}

/** Where refunds need not wait for their turn, one is stored as being sent; only its being sent again is stored by itself. */
export function isStoredAsSent({ payment }: Scenario): boolean {
  return payment.gateway === 'adyen'
}

/** One refund, as the gateway's ledger has it. */
export interface LedgerRefund {
  /** Refund__c.Gateway_Reference__c */
  readonly reference: string
  readonly stage: 'Refunded' | 'Voided' | 'Failed' | 'Sent to gateway'
  /** In the payment's currency. */
  readonly amount: number
}

/** One webhook as the gateway sent it last. */
export interface SentEvent {
  /** What the identity of its row in the middleware begins with. */
  readonly identity: string
  /** The middleware acknowledged it. */
  readonly isTaken: boolean
}

/** How long gateways wait before they decide: no refund is decided before the matrix lets time pass. */
export const DECISION_MS = 600_000
