export const SIDES = ['before', 'after'] as const
export type Side = (typeof SIDES)[number]

/**
 * Where a middleware is killed: the twelve of RELIABILITY.md, section 4, and three more that its states need. `before` is the last
 * moment at which the step has certainly no effect outside the process, `after` the first at which it has all of it and the process
 * has made nothing of that yet. What that means at each is in kill-switch.ts, but for the write in the gateway's ledger.
 */
export const KILL_POINTS = {
  'intake-received': { number: '1', title: 'request received' },
  'intake-commit': { number: '2', title: 'refund stored' },
  'intake-answer': { number: '3', title: 'caller answered' },
  'lease-commit': { number: '4', title: 'sending stored' },
  'request-sent': { number: '5', title: 'gateway called' },
  'ledger-write': { number: '6', title: "gateway's ledger written" },
  'answer-read': { number: '7', title: "gateway's answer read" },
  'result-commit': { number: '8', title: "gateway's answer stored" },
  'outcome-commit': { number: '8b', title: 'outcome of an event or a look-up stored' },
  'webhook-received': { number: '9', title: 'webhook received' },
  'inbox-commit': { number: '10', title: 'webhook stored' },
  'webhook-answer': { number: '10b', title: 'webhook acknowledged' },
  'crm-request': { number: '11', title: 'Salesforce called' },
  'written-commit': { number: '12', title: 'write-back stored' },
  'look-up': { number: '13', title: 'refund looked up at the gateway' },
} as const

export type PointName = keyof typeof KILL_POINTS

export interface Kill {
  readonly point: PointName
  readonly side: Side
}

/** For command lines and the kill switch: `request-sent:after`. */
export function nameOfKill({ point, side }: Kill): string {
  return `${point}:${side}`
}
