import type { PaymentReference } from '../../../middleware/crm/crm.ts'
import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { parts, startScriptedOrg, subrequests, type ScriptedOrg } from './scripted-org.ts'

const reference = (gatewayReference: string): PaymentReference => ({
  gateway: 'adyen',
  gatewayAccount: 'ShopECOM',
  gatewayReference,
})
const row = (gatewayReference: string, fields: object = {}) => ({
  Id: 'a01000000000001AAA',
  Gateway_Key__c: `adyen:ShopECOM:${gatewayReference}`,
  Amount__c: 120.5,
  Currency__c: 'EUR',
  ...fields,
})

describe('payments found by how the gateway knows them', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())
  async function start(records: readonly unknown[] = [], answer: readonly [number, unknown] | null = null) {
    org = await startScriptedOrg((request) =>
      request.path.endsWith('/composite')
        ? parts(answer ?? [200, { totalSize: records.length, done: true, records }])
        : undefined,
    )
    return new SalesforceCrm(org.settings)
  }
  const calls = () => org.requests.filter(({ path }) => path.endsWith('/composite'))
  const query = () => new URL(subrequests(calls()[0]!)[0]!.url, org.settings.instanceUrl).searchParams.get('q')

  it('are asked for by their unique key, each once, whatever the reference holds', async () => {
    const crm = await start()
    expect(await crm.findPayments(["O'Hara", "O'Hara", '@{x}', '\\', 'b"'].map(reference))).toEqual([])
    expect(query()).toBe(
      'SELECT Id, Gateway_Key__c, Amount__c, Currency__c FROM Payment__c WHERE Gateway_Key__c IN ' +
        "('adyen:ShopECOM:O\\'Hara', 'adyen:ShopECOM:@{x}', 'adyen:ShopECOM:\\\\', 'adyen:ShopECOM:b\\\"')",
    )
    expect(JSON.stringify(calls()[0]!.body)).not.toContain('@{')
  })

  it('are at most 200 in one call, and none are no call', async () => {
    const crm = await start()
    const references = Array.from({ length: 201 }, (_, place) => reference(String(place).padStart(240, '0')))
    await expect(crm.findPayments(references)).rejects.toThrow(RangeError)
    expect(await crm.findPayments([])).toEqual([])
    expect(org.requests).toEqual([])
    expect(await crm.findPayments(references.slice(1))).toEqual([])
    expect(calls()).toHaveLength(1)
  })

  it('are not held back by a reference that no record could hold', async () => {
    const crm = await start([row('A')])
    const odd = ['\u0000', 'x'.repeat(256), '\uD800'].map(reference)
    expect(await crm.findPayments(odd)).toEqual([])
    expect(org.requests).toEqual([])
    expect(await crm.findPayments([...odd, reference('A')])).toHaveLength(1)
    expect(query()).toMatch(/IN \('adyen:ShopECOM:A'\)$/)
  })

  it('carry their amount as decimal text, not as a float would print it', async () => {
    const amounts = [0.1, 1e-3, 1e7, 999999999999.99, 500]
    const crm = await start(amounts.map((Amount__c, place) => row(String(place), { Amount__c })))
    const found = await crm.findPayments(amounts.map((_, place) => reference(String(place))))
    expect(found.map(({ captured }) => captured)).toEqual(['0.1', '0.001', '10000000', '999999999999.99', '500'])
    expect(found[0]).toEqual({
      ...reference('0'),
      paymentId: 'a01000000000001AAA',
      captured: '0.1',
      currency: 'EUR',
    })
  })

  it.each<[string, object]>([
    ['has no amount', row('A', { Amount__c: null })],
    ['has no currency', row('A', { Currency__c: null })],
    ['has an amount that a float cannot tell from its neighbour', row('A', { Amount__c: 9007199254740.993 })],
    ['has a key that differs in case', row('a')],
    ['was not asked for', row('B')],
  ])('leave out a record that %s', async (_, record) => {
    expect(await (await start([record])).findPayments([reference('A')])).toEqual([])
  })

  it.each<[string, string, readonly [number, unknown]]>([
    ['is not visible', 'refused', [400, [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Payment__c'" }]]],
    ['is out of order', 'unavailable', [503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'x' }]]],
    ['answers with an id that is none', 'unavailable', [200, { done: true, records: [row('A', { Id: '../x' })] }]],
    ['answers with text for a number', 'unavailable', [200, { done: true, records: [row('A', { Amount__c: '1' })] }]],
  ])('are not guessed when the object %s', async (_, kind, answer) => {
    const crm = await start([], answer)
    await expect(crm.findPayments([reference('A')])).rejects.toMatchObject({ name: 'CrmError', kind })
  })
})
