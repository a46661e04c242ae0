import type { CrmRecord } from '../../../middleware/crm/crm.ts'
import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { creditRecord, exposureRecord, paymentRecord, refundRecord } from './crm-records.ts'
import {
  isDescribe,
  parts,
  startScriptedOrg,
  subrequests,
  type ScriptedAnswer,
  type ScriptedOrg,
  type ScriptedRequest,
} from './scripted-org.ts'

const written = (count: number) => Array(count).fill({ success: true, errors: [] })
const times = <Item>(count: number, item: () => Item) => Array.from({ length: count }, item)

describe('records on their way to Salesforce', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())
  async function start(script: (request: ScriptedRequest) => ScriptedAnswer | undefined = () => undefined) {
    org = await startScriptedOrg(script)
    return new SalesforceCrm(org.settings)
  }
  const isComposite = ({ path }: ScriptedRequest) => path.endsWith('/composite')
  const composites = () => org.requests.filter(isComposite)
  const described = () => org.requests.filter(isDescribe).map(({ path }) => path.split('/').at(-2))
  const one = [refundRecord()]

  it('go as one call of five collections, in the order given, and the usage is read', async () => {
    const crm = await start()
    expect(crm.apiUsage).toBeNull()
    const records = times(1000, refundRecord)
    expect(await crm.upsert(records)).toEqual(records.map(({ id }) => ({ id, outcome: 'written' })))
    expect(composites()).toHaveLength(1)
    expect(composites()[0]!.body).toMatchObject({ allOrNone: false, collateSubrequests: false })
    const sent = subrequests(composites()[0]!)
    for (const part of sent) {
      expect(part).toMatchObject({
        method: 'PATCH',
        url: '/services/data/v64.0/composite/sobjects/Refund__c/Refund_Key__c',
        body: { allOrNone: false },
      })
    }
    expect(sent.map(({ body }) => body!.records.length)).toEqual([200, 200, 200, 200, 200])
    expect(sent.flatMap(({ body }) => body!.records.map((row) => row['Refund_Key__c']))).toEqual(
      records.map(({ id }) => id),
    )
    expect(crm.apiUsage).toEqual({ used: 18, limit: 5000 })
  })

  it('of three types go to their own objects in one call, and each result stands where its record stood', async () => {
    const crm = await start((request) => {
      if (!isComposite(request)) return undefined
      const answers = subrequests(request).map(({ url, body }): [number, unknown] => {
        const isCredit = url.includes('Credit__c')
        const errors = [{ statusCode: 'ENTITY_IS_DELETED', message: 'gone', fields: [] }]
        return [200, body!.records.map(() => (isCredit ? { success: false, errors } : { success: true, errors: [] }))]
      })
      return parts(...answers)
    })
    const records: CrmRecord[] = times(150, () => [refundRecord(), exposureRecord(), creditRecord()]).flat()
    records.push(...times(60, refundRecord))
    const results = await crm.upsert(records)
    expect(results.map(({ id }) => id)).toEqual(records.map(({ id }) => id))
    expect(results.map(({ outcome }) => outcome)).toEqual(
      records.map(({ type }) => (type === 'credit' ? 'person' : 'written')),
    )
    expect(composites()).toHaveLength(1)
    const sent = subrequests(composites()[0]!)
    expect(sent.map(({ url, body }) => [url.split('/sobjects/')[1], body!.records.length])).toEqual([
      ['Refund__c/Refund_Key__c', 200],
      ['Refund_Exposure__c/Exposure_Key__c', 150],
      ['Credit__c/Credit_Key__c', 150],
      ['Refund__c/Refund_Key__c', 10],
    ])
    for (const [type, object, key] of [
      ['refund', 'Refund__c', 'Refund_Key__c'],
      ['exposure', 'Refund_Exposure__c', 'Exposure_Key__c'],
      ['credit', 'Credit__c', 'Credit_Key__c'],
    ] as const) {
      const rows = sent.flatMap(({ url, body }) => (url.includes(`/${object}/`) ? body!.records : []))
      expect(rows.map((row) => row[key])).toEqual(records.filter((each) => each.type === type).map(({ id }) => id))
      expect(rows.every((row) => (row['attributes'] as { type: string }).type === object)).toBe(true)
    }
  })

  it('are at most five collections: a sixth is refused before anything is sent', async () => {
    const crm = await start()
    await expect(crm.upsert(times(1001, refundRecord))).rejects.toThrow(RangeError)
    const mixed = [...times(601, refundRecord), creditRecord(), paymentRecord()]
    await expect(crm.upsert(mixed)).rejects.toThrow(RangeError)
    expect(org.requests).toEqual([])
    expect(await crm.upsert(mixed.slice(1))).toHaveLength(602)
    expect(await crm.upsert([])).toEqual([])
    expect(composites()).toHaveLength(1)
  })

  it('carry the record currency only where that object knows that currency, asked once for each', async () => {
    const picklistValues = [
      { value: 'EUR', active: true },
      { value: 'CHF', active: false },
    ]
    const crm = await start((request) =>
      isDescribe(request)
        ? { body: { fields: request.path.includes('Credit__c') ? [] : [{ name: 'CurrencyIsoCode', picklistValues }] } }
        : undefined,
    )
    await Promise.all([crm.upsert(one), crm.upsert([refundRecord({ currency: 'CHF' })])])
    await crm.upsert([refundRecord({ currency: 'JPY', amount: '500' }), creditRecord(), exposureRecord()])
    expect(described().sort()).toEqual(['Credit__c', 'Refund_Exposure__c', 'Refund__c'])
    expect(org.logins()).toBe(1)
    const rows = composites().flatMap((call) => subrequests(call).flatMap(({ body }) => body!.records))
    expect(
      rows
        .filter((row) => 'CurrencyIsoCode' in row)
        .map((row) => [(row['attributes'] as { type: string }).type, row['CurrencyIsoCode']]),
    ).toEqual([
      ['Refund__c', 'EUR'],
      ['Refund_Exposure__c', 'EUR'],
    ])
  })

  it('wait for the description that could not be got, and it is asked for again', async () => {
    let asked = 0
    const crm = await start((request) => (isDescribe(request) && ++asked === 1 ? { status: 503, body: [] } : undefined))
    await expect(crm.upsert(one)).rejects.toMatchObject({ name: 'CrmError', kind: 'unavailable' })
    expect(await crm.upsert(one)).toMatchObject([{ outcome: 'written' }])
  })

  it('that cannot be written exactly do not hold back the others', async () => {
    const crm = await start()
    const results = await crm.upsert([refundRecord({ amount: '1.2345' }), exposureRecord({ amount: 'x' }), ...one])
    expect(results).toMatchObject([
      { outcome: 'person', detail: expect.stringContaining('1.2345') },
      { outcome: 'person' },
      { outcome: 'written' },
    ])
    expect(await crm.upsert([refundRecord({ sentAt: 'x' })])).toMatchObject([{ outcome: 'person' }])
    expect(composites()).toHaveLength(1)
  })

  it('hold no text that refers to other parts of the call', async () => {
    const crm = await start()
    await crm.upsert([refundRecord({ note: 'x@{part0.id}y', gatewayMessage: '@{part0[0].id}' })])
    await crm.upsert([exposureRecord({ explanation: '@@{{part0.id}' })])
    expect(JSON.stringify(composites().map(({ body }) => body))).not.toContain('@{')
  })

  it('are repeated when the org could not take their collection, and the other collections are believed', async () => {
    const crm = await start((request) =>
      isComposite(request)
        ? parts([200, written(200)], [500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }]])
        : undefined,
    )
    const results = await crm.upsert(times(250, refundRecord))
    expect(results.map(({ outcome }) => outcome)).toEqual([...Array(200).fill('written'), ...Array(50).fill('retry')])
  })

  it.each<[string, (request: ScriptedRequest) => ScriptedAnswer | undefined]>([
    [
      'is not deployed',
      (request) =>
        isDescribe(request) && request.path.includes('Credit__c')
          ? { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }] }
          : undefined,
    ],
    [
      'lacks a field',
      (request) =>
        isComposite(request)
          ? parts(
              ...subrequests(request).map(({ url, body }): [number, unknown] =>
                url.includes('Credit__c')
                  ? [400, [{ errorCode: 'INVALID_FIELD', message: "No such column 'Target__c'" }]]
                  : [200, written(body!.records.length)],
              ),
            )
          : undefined,
    ],
  ])('are written although another object %s', async (_, script) => {
    const crm = await start(script)
    expect(await crm.upsert([creditRecord(), ...one])).toMatchObject([
      { outcome: 'person', detail: expect.stringContaining('Credit__c cannot be written.') },
      { outcome: 'written' },
    ])
    // Alone it is the whole call that failed.
    await expect(crm.upsert([creditRecord()])).rejects.toMatchObject({
      name: 'CrmError',
      kind: 'refused',
      message: expect.stringContaining('Credit__c cannot be written.'),
    })
  })
})
