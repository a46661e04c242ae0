import type { Connection } from 'jsforce'
import { connect, insertPayment, refundOf, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

describe('single records through jsforce', () => {
  let org: LocalOrg
  let connection: Connection
  beforeAll(async () => {
    org = await startOrg()
    connection = await connect(org)
  })
  afterAll(() => org.close())

  it('creates, reads, changes and upserts a refund', async () => {
    const refunds = connection.sobject('Refund__c')
    const payment = await insertPayment(org)
    const created = await refunds.create(refundOf(payment, 'single', { Stage__c: 'Processing' }))
    expect(created).toMatchObject({ success: true, id: expect.stringMatching(/^a02/) as string })
    const id = created.id ?? ''
    await refunds.update({ Id: id, Stage__c: 'Refunded', State_Version__c: 2 })
    expect(await refunds.retrieve(id)).toMatchObject({ Stage__c: 'Refunded', Amount_Display__c: 'EUR 20.00' })
    const { Refund_Key__c, ...rest } = refundOf(payment, 'single', { State_Version__c: 3 })
    expect(await refunds.upsert({ Refund_Key__c, ...rest }, 'Refund_Key__c')).toMatchObject({ id, success: true })
    const many = await refunds.retrieve([id])
    expect(many[0]).toMatchObject({ State_Version__c: 3, Payment__c: payment })
  })

  it('answers errors as a list with a code, and the fields where there are some', async () => {
    const payment = await insertPayment(org)
    await expect(
      connection.sobject('Refund__c').create(refundOf(payment, 'bad', { Kind__c: 'Gift' })),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      data: { fields: ['Kind__c'] },
    })
    await expect(connection.sobject('Nothing__c').retrieve('a02000000000001AAA')).rejects.toMatchObject({
      errorCode: 'NOT_FOUND',
    })
    await expect(connection.request({ method: 'POST', url: '/sobjects/Refund__c', body: '{' })).rejects.toMatchObject({
      errorCode: 'JSON_PARSER_ERROR',
    })
  })

  it('shows versions, limits and a describe with the types of force-app', async () => {
    expect((await (await fetch(`${org.url}/services/data/`)).json()) as unknown[]).toContainEqual(
      expect.objectContaining({ version: '64.0' }),
    )
    expect((await connection.limits())['DailyApiRequests']).toMatchObject({ Max: 15_000 })
    const { fields } = await connection.sobject('Refund__c').describe()
    const field = (name: string): unknown => fields.find((each) => each.name === name)
    expect(field('Refund_Key__c')).toMatchObject({ externalId: true, unique: true, caseSensitive: true, length: 36 })
    expect(field('Amount__c')).toMatchObject({ type: 'double', precision: 16, scale: 3, createable: true })
    expect(field('Payment__c')).toMatchObject({ type: 'reference', referenceTo: ['Payment__c'], updateable: true })
    expect(field('Amount_Display__c')).toMatchObject({ calculated: true, createable: false })
    expect(field('CurrencyIsoCode')).toBeUndefined()
  })

  it('refuses a payment that breaks a rule of its own, even as the system', async () => {
    await expect(insertPayment(org, { Amount__c: 10.5, Currency__c: 'JPY' })).rejects.toThrow(
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    )
    await expect(insertPayment(org, { Amount__c: null })).rejects.toThrow('Enter an amount')
    const key = 'adyen:RefundRelayECOM:TWICE'
    await insertPayment(org, { Gateway_Key__c: key })
    await expect(insertPayment(org, { Gateway_Key__c: key })).rejects.toThrow('DUPLICATE_VALUE')
  })
})
