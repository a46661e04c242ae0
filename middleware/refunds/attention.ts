import type { AttentionRecord } from '../crm/crm.ts'

/** Reasons to look at a refund, by what they have in common. */
type AttentionKind = AttentionRecord['kind']

/** For each reason, what a person should do; the sentence that says what happened stands where it is found out. */
const ATTENTION = {
  failed_late: ['Changed after success', 'Ask the customer for another way to be paid.'],
  came_back: ['Changed after success', 'Decide with the customer what to do.'],
  dispute_announced: ['Changed after success', 'Answer it at the gateway before refunding.'],
  double_refund: [
    'Money out twice',
    'Ask the payer to withdraw the claim or to pay back, and say on the exposure how it ended.',
  ],
  unfunded_refund: ['Money out twice', 'Ask the customer to pay back, and say on the exposure how it ended.'],
  unknown_for_long: ['Unknown for long', 'Do not send it again. Look for it in the records of the gateway.'],
  gateway_silent: ['Unknown for long', 'Compare with the records of the gateway.'],
  gateway_cannot_tell: ['Unknown for long', 'Compare with the records of the gateway, then settle it by hand.'],
  gateway_delays: ['Unknown for long', 'Nothing is to be done unless it stays like this; then ask the gateway.'],
  work_fails: [
    'Unknown for long',
    "Do not send it again. Ask your administrator to look for its id in the service's log.",
  ],
  amount_differs: ['Does not match', 'Compare with the records of the gateway.'],
  gateway_contradicts: ['Does not match', 'Compare with the records of the gateway.'],
} as const satisfies Readonly<Record<string, readonly [kind: AttentionKind, remedy: string]>>

export type AttentionCode = keyof typeof ATTENTION

/** Why a person must look at a refund. */
export interface Reason {
  readonly code: AttentionCode
  /** What happened, in a sentence. */
  readonly reason: string
}

export interface Attention extends Reason {
  readonly since: Date
  /** Salesforce does not hold it yet: what a person closed there was something older. */
  readonly isNew: boolean
}

/** As Salesforce shows it. */
export function attentionRecord({ code, reason, since, isNew }: Attention): AttentionRecord {
  return { kind: ATTENTION[code][0], reason, remedy: attentionRemedy(code), since: since.toISOString(), isNew }
}

export function attentionRemedy(code: AttentionCode): string {
  return ATTENTION[code][1]
}

/** What happened and what to do, as one text. */
export function tellAttention({ code, reason }: Reason): string {
  return `${reason} ${attentionRemedy(code)}`
}
