import { AVA_AGENT, OLU_OBSERVER } from '../local-people.ts'
import { exposureOf, refundOf } from '../org-rig.ts'
import { startControllerRig, type ControllerRig } from './refund-controller-rig.ts'

describe('the history of a payment, as the stand-in of RefundController tells it', () => {
  let rig: ControllerRig
  let payment: string
  beforeAll(async () => {
    rig = await startControllerRig()
  })
  afterAll(() => rig.close())
  beforeEach(async () => {
    payment = await rig.newPayment()
  })

  it('takes the balance from the middleware, and of a refund the higher version', async () => {
    const known = rig.example('payment').body as {
      payment: { refundable: string }
      refunds: { id: string; version: number }[]
    }
    rig.middleware.answers.GET = rig.example('payment')
    const [first] = known.refunds
    const older = refundOf(payment, first?.id ?? '', {
      State_Version__c: (first?.version ?? 1) - 1,
      Stage__c: 'Processing',
    })
    const recordId = await rig.org.insert('Refund__c', older)
    const { body } = await rig.call('getRefundHistory', { paymentId: payment, askMiddleware: true })
    const history = body as { refundable: string; refunds: { refundId: string; requestedAt: string }[] }
    expect(history.refundable).toBe(known.payment.refundable)
    expect(history.refunds).toHaveLength(known.refunds.length)
    expect(history.refunds.find(({ refundId }) => refundId === first?.id)).toMatchObject({
      recordId,
      version: first?.version,
      written: false,
    })
    const times = history.refunds.map(({ requestedAt }) => Date.parse(requestedAt))
    expect(times).toEqual([...times].sort((one, other) => other - one))
  })

  it('shows the history from the records when it is not to ask, or gets no answer', async () => {
    await rig.org.insert(
      'Refund__c',
      refundOf(payment, `line-${payment}`, {
        Reason__c: 'returned',
        Requested_By__c: AVA_AGENT,
        Requested_At__c: '2026-11-20T10:15:30Z',
      }),
    )
    rig.middleware.answers.GET = null
    for (const askMiddleware of [false, true]) {
      const { body } = await rig.call('getRefundHistory', { paymentId: payment, askMiddleware })
      expect(body).toMatchObject({
        refunded: '20.00',
        refunds: [
          {
            written: true,
            reasonLabel: 'Returned',
            requestedByName: 'Ava Agent',
            requestedAt: '2026-11-20T10:15:30.000Z',
          },
        ],
      })
    }
    expect(rig.middleware.received).toHaveLength(1)
  })

  it('shows a viewer the records, and not what could still be refunded', async () => {
    await rig.org.insert('Refund__c', refundOf(payment, `seen-${payment}`))
    await rig.org.insert('Refund_Exposure__c', exposureOf(payment, `twice-${payment}`))
    const asked = { paymentId: payment, askMiddleware: true }
    expect((await rig.call('getRefundHistory', asked, OLU_OBSERVER)).body).toMatchObject({
      refunded: '20.00',
      refundable: null,
      exposure: '20.00',
      exposures: [{ name: expect.stringMatching(/^EXP-/) as string, amount: '20.00', handled: false }],
    })
    expect(rig.middleware.received).toHaveLength(0)
  })

  it('shows the place in the line beside a record that is up to date', async () => {
    const { refund } = rig.example('waiting').body as { refund: { id: string; version: number } }
    const { payment: balance } = rig.example('payment').body as { payment: object }
    rig.middleware.answers.GET = { status: 200, body: { payment: balance, refunds: [refund] } }
    const written = { Stage__c: 'Processing', State_Version__c: refund.version }
    await rig.org.insert('Refund__c', refundOf(payment, refund.id, written))
    expect((await rig.call('getRefundHistory', { paymentId: payment, askMiddleware: true })).body).toMatchObject({
      refunds: [{ written: true, position: 2, waitingSentence: expect.stringContaining('one at a time') as string }],
    })
  })
})
