import { randomUUID } from 'node:crypto'
import { startGoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import type { GoCardlessRig } from '../../../contracts/gateway-rig-gocardless.ts'
import { PAYMENT, TAKEN, answerTo, attempt, error, euros, list } from './gocardless-refunds.ts'
import type { Reply } from './gocardless-refunds.ts'

const conflictWith = (id?: string) =>
  error(409, 'invalid_state', {
    reason: 'idempotent_creation_conflict',
    message: 'A resource has already been created with this idempotency key',
    ...(id !== undefined && { links: { conflicting_resource_id: id } }),
  })
const found = (changes: object = {}): Reply => ({ body: { refunds: { ...TAKEN, ...changes } } })
const STRANGERS = { metadata: { refund: '0195f2a0-0000-7000-8000-000000000002' } }

describe('a key that GoCardless met before', () => {
  it.each([
    ['created', 'pending'],
    ['submitted', 'pending'],
    ['bounced', 'pending'],
    ['paid', 'succeeded'],
  ])('is our own success when it made our refund, now %s', async (status, kind) => {
    const answer = await answerTo(conflictWith('RF1'), { 'GET /refunds/RF1': found({ status }) })
    expect(answer).toEqual({ kind, gatewayReference: 'RF1' })
  })

  it.each([
    ["somebody else's refund of another amount", { ...STRANGERS, amount: 99900 }],
    ["somebody else's refund of another payment", { ...STRANGERS, links: { payment: 'PM2' } }],
    ['an unstamped refund of another payment', { metadata: {}, links: { payment: 'PM2' } }],
  ])('is refused when it made %s', async (_, changes) => {
    const answer = await answerTo(conflictWith('RF1'), { 'GET /refunds/RF1': found(changes) })
    expect(answer).toEqual({
      kind: 'rejected',
      code: 'key_refused_by_gateway',
      gatewayMessage: 'idempotent_creation_conflict: the key made RF1',
    })
  })

  it('is refused when it made something that is no refund', async () => {
    expect(await answerTo(conflictWith('PM77'))).toMatchObject({ kind: 'rejected', code: 'key_refused_by_gateway' })
  })

  it.each([
    ['our stamp, another amount', { amount: 99900 }],
    ['our stamp, another payment', { links: { payment: 'PM2' } }],
    ['our amount and payment, no stamp', { metadata: {} }],
    ["our amount and payment, somebody else's stamp", STRANGERS],
  ])('is left open when nobody can say whose it is: %s', async (_, changes) => {
    const answer = await answerTo(conflictWith('RF1'), { 'GET /refunds/RF1': found(changes) })
    expect(answer).toEqual({ kind: 'unknown', detail: expect.stringContaining('RF1'), answersForAnother: true })
  })

  it.each<[string, Reply]>([
    ['cannot be read', { status: 500, body: '' }],
    ['is not there', error(404, 'invalid_api_usage', { reason: 'resource_not_found' })],
    ['is too much asked for', { status: 429, body: '' }],
  ])('is left open when what it made %s', async (_, reply) => {
    expect(await answerTo(conflictWith('RF1'), { 'GET /refunds/RF1': reply })).toMatchObject({ kind: 'unknown' })
  })

  it('is looked for among the refunds of the payment when GoCardless does not say what it made', async () => {
    const reads = (...items: object[]) => ({ 'GET /refunds': list('refunds', items) })
    expect(await answerTo(conflictWith(), reads(TAKEN))).toEqual({ kind: 'pending', gatewayReference: 'RF1' })
    expect(await answerTo(conflictWith(), reads())).toMatchObject({ kind: 'unknown' })
  })
})

describe('a refusal that our own earlier success may have caused', () => {
  const refusals = [
    ['total_amount_confirmation_invalid', 'invalid_state'],
    ['total_amount_confirmation_invalid', 'validation_failed'],
    ['available_refund_amount_insufficient', 'invalid_state'],
    ['number_of_refunds_exceeded', 'invalid_state'],
    ['refund_payment_invalid_state', 'invalid_state'],
  ] as const
  const refusalFor = ([reason, type]: readonly [string, string]) => error(422, type, { reason, message: 'no' })

  it.each(refusals)('is that success when the payment has a refund with our stamp: %s (%s)', async (...refusal) => {
    const theirs = { ...TAKEN, id: 'RF0', ...STRANGERS }
    const reads = { 'GET /refunds': list('refunds', [theirs, TAKEN]) }
    expect(await answerTo(refusalFor(refusal), reads)).toEqual({ kind: 'pending', gatewayReference: 'RF1' })
  })

  it.each(refusals)('stays open while the list cannot be read: %s (%s)', async (...refusal) => {
    expect(await answerTo(refusalFor(refusal))).toMatchObject({ kind: 'unknown' })
  })

  it('stays open when our stamp is on another amount', async () => {
    const reads = { 'GET /refunds': list('refunds', [{ ...TAKEN, amount: 1 }]) }
    expect(await answerTo(refusalFor(refusals[0]), reads)).toMatchObject({ kind: 'unknown' })
  })

  it('is looked for on every page', async () => {
    const pages = (path: string) =>
      path.includes('after=RF0')
        ? list('refunds', [TAKEN])
        : list('refunds', [{ ...TAKEN, id: 'RF0', ...STRANGERS }], 'RF0')
    const reads = { 'GET /refunds': (request: { path: string | undefined }) => pages(request.path!) }
    expect(await answerTo(refusalFor(refusals[0]), reads)).toEqual({ kind: 'pending', gatewayReference: 'RF1' })
  })

  it('stays open when the list has no end', async () => {
    const reads = { 'GET /refunds': list('refunds', [], 'RF0') }
    expect(await answerTo(refusalFor(refusals[0]), reads)).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('no end'),
    })
  })

  it('keeps the reason of a refusal when the payment is not readable afterwards', async () => {
    const reads = { 'GET /refunds': list('refunds', []), 'GET /payments/PM1': { body: { payments: PAYMENT } } }
    const state = refusalFor(['refund_payment_invalid_state', 'invalid_state'])
    expect(await answerTo(state, reads)).toMatchObject({ kind: 'rejected', code: 'payment_not_captured' })
  })
})

