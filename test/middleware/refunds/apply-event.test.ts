import { jest } from '@jest/globals'
import type { Gateway } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import { applyEvent } from '../../../middleware/refunds/apply-event.ts'
import { claimEvents } from '../../../middleware/refunds/gateway-events.ts'
import { findRefundAndBalance } from '../../../middleware/refunds/refund-store.ts'
import { joinPayments } from '../../../middleware/refunds/join-payments.ts'
import { storeEvents } from '../../../middleware/refunds/event-inbox.ts'
import type { Crm, PaymentReference } from '../../../middleware/crm/crm.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { ORG_ID, refundIn } from './ledger-rows.ts'

const ACCOUNT = 'RefundRelayECOM'
const euros = (amount: string) => Money.fromDecimal(amount, 'EUR')

/** A gateway whose events only ask for a look. */
function gatewayWith(look: Partial<Gateway>): Gateway {
  const cannot = () => {
    throw new Error('not part of this test')
  }
  return {
    ...{
      name: 'adyen',
      label: 'The gateway',
      prepareRefund: cannot,
      submit: cannot,
      readWebhook: cannot,
      checkAccess: cannot,
    },
    capabilities: { keyRetentionMs: 0, holdAfterLateFailureMs: 0 },
    ...look,
  }
}

describe('news of a payment', () => {
  let fresh: FreshDatabase
  beforeEach(async () => {
    fresh = await freshDatabase()
  })
  afterEach(async () => {
    jest.useRealTimers()
    await fresh.close()
  })

  async function hear(gateway: Gateway, identity: string, told: { payment: string | null; refund: string | null }) {
    const event = {
      ...{
        identity,
        gatewayKind: 'changed',
        occurredAt: null,
        refundId: null,
        amount: null,
        refusal: null,
        payload: {},
      },
      kind: told.refund === null ? ('payment_changed' as const) : ('refund_changed' as const),
      paymentReference: told.payment,
      refundReference: told.refund,
    }
    await storeEvents(fresh.database, { gateway: gateway.name, account: ACCOUNT, events: [event] })
    const [job] = await claimEvents(fresh.database, 1)
    return applyEvent(fresh.database, gateway, job!)
  }

  it('that asks for a look is believed although another process, whose clock is ahead, looked before it', async () => {
    const { id } = await refundIn(fresh.database, 'pending')
    let status: 'settled' | 'charged_back' = 'settled'
    const gateway = gatewayWith({
      lookUpPayment: () =>
        Promise.resolve({
          kind: 'found',
          facts: {
            ...{ amount: euros('100.00'), status, settlesOn: null, chargedOn: null, wholeOnly: false, obstacle: null },
            refunds: [],
          },
        }),
    })
    const onlyDate = [
      'nextTick',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
      'setInterval',
    ] as const
    jest.useFakeTimers({
      now: Date.now() + 300_000,
      doNotFake: [...onlyDate, 'clearInterval', 'queueMicrotask', 'performance', 'hrtime'],
    })
    await hear(gateway, 'first', { payment: `PSP${id}`, refund: null })
    jest.useRealTimers()
    status = 'charged_back'
    expect(await hear(gateway, 'second', { payment: `PSP${id}`, refund: null })).toBe('applied')
    const [payment] = await fresh.database.query<{ charged_back: string }>('SELECT charged_back FROM payments')
    expect(Number(payment!.charged_back)).toBe(100)
  })

  it('that names only a refund finds the payment by what the look told, when that was never refunded here', async () => {
    const gateway = gatewayWith({
      lookUpRefund: () =>
        Promise.resolve({
          kind: 'found',
          facts: {
            ...{ gatewayReference: 'RF1', paymentReference: 'PM1', refundId: null, refusal: null, occurredAt: null },
            ...{ amount: euros('10.00'), status: 'succeeded' },
          },
        }),
    })
    expect(await hear(gateway, 'made in the console', { payment: null, refund: 'RF1' })).toBe('no_such_payment')
    const asked: PaymentReference[] = []
    const crm: Pick<Crm, 'findPayments'> = {
      findPayments: (references) => {
        asked.push(...references)
        return Promise.resolve([
          { ...references[0]!, paymentId: 'a01000000000001AAA', captured: '100.00', currency: 'EUR' },
        ])
      },
    }
    await joinPayments(fresh.database, crm as Crm, ORG_ID, [{ account: ACCOUNT, orgId: ORG_ID, live: false, gateway }])
    expect(asked.map(({ gatewayReference }) => gatewayReference)).toEqual(['PM1'])
    const [job] = await claimEvents(fresh.database, 1)
    expect(await applyEvent(fresh.database, gateway, job!)).toBe('adopted')
  })

  /** Of a refund that was made elsewhere, in the words of the gateway. */
  async function tell(
    id: string,
    kind: 'refund_accepted' | 'refund_failed_late' | 'refund_succeeded',
    occurredAt: string,
    amount = { value: '10.00', currency: 'EUR' },
  ) {
    const gateway = gatewayWith({})
    const subject = { paymentReference: `PSP${id}`, refundReference: 'RF1', refundId: null, amount, refusal: null }
    const event = { identity: occurredAt, kind, gatewayKind: kind, occurredAt, payload: {}, ...subject }
    await storeEvents(fresh.database, { gateway: gateway.name, account: ACCOUNT, events: [event] })
    const [job] = await claimEvents(fresh.database, 1)
    return applyEvent(fresh.database, gateway, job!)
  }

  it('of a refund made elsewhere, that it succeeded, changes nothing after the news that it failed later', async () => {
    const { id } = await refundIn(fresh.database, 'pending')
    await tell(id, 'refund_failed_late', '2026-03-02T10:00:00.000Z')
    expect(await tell(id, 'refund_succeeded', '2026-03-01T10:00:00.000Z')).toBe('nothing_new')
    expect(await fresh.database.query(`SELECT id FROM refunds WHERE origin = 'gateway_console'`)).toEqual([])
    // Repaired: this word is the latest.
    expect(await tell(id, 'refund_succeeded', '2026-03-04T10:00:00.000Z')).toBe('adopted')
  })

  it('of a refund made elsewhere is stored also when it is in a currency with fewer decimals than its payment', async () => {
    const { id, paymentId } = await refundIn(fresh.database, 'succeeded')
    await fresh.database.query('UPDATE payments SET captured = 100.50 WHERE payment_id = $1', [paymentId])
    const yen = { value: '500', currency: 'JPY' }
    expect(await tell(id, 'refund_accepted', '2026-03-01T10:00:00.000Z', yen)).toBe('adopted')
    expect(await tell(id, 'refund_succeeded', '2026-03-02T10:00:00.000Z', yen)).toBe('applied')
    const [adopted] = await fresh.database.query<{ id: string }>(`SELECT id FROM refunds WHERE currency = 'JPY'`)
    const told = await findRefundAndBalance(fresh.database, ORG_ID, adopted!.id)
    expect(told?.refund.amount.toString()).toBe('JPY 500')
  })
})
