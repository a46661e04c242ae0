import { readDecline } from '../../../../middleware/gateways/braintree/braintree-transaction.ts'
import { Money } from '../../../../middleware/money/money.ts'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { startScriptedServer } from '../scripted-server.ts'
import type { ScriptedServer } from '../scripted-server.ts'
import { refundAttempt } from './braintree-attempts.ts'

let rig: BraintreeRig
beforeEach(async () => {
  rig = await startBraintreeRig()
})
afterEach(() => rig.stop())

const refused = async (...codes: string[]) => {
  rig.braintree.refuseNext(...codes.map((code) => ({ code, message: `text of ${code}`, field: 'amount' })))
  return rig.gateway.submit(refundAttempt(rig, '10.00'))
}

describe('a validation error of Braintree, in our codes', () => {
  it.each([
    ['91506', 'payment_not_settled'],
    ['91512', 'already_refunded'],
    ['91521', 'refund_exceeds_gateway_balance'],
    ['91505', 'gateway_refused'],
    ['91563', 'escrow_in_full_only'],
    ['91538', 'gateway_account_suspended'],
    ['91559', 'gateway_account_suspended'],
    ['91514', 'gateway_account_suspended'],
    ['91547', 'refunds_not_enabled'],
    ['91546', 'credits_not_enabled'],
    ['91552', 'request_refused_by_gateway'],
    ['91513', 'gateway_account_wrong'],
    ['91501', 'request_refused_by_gateway'],
    ['91518', 'request_refused_by_gateway'],
    ['81501', 'request_refused_by_gateway'],
    ['81502', 'request_refused_by_gateway'],
    ['81503', 'request_refused_by_gateway'],
    ['81528', 'request_refused_by_gateway'],
    ['81531', 'request_refused_by_gateway'],
    ['815193', 'request_refused_by_gateway'],
    ['915157', 'request_refused_by_gateway'],
    ['915158', 'request_refused_by_gateway'],
    ['95801', 'request_refused_by_gateway'],
    ['95833', 'request_refused_by_gateway'],
    ['915200', 'bank_declined_hard'],
    ['915201', 'bank_declined_soft'],
    ['915230', 'request_refused_by_gateway'],
    ['915232', 'key_refused_by_gateway'],
    ['91504', 'void_too_late'],
    ['99999', 'gateway_refused'],
  ])('%s is %s', async (code, ours) => {
    expect(await refused(code)).toEqual({ kind: 'rejected', code: ours, gatewayMessage: `${code} text of ${code}` })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('shows all of them, and is called by the one that an agent can act on', async () => {
    expect(await refused('81503', '91563', '91501')).toEqual({
      kind: 'rejected',
      code: 'escrow_in_full_only',
      gatewayMessage: '81503 text of 81503; 91563 text of 91563; 91501 text of 91501',
    })
  })

  it('is found however deep it stands', async () => {
    rig.braintree.refuseNext(
      { code: '91521', message: 'Too large.', field: 'amount' },
      { code: '95823', message: 'Name is too long.', field: 'line_items.index_0.name' },
    )
    const answer = await rig.gateway.submit(refundAttempt(rig, '10.00'))
    expect(answer).toMatchObject({
      code: 'refund_exceeds_gateway_balance',
      gatewayMessage: expect.stringMatching(/^91521 Too large\.; 95823 Name is too long\.$/),
    })
  })

  it('waits, and says why, while the payment settles (91574)', async () => {
    expect(await refused('91574')).toMatchObject({
      kind: 'not_taken',
      waitingFor: 'payment_not_settled',
      retryAfterMs: expect.any(Number),
    })
  })

  it('does not wait where something else is wrong as well', async () => {
    expect(await refused('91574', '91513')).toMatchObject({ kind: 'rejected', code: 'gateway_account_wrong' })
  })

  it('waits while its key is in flight (915233)', async () => {
    expect(await refused('915233')).toMatchObject({ kind: 'not_taken', retryAfterMs: 5000 })
  })
})

describe('a decline', () => {
  beforeEach(() => {
    rig.braintree.addTransaction({ id: 'large', amount: '9000.00' })
  })
  const refund = (amount: string) => rig.gateway.submit(refundAttempt(rig, amount, { paymentReference: 'large' }))

  it.each([
    ['2004.00', 'hard', 'bank_declined_hard', '2004 Expired Card 2004 : Expired Card'],
    ['2057.00', 'soft', 'bank_declined_soft', '2057 Issuer or Cardholder has put a restriction on the card'],
    ['3000.00', 'of the network', 'bank_declined_soft', '3000 Processor Network Unavailable - Try Again'],
  ])('of %s, %s, is %s, with code and text', async (amount, _, code, gatewayMessage) => {
    expect(await refund(amount)).toEqual({ kind: 'rejected', code, gatewayMessage })
    expect(rig.acceptedRefunds()).toHaveLength(0)
  })

  it('that is soft and settled all the same (1005) is under way', async () => {
    expect(await refund('2046.00')).toMatchObject({ kind: 'pending' })
  })

  it('of the settlement is found by looking the refund up', async () => {
    const refundId = '0198a000-0000-7000-8000-000000000001'
    const asked = { paymentReference: 'large', refundId }
    const attempt = refundAttempt(rig, '4001.00', asked)
    const answer = await rig.gateway.submit(attempt)
    const gatewayReference = 'gatewayReference' in answer ? answer.gatewayReference : null
    await rig.braintree.settleWebhooks()
    const amount = Money.fromDecimal('4001.00', 'EUR')
    expect(await rig.gateway.lookUpRefund({ ...asked, gatewayReference, amount })).toMatchObject({
      kind: 'found',
      facts: {
        status: 'failed',
        refusal: { code: 'settlement_declined', gatewayMessage: '4001 Settlement Declined' },
      },
    })
  })
})

describe('what a bank or PayPal says besides "declined"', () => {
  const silent = {
    processorResponseCode: null,
    processorResponseText: null,
    processorResponseType: null,
    additionalProcessorResponse: null,
    processorSettlementResponseCode: null,
    processorSettlementResponseText: null,
  }

  it.each([
    ['2037', 'already_refunded'],
    ['2065', 'refund_period_over'],
    ['2090', 'refund_exceeds_gateway_balance'],
    ['2095', 'refund_exceeds_gateway_balance'],
    ['2999', 'bank_declined_hard'],
  ])('%s is %s', (processorResponseCode, code) => {
    const declined = { ...silent, status: 'processor_declined', processorResponseType: 'hard_declined' }
    expect(readDecline({ ...declined, processorResponseCode })).toMatchObject({
      code,
      gatewayMessage: expect.stringContaining(processorResponseCode),
    })
  })

  it.each([
    ['4001', 'settlement_declined'],
    ['4003', 'settlement_declined'],
    ['4004', 'already_refunded'],
    ['4005', 'settlement_declined'],
    ['4006', 'settlement_declined'],
    ['4018', 'settlement_declined'],
    ['4019', 'payment_disputed'],
    ['4020', 'too_many_refunds'],
  ])('%s, when it is settled, is %s', (processorSettlementResponseCode, code) => {
    const declined = { ...silent, status: 'settlement_declined', processorSettlementResponseCode }
    expect(readDecline(declined)).toMatchObject({ code })
  })
})

describe('a call that fails', () => {
  // Closed also where a test fails: an open server would keep the whole run from ending.
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
  })
  async function scripted(answer: Parameters<typeof startScriptedServer>[0]): Promise<ScriptedServer> {
    const server = await startScriptedServer(answer)
    closers.push(() => server.close())
    return server
  }
  async function rigAt({ url }: ScriptedServer, timeoutMs = 2000): Promise<BraintreeRig> {
    const other = await startBraintreeRig({ environment: { baseUrl: url }, timeoutMs })
    closers.push(() => other.stop())
    return other
  }

  it.each([
    [401, { kind: 'rejected', code: 'gateway_credentials_refused' }],
    [403, { kind: 'rejected', code: 'gateway_credentials_refused' }],
    [404, { kind: 'rejected', code: 'original_payment_not_found' }],
    [426, { kind: 'rejected', code: 'request_refused_by_gateway' }],
    [429, { kind: 'not_taken' }],
    [302, { kind: 'unknown' }],
    [400, { kind: 'unknown' }],
    [408, { kind: 'unknown' }],
    [500, { kind: 'unknown' }],
    [502, { kind: 'unknown' }],
    [503, { kind: 'unknown' }],
    [504, { kind: 'unknown' }],
  ])('with HTTP %d is %o', async (status, answer) => {
    const server = await scripted((response) => response.writeHead(status).end('<html>no</html>'))
    const other = await rigAt(server)
    expect(await other.gateway.submit(refundAttempt(other, '10.00'))).toMatchObject(answer)
  })

  it('without an answer in time is unknown', async () => {
    const server = await scripted(() => undefined)
    const other = await rigAt(server, 50)
    expect(await other.gateway.submit(refundAttempt(other, '10.00'))).toMatchObject({ kind: 'unknown' })
  })

  it('whose answer trickles in is given up at the deadline', async () => {
    const server = await scripted((response) => {
      response.writeHead(201, { 'content-type': 'application/xml' })
      const timer = setInterval(() => response.write(' '), 10)
      response.once('close', () => clearInterval(timer))
    })
    const other = await rigAt(server, 100)
    expect(await other.gateway.submit(refundAttempt(other, '10.00'))).toEqual({
      kind: 'unknown',
      detail: 'unreadable no whole answer within 100 ms',
    })
  })
})