describe.each(['key_before_body', 'body_before_key'] as const)('sent again to a GoCardless that checks %s', (order) => {
  let rig: GoCardlessRig
  let paymentReference: string
  beforeEach(async () => {
    rig = await startGoCardlessRig()
    rig.goCardless.setKeyOrder(order)
    paymentReference = rig.goCardless.addPayment({ amount: 10000, currency: 'EUR', refundOutcome: 'manual' })
  })
  afterEach(() => rig.stop())

  const asked = (amount: string, already = '0.00', refundId: string = randomUUID()) =>
    attempt({
      paymentReference,
      amount: euros(amount),
      alreadyRefunded: euros(already),
      refundId,
    })

  it.each(['12.30', '100.00'])('a success of %s is the same success', async (amount) => {
    const one = asked(amount)
    const first = await rig.gateway.submit(one)
    expect(first).toMatchObject({ kind: 'pending' })
    rig.goCardless.simulate('refund_paid', rig.goCardless.acceptedRefunds()[0]!.id)
    const again = await rig.gateway.submit(one)
    expect(again).toEqual({ ...first, kind: 'succeeded' })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('a success whose answer was lost is found, whatever came after it', async () => {
    const one = asked('12.30')
    rig.goCardless.faultOnNextRequest('drop_after_accept')
    expect(await rig.gateway.submit(one)).toMatchObject({ kind: 'unknown' })
    rig.goCardless.refundInDashboard(paymentReference, 500)
    rig.goCardless.changeCreditor('CR000RELAY', { confirmedFunds: { EUR: 0 } })
    const [taken] = rig.goCardless.acceptedRefunds()
    expect(await rig.gateway.submit(one)).toEqual({ kind: 'pending', gatewayReference: taken!.id })
    expect(rig.acceptedRefunds()).toHaveLength(2)
  })

  it('a success whose answer was lost stays open while nothing can be read', async () => {
    const one = asked('12.30')
    rig.goCardless.faultOnNextRequest('html_500_after')
    await rig.gateway.submit(one)
    for (const fault of ['drop_read', 'html_500_read', 'http_429_read', 'unreadable_read'] as const) {
      rig.goCardless.faultOnNextRead(fault)
      expect(await rig.gateway.submit(one)).toMatchObject({ kind: 'unknown' })
    }
    expect(await rig.gateway.submit(one)).toMatchObject({ kind: 'pending' })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('a key of another refund never stands for this one', async () => {
    await rig.gateway.submit(asked('12.30'))
    const [, other] = [await rig.gateway.submit({ ...asked('3.00', '12.30'), key: 'k' }), asked('4.00', '15.30')]
    expect(await rig.gateway.submit({ ...other, key: 'k' })).toMatchObject({ code: 'key_refused_by_gateway' })
    expect(rig.acceptedRefunds()).toHaveLength(2)
  })

  it('a sum that somebody else changed is refused, and nothing goes out', async () => {
    rig.goCardless.refundInDashboard(paymentReference, 500)
    expect(await rig.gateway.submit(asked('12.30'))).toMatchObject({
      kind: 'rejected',
      code: 'refund_exceeds_gateway_balance',
      gatewayMessage: expect.stringContaining('total_amount_confirmation_invalid'),
    })
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })
})
