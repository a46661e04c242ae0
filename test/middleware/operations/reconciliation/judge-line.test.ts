import type { Gateway } from '../../../../middleware/gateways/gateway.ts'
import type { ReportLine } from '../../../../middleware/gateways/report-line.ts'
import { judgeLine } from '../../../../middleware/operations/reconciliation/judge-line.ts'
import type { LedgerMatch } from '../../../../middleware/operations/reconciliation/ledger-match.ts'

const NOON = '2026-11-25T12:00:00.000Z'
const before = new Date('2026-11-25T11:00:00.000Z')
const after = new Date('2026-11-25T13:00:00.000Z')
const compared = { gateway: { name: 'adyen', label: 'Adyen', capabilities: {} } as Gateway, applyCommand: 'apply' }
const NOTHING: LedgerMatch = { refund: null, dispute: null, payment: null, told: null }

const line = (says: ReportLine['says'], amount: { value: string; currency: string } | null = EUR10): ReportLine => ({
  place: 'line 2',
  says,
  event: {
    ...{
      identity: 'report:1',
      kind: says,
      gatewayKind: `report ${says}`,
      occurredAt: NOON,
      refusal: null,
      payload: {},
    },
    ...{ paymentReference: 'PAY1', refundReference: 'REF1', refundId: null, amount },
  },
})
const EUR10 = { value: '10.00', currency: 'EUR' }
type Held = NonNullable<LedgerMatch['refund']>
const held = (state: Held['state'], evidenceAt: Date | null = before, changes: Partial<Held> = {}): LedgerMatch => ({
  ...NOTHING,
  refund: {
    ...{ refundId: 'r1', kind: 'refund', state, amount: '10.000', currency: 'EUR', evidenceAt, paymentId: 'a01' },
    ...{ paymentReference: 'PAY1', gatewayReference: 'REF1', ...changes },
  },
})
const judge = (said: ReportLine, match: LedgerMatch) => {
  const { break: found, mends } = judgeLine(compared, said, match)
  return found && [found.kind, mends]
}

describe('one line of a report', () => {
  it.each<[ReportLine['says'], Held['state'], Date | null, unknown]>([
    ['refund_accepted', 'succeeded', before, null],
    ['refund_accepted', 'pending', null, null],
    ['refund_accepted', 'unknown', null, ['other_state', true]],
    ['refund_succeeded', 'succeeded', before, null],
    ['refund_succeeded', 'pending', null, ['other_state', true]],
    ['refund_succeeded', 'failed', before, ['other_state', true]],
    // The failure came later: the report will show it in its own line.
    ['refund_succeeded', 'failed', after, null],
    ['refund_succeeded', 'reversed', after, null],
    ['refund_succeeded', 'rejected', null, ['other_state', false]],
    ['refund_succeeded', 'requested', null, ['other_state', false]],
    ['refund_failed', 'succeeded', before, ['other_state', true]],
    ['refund_reversed', 'succeeded', before, ['other_state', true]],
    ['refund_reversed', 'reversed', before, null],
    // Adyen books a refund that failed late as reversed.
    ['refund_reversed', 'failed', before, null],
  ])('that says %s of a refund that is %s (since %s): %j', (says, state, since, verdict) => {
    expect(judge(line(says), held(state, since))).toEqual(verdict)
  })

  it('with another amount or currency is a break that no evidence mends, except of a whole payment', () => {
    const dearer = line('refund_succeeded', { value: '10.01', currency: 'EUR' })
    expect(judge(dearer, held('succeeded'))).toEqual(['other_amount', false])
    expect(judge(line('refund_succeeded', { value: '10.00', currency: 'USD' }), held('succeeded'))).toEqual([
      'other_currency',
      false,
    ])
    expect(judge(dearer, held('succeeded', before, { kind: 'undo' }))).toBeNull()
    expect(judge(line('refund_succeeded', null), held('succeeded'))).toBeNull()
  })

  it('of which the ledger has nothing matters where money moved; what a webhook told already is not told again', () => {
    expect(judge(line('refund_failed'), NOTHING)).toBeNull()
    expect(judge(line('chargeback_reversed'), NOTHING)).toBeNull()
    for (const says of ['refund_accepted', 'refund_succeeded', 'refund_reversed', 'chargeback'] as const) {
      expect(judge(line(says), NOTHING)).toEqual(['missing_here', true])
      const told = { event: '17', outcome: 'no_such_payment' }
      expect(judge(line(says), { ...NOTHING, told })).toEqual(['missing_here', false])
    }
  })

  it('of a dispute counts by when it was said', () => {
    const dispute = (open: boolean, at: Date, amount = '10.000') => ({
      ...NOTHING,
      ...{ payment: { id: 'a01', currency: 'EUR' }, dispute: { amount, open, at } },
    })
    expect(judge(line('chargeback'), dispute(true, before))).toBeNull()
    expect(judge(line('chargeback'), dispute(false, after))).toBeNull()
    expect(judge(line('chargeback_reversed'), dispute(true, before))).toEqual(['other_state', true])
    expect(judge(line('chargeback'), dispute(true, before, '9.000'))).toEqual(['other_amount', false])
  })
})
