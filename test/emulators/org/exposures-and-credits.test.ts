import type { Connection } from 'jsforce'
import { AVA_AGENT, INTEGRATION_USER } from './local-people.ts'
import { connect, creditOf, exposureOf, insertPayment, startOrg } from './org-rig.ts'
import type { LocalOrg, Record } from './server.ts'

describe('exposures and credits through jsforce', () => {
  let org: LocalOrg
  let connection: Connection
  let payment: string
  beforeEach(async () => {
    org = await startOrg()
    connection = await connect(org)
    payment = await insertPayment(org)
  })
  afterEach(() => org.close())

  const upsertExposures = (rows: readonly Record[]) =>
    connection.sobject('Refund_Exposure__c').upsert([...rows], 'Exposure_Key__c')
  const shownOnPayment = () => org.find('Payment__c', payment)

  it('adds up on the payment what is at risk, and takes it off again when the bank lets go', async () => {
    await upsertExposures([exposureOf(payment, 'one'), exposureOf(payment, 'two', { Amount__c: 5.5 })])
    expect(shownOnPayment()).toMatchObject({ Exposure__c: 25.5, Exposure_Display__c: 'EUR 25.50' })
    const closed = { At_Risk__c: false, Closed_At__c: '2026-11-21T08:00:00Z', State_Version__c: 2 }
    const [answer] = await upsertExposures([exposureOf(payment, 'one', closed)])
    expect(answer).toMatchObject({ success: true, created: false })
    expect(shownOnPayment()).toMatchObject({ Exposure__c: 5.5, Exposure_Display__c: 'EUR 5.50' })
    expect(org.rows('Refund_Exposure__c').map(({ Name }) => Name)).toEqual(['EXP-000000001', 'EXP-000000002'])
  })

  it('leaves what people wrote about an exposure alone', async () => {
    const [answer] = await upsertExposures([exposureOf(payment, 'handled')])
    const id = answer?.id ?? ''
    org.update('Refund_Exposure__c', id, { Handled__c: true, Handling__c: 'Customer paid back' })
    await upsertExposures([exposureOf(payment, 'handled', { At_Risk__c: false, State_Version__c: 2 })])
    expect(org.find('Refund_Exposure__c', id)).toMatchObject({ Handled__c: true, At_Risk__c: false })
    await expect(connection.sobject('Refund_Exposure__c').update({ Id: id, Handled__c: false })).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    })
  })

  it('wants to hear how an exposure ended before it is ticked off', async () => {
    const id = await org.insert('Refund_Exposure__c', exposureOf(payment, 'unsaid'))
    expect(() => org.update('Refund_Exposure__c', id, { Handled__c: true })).toThrow(
      'Say how it ended before you tick it as handled.',
    )
  })

  it.each([
    ['Refund_Exposure__c', 'Exposure_Key__c', () => exposureOf(payment, 'newer', { State_Version__c: 5 })],
    ['Credit__c', 'Credit_Key__c', () => creditOf('newer', { State_Version__c: 5 })],
  ])('keeps the newer version of %s', async (object, key, row) => {
    await connection.sobject(object).upsert([row()], key)
    const [older] = await connection.sobject(object).upsert([{ ...row(), State_Version__c: 4 }], key)
    expect(older).toMatchObject({
      success: false,
      errors: [
        {
          statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          message: expect.stringContaining('newer version') as string,
        },
      ],
    })
  })

  it.each([
    ['Refund_Exposure__c', () => exposureOf(payment, 'x', { Exposure_Key__c: null }), 'not entered by hand'],
    ['Credit__c', () => creditOf('x', { Credit_Key__c: null }), 'not entered by hand'],
  ])('takes no %s without the key of the middleware', async (object, row, sentence) => {
    await expect(connection.sobject(object).create(row())).rejects.toMatchObject({
      errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: expect.stringContaining(sentence) as string,
    })
  })

  it('keeps an exposure with its payment', async () => {
    await upsertExposures([exposureOf(payment, 'stays')])
    const other = await insertPayment(org)
    const [moved] = await upsertExposures([exposureOf(other, 'stays', { State_Version__c: 2 })])
    expect(moved).toMatchObject({ success: false, errors: [{ fields: ['Payment__c'] }] })
  })

  it('shows a credit in the decimals of its own currency', async () => {
    const [answer] = await connection
      .sobject('Credit__c')
      .upsert([creditOf('yen', { Amount__c: 500, Currency__c: 'JPY', Requested_By__c: AVA_AGENT })], 'Credit_Key__c')
    expect(org.find('Credit__c', answer?.id ?? '')).toMatchObject({
      Name: 'CR-000000001',
      Amount_Display__c: 'JPY 500',
      OwnerId: INTEGRATION_USER,
    })
  })
})
