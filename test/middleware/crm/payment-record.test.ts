import type { CrmRecord } from '../../../middleware/crm/crm.ts'
import { paymentFields } from '../../../middleware/crm/payment-record.ts'
import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { creditRecord, exposureRecord, paymentRecord, refundRecord } from './crm-records.ts'
import { writableFields } from './deployed-fields.ts'
import {
  isDescribe,
  parts,
  startScriptedOrg,
  subrequests,
  type ScriptedAnswer,
  type ScriptedOrg,
} from './scripted-org.ts'

describe('what is charged back, on a payment that the org holds', () => {
  let org: ScriptedOrg
  afterEach(() => org?.close())
  async function start(script: () => ScriptedAnswer | undefined = () => undefined) {
    org = await startScriptedOrg((request) => (request.path.endsWith('/composite') ? script() : undefined))
    return new SalesforceCrm(org.settings)
  }
  const composites = () => org.requests.filter(({ path }) => path.endsWith('/composite'))
  const paymentId = (place: number) => `a01${String(place).padStart(12, '0')}AAA`
  const refused = (statusCode: string) => ({ success: false, errors: [{ statusCode, message: 'x', fields: [] }] })

  it('is one field that the package deploys, beside the record id', () => {
    const fields = Object.keys(paymentFields(paymentRecord()))
    expect(fields).toEqual(['id', 'Charged_Back__c'])
    expect(writableFields('Payment__c')).toContain('Charged_Back__c')
  })

  it('updates by record id in the one call with the others, and sends nothing else', async () => {
    const crm = await start()
    const others: CrmRecord[] = [refundRecord(), exposureRecord(), creditRecord()]
    const payments = Array.from({ length: 201 }, (_, place) => paymentRecord({ id: paymentId(place) }))
    const records = [payments[0]!, ...others, ...payments.slice(1)]
    expect(await crm.upsert(records)).toEqual(records.map(({ id }) => ({ id, outcome: 'written' })))
    expect(composites()).toHaveLength(1)
    const sent = subrequests(composites()[0]!).filter(({ url }) => url === '/services/data/v64.0/composite/sobjects')
    expect(sent.map(({ method, body }) => [method, body!.allOrNone, body!.records.length])).toEqual([
      ['PATCH', false, 200],
      ['PATCH', false, 1],
    ])
    expect(sent.flatMap(({ body }) => body!.records)).toEqual(
      payments.map(({ id }) => ({ attributes: { type: 'Payment__c' }, id, Charged_Back__c: 12.3 })),
    )
    expect(org.requests.filter(isDescribe).some(({ path }) => path.includes('Payment__c'))).toBe(false)
  })

  it('has a result for each payment: gone ones and refused ones need a person, locked ones pass', async () => {
    const codes = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'INSUFFICIENT_ACCESS_OR_READONLY']
    const answers = [...codes, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'UNABLE_TO_LOCK_ROW'].map(refused)
    const crm = await start(() => parts([200, [...answers, { id: paymentId(5), success: true, errors: [] }]]))
    const results = await crm.upsert(
      answers.concat(answers[0]!).map((_, place) => paymentRecord({ id: paymentId(place) })),
    )
    expect(results.map(({ outcome }) => outcome)).toEqual([...Array(4).fill('person'), 'retry', 'written'])
    expect(results[0]).toMatchObject({ id: paymentId(0), detail: expect.stringContaining('ENTITY_IS_DELETED') })
  })

  it('that cannot be sent as it is does not hold back the others', async () => {
    const crm = await start()
    const wrong = [
      paymentRecord({ id: 'a01' }),
      paymentRecord({ chargedBack: '-1' }),
      paymentRecord({ chargedBack: '1.2345' }),
    ]
    expect(await crm.upsert([...wrong, paymentRecord({ chargedBack: '0' })])).toMatchObject([
      { id: 'a01', outcome: 'person', detail: expect.stringContaining('no record id') },
      { outcome: 'person' },
      { outcome: 'person' },
      { outcome: 'written' },
    ])
  })

  it('is refused as a whole when the org has no such field, and the others are written', async () => {
    const missing = [400, [{ errorCode: 'INVALID_FIELD', message: "No such column 'Charged_Back__c'" }]] as const
    const crm = await start(() => parts(missing, [200, [{ success: true, errors: [] }]]))
    expect(await crm.upsert([paymentRecord(), refundRecord()])).toMatchObject([
      { outcome: 'person', detail: expect.stringContaining('Payment__c cannot be written.') },
      { outcome: 'written' },
    ])
  })
})
