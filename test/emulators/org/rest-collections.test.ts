import type { Connection } from 'jsforce'
import { connect, insertPayment, refundOf, send, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

interface RowAnswer {
  id?: string
  success: boolean
  created?: boolean
  errors: { statusCode: string; message: string; fields: string[] }[]
}

describe('writing collections of refunds through jsforce', () => {
  let org: LocalOrg
  let connection: Connection
  let payment: string
  let number = 0
  beforeAll(async () => {
    org = await startOrg()
    connection = await connect(org)
  })
  afterAll(() => org.close())
  beforeEach(async () => {
    payment = await insertPayment(org)
  })

  const upsert = (rows: object[], allOrNone = false): Promise<RowAnswer[]> =>
    send(connection, 'PATCH', '/composite/sobjects/Refund__c/Refund_Key__c', {
      allOrNone,
      records: rows.map((row) => ({ attributes: { type: 'Refund__c' }, ...row })),
    })

  it('upserts 200 rows in one API call, and the roll-ups of the payment move', async () => {
    const before = org.apiCalls()
    const rows = Array.from({ length: 200 }, (_, n) => refundOf(payment, `many-${n}`, { Amount__c: 0.5 }))
    const answers = await connection.sobject('Refund__c').upsert(rows, 'Refund_Key__c')
    expect(answers.filter(({ success }) => success)).toHaveLength(200)
    expect(org.apiCalls() - before).toBe(1)
    expect(org.find('Payment__c', payment)).toMatchObject({ Amount_Refunded__c: 100, Refundable_Amount__c: 20.5 })

    const again = await connection.sobject('Refund__c').upsert(
      rows.map((row, n) => ({ ...row, Stage__c: n < 100 ? 'Sent to gateway' : 'Failed', State_Version__c: 2 })),
      'Refund_Key__c',
    )
    expect(again.every((each) => each.success && !(each as RowAnswer).created)).toBe(true)
    expect(org.find('Payment__c', payment)).toMatchObject({
      Amount_Refunded__c: 0,
      Amount_Pending_Refund__c: 50,
      Refundable_Display__c: 'EUR 70.50',
      Amount_Pending_Display__c: 'EUR 50.00',
    })
  })

  it('counts voids and held refunds each in their own roll-up, and neither as refunded', async () => {
    await upsert([
      refundOf(payment, 'void-1', { Kind__c: 'Void', Stage__c: 'Voided', Amount__c: 50 }),
      refundOf(payment, 'held-1', { Stage__c: 'Failed', Held__c: true, Amount__c: 7.25 }),
    ])
    expect(org.find('Payment__c', payment)).toMatchObject({
      Amount_Refunded__c: 0,
      Amount_Pending_Refund__c: 0,
      Amount_Voided__c: 50,
      Amount_Held__c: 7.25,
      Refundable_Amount__c: 63.25,
    })
  })

  it('keeps the whole payment while a void is under way', async () => {
    await upsert([refundOf(payment, 'void-2', { Kind__c: 'Void', Stage__c: 'Sent to gateway', Amount__c: 120.5 })])
    expect(org.find('Payment__c', payment)).toMatchObject({ Amount_Pending_Refund__c: 120.5, Refundable_Amount__c: 0 })
  })

  it('refuses an older state version by the rule, and takes the same and a newer one', async () => {
    await upsert([refundOf(payment, 'older', { State_Version__c: 5 })])
    const [older] = await upsert([refundOf(payment, 'older', { State_Version__c: 4, Stage__c: 'Failed' })])
    expect(older).toEqual({
      success: false,
      errors: [
        {
          statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          message: expect.stringContaining('newer version') as string,
          fields: ['State_Version__c'],
        },
      ],
    })
    expect((await upsert([refundOf(payment, 'older', { State_Version__c: 5 })]))[0]?.success).toBe(true)
    expect((await upsert([refundOf(payment, 'older', { State_Version__c: 6 })]))[0]?.success).toBe(true)
  })

  it('keeps a refund with its payment', async () => {
    await upsert([refundOf(payment, 'moved')])
    const [moved] = await upsert([refundOf(await insertPayment(org), 'moved', { State_Version__c: 2 })])
    expect(moved?.errors[0]).toMatchObject({ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['Payment__c'] })
  })

  it.each([
    [
      'a stage that is not in the picklist',
      { Stage__c: 'Done' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Stage__c',
    ],
    ['a note that is too long', { Note__c: 'x'.repeat(256) }, 'STRING_TOO_LONG', 'Note__c'],
    ['an amount of too many digits', { Amount__c: 1e13 }, 'NUMBER_OUTSIDE_VALID_RANGE', 'Amount__c'],
    ['an id that is none', { Requested_By__c: 'Ava' }, 'MALFORMED_ID', 'Requested_By__c'],
    ['a user who is not there', { Requested_By__c: '005000000000ZZZAAA' }, 'MALFORMED_ID', 'Requested_By__c'],
    ['a user whom nobody knows', { Requested_By__c: '005000000000999AAA' }, 'INVALID_CROSS_REFERENCE_KEY', undefined],
    ['no payment', { Payment__c: null }, 'REQUIRED_FIELD_MISSING', 'Payment__c'],
  ])('refuses %s and writes the other rows', async (_, wrong, statusCode, field) => {
    const key = `bad-${++number}`
    const answers = await upsert([refundOf(payment, `${key}-1`), refundOf(payment, `${key}-2`, wrong)])
    expect(answers[0]?.success).toBe(true)
    expect(answers[1]).toMatchObject({ success: false, errors: [{ statusCode, fields: field ? [field] : [] }] })
  })

  it('refuses a refund of a deleted payment as deleted', async () => {
    org.remove('Payment__c', payment)
    const [answer] = await upsert([refundOf(payment, 'orphan')])
    expect(answer?.errors[0]?.statusCode).toBe('ENTITY_IS_DELETED')
  })

  it('deletes the refunds with their payment', async () => {
    const [written] = await upsert([refundOf(payment, 'gone')])
    org.remove('Payment__c', payment)
    expect(org.find('Refund__c', written?.id ?? '')).toBeUndefined()
  })

  it('tells keys apart by case, and refuses the same key twice in one call', async () => {
    const answers = await upsert([refundOf(payment, 'Case'), refundOf(payment, 'case'), refundOf(payment, 'Case')])
    expect(answers.map(({ success }) => success)).toEqual([true, true, false])
    expect(answers[2]?.errors[0]?.statusCode).toBe('DUPLICATE_VALUE')
  })

  it('writes nothing of an all-or-none collection with one wrong row', async () => {
    const answers = await upsert([refundOf(payment, 'all-1'), refundOf(payment, 'all-2', { Stage__c: 'Done' })], true)
    expect(answers.map(({ errors }) => errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    ])
    expect(org.rows('Refund__c').some(({ Refund_Key__c }) => Refund_Key__c === 'all-1')).toBe(false)
  })

  it('finds the payment by its external id when the row names it so', async () => {
    const { Payment__c: _, ...row } = refundOf(payment, 'by-key')
    const key = org.find('Payment__c', payment)?.['Gateway_Key__c']
    const [found, missing] = await upsert([
      { ...row, Payment__r: { Gateway_Key__c: key } },
      { ...row, Refund_Key__c: 'by-key-2', Payment__r: { Gateway_Key__c: 'adyen:X:none' } },
    ])
    expect(org.find('Refund__c', found?.id ?? '')?.['Payment__c']).toBe(payment)
    expect(missing?.errors[0]?.message).toContain('not found for field Gateway_Key__c')
  })

  it('refuses the whole call for an unknown field, an unreadable number and a 201st row', async () => {
    await expect(upsert([refundOf(payment, 'x', { Card_Number__c: '4111' })])).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    })
    await expect(upsert([refundOf(payment, 'x', { Amount__c: 'twelve' })])).rejects.toMatchObject({
      errorCode: 'JSON_PARSER_ERROR',
    })
    const many = Array.from({ length: 201 }, (_, n) => refundOf(payment, `n-${n}`))
    await expect(upsert(many)).rejects.toMatchObject({ errorCode: 'EXCEEDED_ID_LIMIT' })
  })

  it('keeps amounts of currencies with no and with three decimals exactly, and seconds of times', async () => {
    const yen = await insertPayment(org, { Amount__c: 5000, Currency__c: 'JPY' })
    const dinar = await insertPayment(org, { Amount__c: 12.345, Currency__c: 'KWD' })
    const answers = await upsert([
      refundOf(yen, 'yen', { Amount__c: '500', Currency__c: 'JPY' }),
      refundOf(dinar, 'dinar', { Amount__c: '1.234', Currency__c: 'KWD', Requested_At__c: '2026-11-20T10:15:30.120Z' }),
    ])
    const shown = answers.map(({ id }) => org.find('Refund__c', id ?? ''))
    expect(shown.map((row) => row?.['Amount_Display__c'])).toEqual(['JPY 500', 'KWD 1.234'])
    expect(shown[1]?.['Requested_At__c']).toBe('2026-11-20T10:15:30.000+0000')
    expect(org.find('Payment__c', yen)?.['Refundable_Display__c']).toBe('JPY 4500')
    expect(org.find('Payment__c', dinar)?.['Refundable_Display__c']).toBe('KWD 11.111')
  })
})
