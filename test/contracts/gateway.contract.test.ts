import { randomUUID } from 'node:crypto'
import type { Attempt, GatewayAnswer, RefundInstruction } from '../../middleware/gateways/gateway.ts'
import { Money } from '../../middleware/money/money.ts'
import { GATEWAY_RIGS } from './gateway-rigs.ts'
import type { CommonFault, GatewayRig } from './gateway-rigs.ts'

describe.each(GATEWAY_RIGS)('$name keeps the gateway contract', ({ start }) => {
  let rig: GatewayRig
  beforeEach(async () => {
    rig = await start()
  })
  afterEach(() => rig.stop())

  function instructionFor(amount: string, changes: Partial<RefundInstruction> = {}): RefundInstruction {
    const { paymentReference } = rig
    const refund = { refundId: randomUUID(), paymentReference, reason: 'returned' } as const
    const money = { amount: Money.fromDecimal(amount, 'EUR'), alreadyRefunded: Money.zero('EUR') }
    return { ...refund, ...money, ...changes }
  }

  function attemptOf(amount: string, changes: Partial<RefundInstruction> = {}): Attempt {
    const instruction = instructionFor(amount, changes)
    // As it comes back from the database: the same content, not the same object.
    const body = JSON.parse(JSON.stringify(rig.gateway.prepareRefund(instruction))) as Attempt['body']
    return { operation: 'refund', paymentReference: instruction.paymentReference, key: randomUUID(), body }
  }

  const referenceOf = (answer: GatewayAnswer) => ('gatewayReference' in answer ? answer.gatewayReference : null)

  it('asks for the same refund with the same body', () => {
    const instruction = instructionFor('12.34')
    expect(rig.gateway.prepareRefund(instruction)).toEqual(rig.gateway.prepareRefund(instruction))
  })

  it('knows by a harmless call that its credentials are good', async () => {
    expect(await rig.gateway.checkAccess()).toMatchObject({ kind: 'granted', proven: expect.stringMatching(/\S/) })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('moves money once when one attempt is sent twice', async () => {
    const attempt = attemptOf('12.34')
    const first = await rig.gateway.submit(attempt)
    const second = await rig.gateway.submit(attempt)
    expect(referenceOf(first)).not.toBeNull()
    expect(referenceOf(second)).toBe(referenceOf(first))
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it('moves money twice for two equal refunds of one payment', async () => {
    await rig.gateway.submit(attemptOf('10.00'))
    await rig.gateway.submit(attemptOf('10.00', { alreadyRefunded: Money.fromDecimal('10.00', 'EUR') }))
    expect(rig.acceptedRefunds()).toHaveLength(2)
  })

  it.each<CommonFault>([
    'drop_before_accept',
    'drop_after_accept',
    'unreadable_answer',
    'empty_answer',
    'html_500_before',
    'html_500_after',
    'answer_without_reference',
  ])('calls the outcome unknown on %s, and the same attempt then pays once in all', async (fault) => {
    const attempt = attemptOf('5.00')
    rig.faultOnNextRequest(fault)
    expect(await rig.gateway.submit(attempt)).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/\S/) })
    expect(referenceOf(await rig.gateway.submit(attempt))).not.toBeNull()
    expect(rig.acceptedRefunds()).toHaveLength(1)
  })

  it.each<CommonFault>(['http_429'])('knows that nothing was taken on %s', async (fault) => {
    rig.faultOnNextRequest(fault)
    expect(await rig.gateway.submit(attemptOf('5.00'))).toMatchObject({ kind: 'not_taken' })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('knows that nothing was taken when nobody is at the address', async () => {
    await rig.switchOff()
    expect(await rig.gateway.submit(attemptOf('5.00'))).toMatchObject({ kind: 'not_taken' })
  })

  it('refuses for good what the gateway refuses for good', async () => {
    const answer = await rig.gateway.submit(attemptOf('5.00', { paymentReference: 'NOSUCHPAYMENT000' }))
    expect(answer).toMatchObject({ kind: 'rejected', code: 'original_payment_not_found' })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('tells by an event, or by a look-up that the event asks for, what became of the refund', async () => {
    const amount = Money.fromDecimal('12.34', 'EUR')
    const refundId = randomUUID()
    const gatewayReference = referenceOf(await rig.gateway.submit(attemptOf('12.34', { refundId })))
    const events = await rig.events()
    const { paymentReference } = rig
    const event = events.at(-1)!
    expect(event.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(event).toMatchObject({ refundReference: gatewayReference, refundId })
    if (event.kind === 'refund_changed') {
      const found = await rig.gateway.lookUpRefund!({ refundId, paymentReference, gatewayReference, amount })
      expect(found).toMatchObject({ kind: 'found', facts: { gatewayReference, refundId, status: 'succeeded' } })
      expect(found.kind === 'found' && found.facts.amount.equals(amount)).toBe(true)
      return
    }
    expect(events).toHaveLength(1)
    const told = { value: '12.34', currency: 'EUR' }
    expect(event).toMatchObject({ kind: 'refund_succeeded', paymentReference, amount: told })
  })

  it('says with a code that a refund beyond the payment came to nothing, in the answer or by an event', async () => {
    const answer = await rig.gateway.submit(attemptOf('100.01'))
    if (answer.kind !== 'rejected') {
      const [event] = await rig.events()
      expect(event).toMatchObject({ kind: 'refund_failed', refusal: { code: 'refund_exceeds_gateway_balance' } })
      return
    }
    expect(answer.code).toBe('refund_exceeds_gateway_balance')
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('gives the same fact the same identity, and another fact another', async () => {
    await rig.gateway.submit(attemptOf('1.00'))
    await rig.gateway.submit(attemptOf('1.00', { alreadyRefunded: Money.fromDecimal('1.00', 'EUR') }))
    const once = await rig.events()
    const again = await rig.events()
    expect(again.map(({ identity }) => identity)).toEqual(once.map(({ identity }) => identity))
    expect(once.length).toBeGreaterThanOrEqual(2)
    expect(new Set(once.map(({ identity }) => identity)).size).toBe(once.length)
  })

  it('believes nobody who does not know the secrets', async () => {
    const read = async () => rig.gateway.readWebhook({ headers: {}, body: Buffer.from('{}') })
    await expect(read()).rejects.toMatchObject({ code: 'webhook_not_authentic' })
  })
})
