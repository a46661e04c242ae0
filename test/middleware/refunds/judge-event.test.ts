import fc from 'fast-check'
import { judgeEvent } from '../../../middleware/refunds/judge-event.ts'
import type { RefundEventKind } from '../../../middleware/refunds/judge-event.ts'
import { ALLOWED_TRANSITIONS } from '../../../middleware/refunds/refund.ts'
import type { RefundState } from '../../../middleware/refunds/refund.ts'

interface Told {
  kind: RefundEventKind
  at: number
}

/** Applies events in the order of their arrival, as apply-event does. */
function afterwards(start: RefundState, events: readonly Told[]): RefundState {
  let state = start
  let restsOn = 0
  for (const { kind, at } of events) {
    const judgement = judgeEvent(kind, state, at > restsOn, at < restsOn)
    if (judgement.kind === 'confirmed') restsOn = at
    if (judgement.kind !== 'move') continue
    for (const next of judgement.through) {
      expect(ALLOWED_TRANSITIONS[state]).toContain(next)
      state = next
    }
    restsOn = at
  }
  return state
}

function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, place) => orders(items.toSpliced(place, 1)).map((rest) => [item, ...rest]))
}

const success = (at: number): Told => ({ kind: 'refund_succeeded', at })
const lateFailure = (at: number): Told => ({ kind: 'refund_failed_late', at })
const reversal = (at: number): Told => ({ kind: 'refund_reversed', at })

describe('judging an event', () => {
  it.each<[string, Told[], RefundState]>([
    ['a success', [success(1)], 'succeeded'],
    ['a refusal', [{ kind: 'refund_failed', at: 1 }], 'failed'],
    ['a success and a failure days later', [success(1), lateFailure(2)], 'failed'],
    ['a success and a failure in the same second', [success(1), lateFailure(1)], 'failed'],
    ['a failure that the gateway repaired', [success(1), lateFailure(2), success(3)], 'succeeded'],
    ['a success that came back', [success(1), reversal(2)], 'reversed'],
    ['each told twice', [success(1), success(1), lateFailure(2), lateFailure(2)], 'failed'],
  ])('comes to the same end in whatever order it arrives: %s', (_what, events, end) => {
    for (const start of ['submitting', 'unknown', 'pending'] as const) {
      for (const order of orders(events)) expect([start, order, afterwards(start, order)]).toEqual([start, order, end])
    }
  })

  it('never leaves the allowed transitions, whatever comes', () => {
    const told = fc.record({
      kind: fc.constantFrom<RefundEventKind>(
        'refund_succeeded',
        'refund_failed',
        'refund_failed_late',
        'refund_reversed',
      ),
      at: fc.integer({ min: 1, max: 5 }),
    })
    const start = fc.constantFrom<RefundState>('submitting', 'unknown', 'pending', 'succeeded', 'failed', 'reversed')
    fc.assert(fc.property(start, fc.array(told, { maxLength: 12 }), (state, events) => void afterwards(state, events)))
  })

  it('changes nothing when it is told again', () => {
    const settled = afterwards('pending', [success(1)])
    expect(judgeEvent('refund_succeeded', settled, false, false)).toEqual({ kind: 'nothing_new' })
  })

  it('never revives a refund by an old event', () => {
    expect(judgeEvent('refund_succeeded', 'failed', false, true)).toEqual({ kind: 'nothing_new' })
    expect(judgeEvent('refund_succeeded', 'reversed', true, false)).toEqual({ kind: 'nothing_new' })
  })

  it('waits with an event of a refund that is not sent yet, and shows one of a refused refund to a person', () => {
    expect(judgeEvent('refund_succeeded', 'requested', true, false)).toEqual({ kind: 'too_early' })
    expect(judgeEvent('refund_succeeded', 'rejected', true, false)).toEqual({ kind: 'contradiction' })
  })
})
