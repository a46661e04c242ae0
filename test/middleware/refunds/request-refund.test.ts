import { randomUUID } from 'node:crypto'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { RefundError } from '../../../middleware/errors.ts'
import { openGateway } from '../../../middleware/gateways/registry.ts'
import { Money } from '../../../middleware/money/money.ts'
import { findBalance, findRefund } from '../../../middleware/refunds/refund-store.ts'
import { digestOf, requestRefund } from '../../../middleware/refunds/request-refund.ts'
import type { RefundRequest } from '../../../middleware/refunds/refund-request.ts'
import { ORG_ID, USER_ID } from './ledger-rows.ts'

const gateway = openGateway({
  gateway: 'adyen',
  account: 'RefundRelayECOM',
  org: ORG_ID,
  live: false,
  api: 'checkout',
  credits: false,
  captureMode: 'immediate',
  baseUrl: 'http://127.0.0.1:9',
  apiKey: 'unused',
  webhook: { hmacKeys: ['00'.repeat(32)], username: 'u', passwords: ['p'] },
  timeoutMs: 1_000,
})

describe('requesting a refund', () => {
  let db: FreshDatabase
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())

  let payments = 0
  const paymentOf = (captured: string, currency = 'EUR'): RefundRequest => {
    const number = String(++payments).padStart(12, '0')
    return {
      paymentId: `a01${number}AAA`,
      gatewayAccount: 'RefundRelayECOM',
      gatewayReference: `PSP${number}`,
      captured: Money.fromDecimal(captured, currency),
      amount: null,
      reason: null,
      note: null,
      lineItems: null,
      directDebit: null,
      payerAsked: false,
      undo: false,
    }
  }
  const ask = (request: RefundRequest, key: string = randomUUID(), orgId = ORG_ID) =>
    requestRefund(db.database, gateway, { orgId, userId: USER_ID }, key, request)
  const part = (request: RefundRequest, amount: string): RefundRequest => ({
    ...request,
    amount: Money.fromDecimal(amount, request.captured.currency),
  })
  const codeOf = (asking: Promise<unknown>) =>
    asking.then(
      () => 'stored',
      (error: unknown) => {
        if (!(error instanceof RefundError)) throw error
        return error.code
      },
    )
  const refundable = async (request: RefundRequest) =>
    (await findBalance(db.database, ORG_ID, request.paymentId))?.refundable.toString()
  const stored = async (request: RefundRequest) =>
    (await db.database.query('SELECT id FROM refunds WHERE payment_id = $1', [request.paymentId])).length

  it.each([
    ['voided = true', 'payment_voided'],
    ['refunded = 70', 'amount_exceeds_refundable'],
    ['under_way = 70', 'amount_exceeds_refundable'],
    ['held = 70', 'amount_exceeds_refundable'],
    ['charged_back = 70', 'amount_exceeds_refundable'],
    ['captured = 49.99', 'amount_exceeds_refundable'],
  ])('takes nothing of a payment that bears no more, for one: %s', async (fact, code) => {
    const payment = paymentOf('120.00')
    await ask(part(payment, '20.00'))
    await db.database.query('UPDATE payments SET under_way = 0 WHERE payment_id = $1', [payment.paymentId])
    await db.database.query(`UPDATE payments SET ${fact} WHERE payment_id = $1`, [payment.paymentId])
    expect(await codeOf(ask(part(payment, '50.01')))).toBe(code)
    expect(await stored(payment)).toBe(1)
  })

  it('lets the org lower what was captured with the request that this refuses', async () => {
    const payment = paymentOf('120.00')
    await ask(part(payment, '20.00'))
    const lowered = { ...payment, captured: Money.fromDecimal('60.00', 'EUR') }
    expect(await codeOf(ask(part(lowered, '40.01')))).toBe('amount_exceeds_refundable')
    expect(await codeOf(ask(part(lowered, '40.00')))).toBe('stored')
    expect(await codeOf(ask(part(payment, '0.01')))).toBe('nothing_refundable')
  })

  it('takes everything that is left when no amount is given', async () => {
    const payment = paymentOf('120.50')
    await ask(part(payment, '20.00'))
    const rest = await ask(payment)
    expect(rest.kind === 'new' && rest.job.refund.amount.toString()).toBe('EUR 100.50')
    expect(await refundable(payment)).toBe('EUR 0.00')
  })

  it('stores the exact body for the gateway before anything is sent', async () => {
    const asked = await ask(part(paymentOf('500', 'JPY'), '300'))
    const [attempt] = await db.database.query<{ body: { amount: object }; sends: number }>(
      'SELECT body, sends FROM attempts WHERE refund_id = $1',
      [asked.kind === 'new' ? asked.job.refund.id : ''],
    )
    expect(attempt).toMatchObject({ sends: 1, body: { amount: { value: 300, currency: 'JPY' } } })
  })

  it('tells of a new refund exactly what is stored of it', async () => {
    const asked = await ask({
      ...part(paymentOf('500.00'), '30.50'),
      note: 'a note',
      reason: 'returned',
      lineItems: [{ name: 'shoe', quantity: '1', unitAmount: '30.50', totalAmount: '30.50' }],
    })
    if (asked.kind !== 'new') throw new Error('a key came twice')
    const { refund } = asked.job
    expect(await findRefund(db.database, ORG_ID, refund.id)).toMatchObject(refund)
  })

  it('tells what is left of the payment behind a new refund', async () => {
    const payment = paymentOf('500.00')
    const asked = await ask(part(payment, '30.50'))
    if (asked.kind !== 'new') throw new Error('a key came twice')
    const balance = asked.balance()
    expect([`${balance.underWay}`, `${balance.refundable}`]).toEqual(['EUR 30.50', await refundable(payment)])
  })

  it('writes the digest of a request as it always did, or a key that was used would be refused after an update', () => {
    const payment = { ...paymentOf('500.00'), paymentId: 'a01', gatewayReference: 'PSP1', note: 'a note' }
    const digest = '76a0fd86d5ff17d8f32da8c976c50e69975fce792df32d2f3b4fb603b73b5fa0'
    expect(digestOf(gateway, part(payment, '30.50'))).toBe(digest)
  })

  it('tells the attempt as it will be read should it be sent again', async () => {
    const payment = paymentOf('500.00')
    const asked = await ask(part(payment, '30.50'))
    if (asked.kind !== 'new') throw new Error('a key came twice')
    const { attempt, refund } = asked.job
    const [stored] = await db.database.query(
      'SELECT id, key, operation, body FROM attempts WHERE refund_id = $1 AND sends = 1 AND first_sent_at IS NOT NULL',
      [refund.id],
    )
    expect(attempt).toEqual({ ...stored, paymentReference: payment.gatewayReference })
  })

  it('knows its key again when what was written of it is erased, and still refuses another body', async () => {
    const request = { ...part(paymentOf('500.00'), '30.50'), note: 'a note' }
    const key = randomUUID()
    const asked = await ask(request, key)
    const id = asked.kind === 'new' ? asked.job.refund.id : ''
    await db.database.query(`UPDATE refunds SET state = 'succeeded', due_at = NULL WHERE id = $1`, [id])
    await db.database.query('UPDATE refunds SET crm_version = version, crm_due_at = NULL WHERE id = $1', [id])
    await db.database.query('UPDATE refunds SET erased_at = relay_now() WHERE id = $1', [id])
    expect(await ask(request, key)).toMatchObject({ kind: 'replay', refund: { id, note: null } })
    expect(await codeOf(ask({ ...request, note: 'another' }, key))).toBe('refund_already_requested')
    expect(await stored(request)).toBe(1)
  })

  it('binds nothing when a known key comes with another payment', async () => {
    const key = randomUUID()
    await ask(paymentOf('100.00'), key)
    const other = paymentOf('70.00')
    expect(await codeOf(ask(other, key))).toBe('refund_already_requested')
    expect(await findBalance(db.database, ORG_ID, other.paymentId)).toBeNull()
  })

  it('tells what is left when more is asked for, and stores nothing', async () => {
    const payment = paymentOf('100.00')
    await ask(part(payment, '60.00'))
    await expect(ask(part(payment, '40.01'))).rejects.toMatchObject({
      code: 'amount_exceeds_refundable',
      details: { refundable: 'EUR 40.00' },
    })
    expect(await stored(payment)).toBe(1)
  })

  it('refuses a fully refunded payment', async () => {
    const payment = paymentOf('10.00')
    await ask(payment)
    expect(await codeOf(ask(payment))).toBe('nothing_refundable')
  })

  it('lets exactly the allowed refunds of one payment pass when many come at once', async () => {
    const payment = paymentOf('100.00')
    const codes = await Promise.all(Array.from({ length: 32 }, () => codeOf(ask(part(payment, '9.00')))))
    expect(codes.filter((code) => code === 'stored')).toHaveLength(11)
    expect(codes.filter((code) => code === 'amount_exceeds_refundable')).toHaveLength(21)
    expect(await refundable(payment)).toBe('EUR 1.00')
  })

  it('knows a payment as one when its first refunds come at the same instant', async () => {
    const payments = Array.from({ length: 25 }, () => part(paymentOf('100.00'), '9.00'))
    const codes = await Promise.all(payments.flatMap((payment) => [1, 2, 3, 4].map(() => codeOf(ask(payment)))))
    expect(new Set(codes)).toEqual(new Set(['stored']))
  })

  it('makes one refund of one key, however many send it at once', async () => {
    const payment = part(paymentOf('100.00'), '30.00')
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(payment, key)))
    expect(answers.filter((answer) => answer.kind === 'new')).toHaveLength(1)
    expect(
      new Set(answers.map((answer) => (answer.kind === 'new' ? answer.job.refund.id : answer.refund.id))).size,
    ).toBe(1)
    expect(await stored(payment)).toBe(1)
  })

  it('replays a key also when nothing is left any more', async () => {
    const payment = paymentOf('10.00')
    const key = randomUUID()
    await ask(payment, key)
    expect((await ask(payment, key)).kind).toBe('replay')
  })

  it.each<[string, (request: RefundRequest) => RefundRequest]>([
    ['another amount', (request) => part(request, '31.00')],
    ['another reason', (request) => ({ ...request, reason: 'fraud' })],
    ['another note', (request) => ({ ...request, note: 'changed' })],
  ])('refuses one key with %s, without effect', async (_what, change) => {
    const payment = part(paymentOf('100.00'), '30.00')
    const key = randomUUID()
    await ask(payment, key)
    expect(await codeOf(ask(change(payment), key))).toBe('refund_already_requested')
    expect(await stored(payment)).toBe(1)
  })

  it('does not remember a refusal: the key may be used again', async () => {
    const payment = paymentOf('10.00')
    const key = randomUUID()
    expect(await codeOf(ask(part(payment, '11.00'), key))).toBe('amount_exceeds_refundable')
    expect(await codeOf(ask(part(payment, '9.00'), key))).toBe('stored')
  })

  it('binds a gateway reference to one payment record', async () => {
    const payment = paymentOf('10.00')
    await ask(part(payment, '1.00'))
    expect(await codeOf(ask({ ...part(payment, '1.00'), paymentId: 'a01999999999999AAA' }))).toBe(
      'payment_bound_elsewhere',
    )
  })

  it('refuses a payment record whose gateway reference was changed', async () => {
    const payment = paymentOf('10.00')
    await ask(part(payment, '1.00'))
    expect(await codeOf(ask({ ...part(payment, '1.00'), gatewayReference: 'PSPOTHER' }))).toBe('payment_changed')
  })

  it('never lets a later snapshot raise what was captured', async () => {
    const payment = paymentOf('10.00')
    await ask(part(payment, '1.00'))
    const raised = { ...payment, captured: Money.fromDecimal('1000.00', 'EUR') }
    expect(await codeOf(ask(part(raised, '10.00')))).toBe('amount_exceeds_refundable')
  })

  it('never lets a later snapshot lower what the gateway proved', async () => {
    const payment = paymentOf('10.00')
    await ask(part(payment, '1.00'))
    await db.database.query('UPDATE payments SET captured = 15, captured_proven = 15 WHERE payment_id = $1', [
      payment.paymentId,
    ])
    await ask(part(payment, '1.00'))
    expect(await refundable(payment)).toBe('EUR 13.00')
  })

  it('refuses an amount that the gateway could only take rounded', async () => {
    expect(await codeOf(ask(part(paymentOf('100.00', 'CVE'), '1.50')))).toBe('amount_not_representable')
  })
})
