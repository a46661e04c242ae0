import { randomUUID } from 'node:crypto'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { refundAttempt, voidAttempt } from './braintree-attempts.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** So that a refund stays under way for as long as a test runs. */
const slowly = { settleAfterMs: DAY_MS }
const withoutKeys = { merchantAccounts: [{ id: 'refundrelay_eur', currency: 'EUR', keysAllowed: false }] }
const refusedKey = { code: '915234', message: 'The request with this key failed.' }

let rig: BraintreeRig
afterEach(() => rig.stop())

describe('an account that takes keys', () => {
  beforeEach(async () => {
    rig = await startBraintreeRig({}, slowly)
  })

  it('is honoured for 30 days, a day of which is safety', () => {
    expect(rig.gateway.capabilities.keyRetentionMs).toBe(29 * DAY_MS)
  })

  it('waits while the first sending is under way, then gets its answer', async () => {
    const attempt = refundAttempt(rig, '10.00')
    rig.braintree.faultOnNextRequest('slow')
    const first = rig.gateway.submit(attempt)
    await rig.braintree.until('refund accepted')
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'not_taken', retryAfterMs: 5000 })
    rig.braintree.advanceClock(60_000)
    expect(await rig.gateway.submit(attempt)).toEqual(await first)
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('refuses the key of one refund for another', async () => {
    const attempt = refundAttempt(rig, '10.00')
    await rig.gateway.submit(attempt)
    const other = { ...refundAttempt(rig, '20.00'), key: attempt.key }
    expect(await rig.gateway.submit(other)).toMatchObject({ kind: 'rejected', code: 'key_refused_by_gateway' })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('shows a refund that settled in the meantime as what it is now', async () => {
    const attempt = refundAttempt(rig, '10.00')
    await rig.gateway.submit(attempt)
    rig.braintree.advanceClock(DAY_MS)
    await rig.braintree.settleWebhooks()
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'succeeded' })
  })

  it.each(['915234', '915235', '91512', '91521'])('looks up before it believes %s', async (code) => {
    const refundId = randomUUID()
    const first = await rig.gateway.submit(refundAttempt(rig, '10.00', { refundId }))
    rig.braintree.refuseNext({ code, message: 'no' })
    const again = { ...refundAttempt(rig, '10.00', { refundId }), key: randomUUID() }
    expect(await rig.gateway.submit(again)).toEqual(first)
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it.each([
    ['915235', { kind: 'not_taken' }],
    ['91512', { kind: 'rejected', code: 'already_refunded' }],
    ['91521', { kind: 'rejected', code: 'refund_exceeds_gateway_balance' }],
  ])('believes %s when nothing of ours is there', async (code, answer) => {
    rig.braintree.refuseNext({ code, message: 'no' })
    expect(await rig.gateway.submit(refundAttempt(rig, '10.00'))).toMatchObject(answer)
  })

  it('takes the next key where one was used up by a refusal and nothing went out', async () => {
    rig.braintree.refuseNext(refusedKey)
    rig.braintree.refuseNext(refusedKey)
    const attempt = refundAttempt(rig, '10.00')
    const taken = await rig.gateway.submit(attempt)
    expect(taken).toMatchObject({ kind: 'pending' })
    expect(await rig.gateway.submit(attempt)).toEqual(taken)
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })
})

describe.each([
  ['by its settings', { idempotencyKeys: false }, {}],
  ['as its first answer shows (915231)', {}, withoutKeys],
])('an account that takes no keys, %s', (_, changes, options) => {
  beforeEach(async () => {
    rig = await startBraintreeRig(changes, { ...slowly, ...options })
  })

  it('gets a refund without a key', async () => {
    expect(await rig.gateway.submit(refundAttempt(rig, '10.00'))).toMatchObject({ kind: 'pending' })
    expect(rig.gateway.capabilities.keyRetentionMs).toBe(0)
  })

  it('is asked first, so that a refund whose answer was lost is found and not sent again', async () => {
    const attempt = refundAttempt(rig, '10.00')
    await rig.gateway.submit(refundAttempt(rig, '1.00'))
    rig.braintree.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'unknown' })
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'pending' })
    expect(rig.acceptedRefunds()).toHaveLength(2)
  })

  it('gets a payment voided once, and hears that it was', async () => {
    const payment = rig.braintree.addTransaction({ amount: '50.00', status: 'authorized' })
    const attempt = voidAttempt(rig, payment)
    await rig.gateway.submit(refundAttempt(rig, '1.00'))
    rig.braintree.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'unknown' })
    expect(await rig.gateway.submit(attempt)).toEqual({ kind: 'succeeded', gatewayReference: payment })
  })

  it('gets nothing while it cannot be asked', async () => {
    await rig.gateway.submit(refundAttempt(rig, '1.00'))
    rig.braintree.setDown(true)
    expect(await rig.gateway.submit(refundAttempt(rig, '10.00'))).toEqual({
      kind: 'not_taken',
      detail: expect.stringMatching(/^not sent: this account takes no keys, and the look-up failed: /),
    })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })
})
