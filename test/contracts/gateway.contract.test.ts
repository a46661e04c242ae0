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

  function instructionFor(amount: string, refundId: string = randomUUID()): RefundInstruction {
    const money = Money.fromDecimal(amount, 'EUR')
    const { paymentReference } = rig
    return { refundId, paymentReference, amount: money, alreadyRefunded: Money.zero('EUR'), reason: 'returned' }
  }

  function attemptOf(amount: string, refundId?: string): Attempt {
    const body = rig.gateway.prepareRefund(instructionFor(amount, refundId))
    // As it comes back from the database: the same content, not the same object.
    const stored = JSON.parse(JSON.stringify(body)) as Attempt['body']
    return { operation: 'refund', paymentReference: rig.paymentReference, key: randomUUID(), body: stored }
  }

  const referenceOf = (answer: GatewayAnswer) => ('gatewayReference' in answer ? answer.gatewayReference : null)

  it('asks for the same refund with the same body', () => {
    const instruction = instructionFor('12.34')
    expect(rig.gateway.prepareRefund(instruction)).toEqual(rig.gateway.prepareRefund(instruction))
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
    await rig.gateway.submit(attemptOf('10.00'))
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
    const attempt = { ...attemptOf('5.00'), paymentReference: 'NOSUCHPAYMENT000' }
    const answer = await rig.gateway.submit(attempt)
    expect(answer).toMatchObject({ kind: 'rejected', code: 'original_payment_not_found' })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('tells by an event what became of the refund, and recognises it', async () => {
    const refundId = randomUUID()
    const answer = await rig.gateway.submit(attemptOf('12.34', refundId))
    expect(await rig.events()).toEqual([
      expect.objectContaining({
        kind: 'refund_succeeded',
        paymentReference: rig.paymentReference,
        refundReference: referenceOf(answer),
        refundId,
        amount: { value: '12.34', currency: 'EUR' },
        occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      }),
    ])
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
    await rig.gateway.submit(attemptOf('1.00'))
    const once = await rig.events()
    const again = await rig.events()
    expect(again.map(({ identity }) => identity)).toEqual(once.map(({ identity }) => identity))
    expect(new Set(once.map(({ identity }) => identity)).size).toBe(2)
  })

  it('believes nobody who does not know the secrets', async () => {
    const read = async () => rig.gateway.readWebhook({ headers: {}, body: Buffer.from('{}') })
    await expect(read()).rejects.toMatchObject({ code: 'webhook_not_authentic' })
  })
})
