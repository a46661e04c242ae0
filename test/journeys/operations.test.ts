import { until } from '../until.ts'
import { refundsCommand } from './refunds-command.ts'
import { AGENT, startWorld } from './world.ts'
import type { World } from './world.ts'

const ADMIN = '005000000000004AAA'
const REASON = 'Found it in the portal as paid'

describe('an operator', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ outcomeDelayMs: 0 })
  })
  afterAll(() => world.close())

  /** npm run refunds -- … */
  const refunds = (...args: string[]) => refundsCommand(world.configPath, ...args)
  /** A refund whose outcome nobody learns by itself. */
  const unknownRefund = async (): Promise<string> => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('drop_after_accept')
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    expect(asked.body.refund.state).toBe('unknown')
    return asked.body.refund.id
  }

  it('sees what needs a person, reads its story and settles it; Salesforce shows it, the audit says who', async () => {
    const id = await unknownRefund()
    await world.later('8 days')
    const row = await until(async () => {
      const { out } = await refunds('list', '--json')
      const found = (JSON.parse(out) as { id: string; code: string }[]).find((item) => item.id === id)
      if (found?.code !== 'gateway_cannot_tell') throw new Error(`not told: ${out}`)
      return found
    })
    expect(row).toMatchObject({ state: 'unknown', amount: '20.00', currency: 'EUR' })
    expect((await refunds('show', id)).out).toMatch(/Sent to the gateway[\s\S]+refund +[0-9a-f-]{36} +\d+ +unknown/)
    const settled = await refunds('settle', id, '--as', 'succeeded', '--reason', REASON)
    expect(settled).toEqual({ code: 0, err: '', out: `${id} is succeeded. Salesforce shows it within seconds.\n` })
    await world.record(id, 'Refunded')
    expect((await refunds('show', id)).out).toMatch(
      /unknown +succeeded +settled by \w+: Found it in the portal as paid/,
    )
    expect((await refunds('list')).out).not.toContain(id)
  })

  it('has a refund asked for again at once, and never pays twice by it', async () => {
    const id = await unknownRefund()
    expect((await refunds('retry', id)).out).toContain('the gateway is asked again')
    await world.record(id, 'Sent to gateway')
    const reference = (await world.get(`/v1/refunds/${id}`)).body.payment
    expect(reference).toMatchObject({ underWay: '20.00' })
  })

  it('has a payment that Salesforce refused written again when its rule is mended', async () => {
    const paid = await world.pay({ amount: { value: 6000, currency: 'EUR' } }, { Amount__c: 60 })
    const asked = await world.request({ ...paid.body, amount: '20.00' })
    await world.record(asked.body.refund.id, 'Refunded')
    world.org.faults.set('refuse_rows', { where: (row) => 'Charged_Back__c' in row, message: 'closed month' })
    world.adyen.chargeback(paid.reference, 1000)
    await until(async () => expect((await refunds('list')).out).toMatch(new RegExp(`${paid.recordId}.+closed month`)))
    world.org.faults.clear('refuse_rows')
    expect((await refunds('retry', paid.recordId)).out).toContain('Salesforce is written again')
    await until(() => expect(world.org.find('Payment__c', paid.recordId)).toMatchObject({ Charged_Back__c: 10 }))
    expect((await refunds('list')).out).not.toContain('closed month')
  })

  it.each([
    [['show', 'nonsense'], /show REFUND: give the id of one refund/],
    [['show', '00000000-0000-4000-8000-000000000000'], /There is no such refund/],
    [['settle', '00000000-0000-4000-8000-000000000000', '--as', 'paid', '--reason', REASON], /as: must be succeeded/],
    [['settle', '00000000-0000-4000-8000-000000000000', '--as', 'failed', '--reason', 'no'], /reason: must say in 8/],
    [
      ['settle', '00000000-0000-4000-8000-000000000000', '--as', 'failed', '--reason', 'card 4111 1111 1111 1111'],
      /looks like a card number/,
    ],
    [['release', '00000000-0000-4000-8000-000000000000', '--reason', REASON], /There is no such refund/],
    [['retry', 'all'], /retry ID: give one id, of a refund, exposure, break or payment/],
    [['retry', 'a01000000000000AAA'], /a01000000000000AAA is not in the ledger/],
    [['replay', '999999'], /there is no event 999999/],
    [['erase', '--payment', 'a01000000000000AAA', '--reason', REASON], /No refund of this payment was ever requested/],
    [
      ['erase', '--payment', 'a01000000000000AAA', '--reason', 'no'],
      /reason: must say in 8 to 255 characters who asked/,
    ],
    [['erase', '--reason', REASON], /erase: give either --payment .* or --credit/],
    [['erase', '--credit', 'all', '--reason', REASON], /credit: must be the id of a credit/],
    [['refund', 'all'], /there is no command "refund"/],
    [['list', '--orgs', 'x'], /--orgs.*see --help/],
  ])('that types %j hears in one line what is wrong', async (args, line) => {
    const { code, out, err } = await refunds(...args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(line)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('settles through the API with the right to, and with no other', async () => {
    const id = await unknownRefund()
    const body = { refundId: id, outcome: 'succeeded', reason: REASON }
    const settle = (user: string, changes: object = {}) =>
      world.post('/v1/settlements', { ...body, ...changes }, { user })
    expect(await settle(AGENT)).toMatchObject({ status: 403, body: { code: 'settlements_not_permitted' } })
    expect(await settle(ADMIN, { outcome: 'rejected' })).toMatchObject({ status: 422, body: { field: 'outcome' } })
    expect(await settle(ADMIN, { reason: 'see 4111111111111111' })).toMatchObject({
      status: 422,
      body: { code: 'card_number_in_text' },
    })
    expect(await settle(ADMIN, { refundId: '00000000-0000-4000-8000-000000000000' })).toMatchObject({ status: 404 })
    expect(await settle(ADMIN)).toMatchObject({ status: 200, body: { id, state: 'succeeded', stage: 'Refunded' } })
    expect(await settle(ADMIN)).toMatchObject({ status: 409, body: { code: 'settlement_not_possible' } })
    await world.record(id, 'Refunded')
  })
})
