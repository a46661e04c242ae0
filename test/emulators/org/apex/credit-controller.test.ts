import { AVA_AGENT, OLU_OBSERVER } from '../local-people.ts'
import { startOrg } from '../org-rig.ts'
import type { LocalOrg } from '../server.ts'
import { readExamples, startMiddlewareDouble, type MiddlewareDouble } from './middleware-double.ts'

const CREDIT = {
  gateway: 'braintree',
  gatewayAccount: 'refundrelay_eur',
  amount: '25.00',
  currencyCode: 'EUR',
  targetKind: 'stored_method',
  token: 'vault-token-1',
  shopperReference: '',
  iban: null,
  ownerName: null,
  reason: 'other',
  note: ' ',
  idempotencyKey: 'credit-key-1',
}

describe('the stand-ins of CreditController', () => {
  const examples = readExamples()
  let org: LocalOrg
  let middleware: MiddlewareDouble
  beforeEach(async () => {
    middleware = await startMiddlewareDouble()
    org = await startOrg({ middlewareUrl: () => middleware.url })
  })
  afterEach(async () => {
    await org.close()
    await middleware.close()
  })

  async function call(method: string, params: object, userId = AVA_AGENT): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${org.url}/ui/apex/CreditController.${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `user=${userId}` },
      body: JSON.stringify(params),
    })
    return { status: answer.status, body: await answer.json() }
  }

  it('offers each gateway with the places that it can send money to', async () => {
    expect((await call('getCreditForm', {})).body).toMatchObject({
      idempotencyKey: expect.stringMatching(/^[\w-]{8,64}$/) as string,
      accounts: [
        {
          gateway: 'adyen',
          gatewayLabel: 'Adyen',
          targets: [
            { label: 'Stored method', value: 'stored_method' },
            { label: 'Bank account', value: 'bank_account' },
          ],
        },
        { gateway: 'braintree', gatewayLabel: 'Braintree', targets: [{ value: 'stored_method' }] },
      ],
    })
  })

  it('sends what was filled in, under the key of the form', async () => {
    middleware.answers.POST = examples['credit'] ?? null
    expect((await call('requestCredit', CREDIT)).body).toMatchObject({
      stage: 'Sent to gateway',
      amount: '25.00',
      currencyCode: 'EUR',
      gatewayLabel: 'Braintree',
    })
    expect(middleware.received[0]).toMatchObject({
      path: '/v1/credits',
      headers: { 'idempotency-key': 'credit-key-1' },
    })
    expect(middleware.received[0]?.body).toEqual({
      gateway: 'braintree',
      gatewayAccount: 'refundrelay_eur',
      amount: '25.00',
      currency: 'EUR',
      target: { kind: 'stored_method', token: 'vault-token-1' },
      reason: 'other',
    })
  })

  it('refuses in the words of the middleware, or says that pressing again is safe', async () => {
    middleware.answers.POST = examples['credits_off'] ?? null
    const { detail } = examples['credits_off']?.body as { detail: string }
    expect(await call('requestCredit', CREDIT)).toEqual({ status: 400, body: { body: { message: detail } } })
    middleware.answers.POST = null
    const { body } = (await call('requestCredit', CREDIT)).body as { body: { message: string } }
    expect(body.message).toContain('it is the same credit')
  })

  it('is closed to whoever lacks the permission, even to those who may refund', async () => {
    org.setPermission(AVA_AGENT, 'Refunds_Credits', false)
    for (const userId of [AVA_AGENT, OLU_OBSERVER]) {
      for (const method of ['getCreditForm', 'requestCredit']) {
        const { status, body } = await call(method, CREDIT, userId)
        expect(status).toBe(400)
        expect((body as { body: { message: string } }).body.message).toContain('Refunds Credits permission set')
      }
    }
    expect(middleware.received).toHaveLength(0)
  })
})
