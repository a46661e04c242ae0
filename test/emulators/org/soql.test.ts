import type { Connection } from 'jsforce'
import { connect, insertPayment, refundOf, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

describe('queries through jsforce', () => {
  let org: LocalOrg
  let connection: Connection
  let euros: string
  let yen: string
  beforeAll(async () => {
    org = await startOrg()
    connection = await connect(org)
    euros = await insertPayment(org, { Payment_Date__c: '2026-10-12', Gateway_Key__c: 'adyen:X:EUR1' })
    yen = await insertPayment(org, {
      Currency__c: 'JPY',
      Amount__c: 5000,
      Voided__c: true,
      Gateway_Key__c: 'adyen:X:JPY1',
    })
    await org.insert('Refund__c', refundOf(euros, 'one', { Amount__c: 10, Reason__c: 'returned' }))
    await org.insert(
      'Refund__c',
      refundOf(euros, 'two', { Amount__c: 30, Stage__c: 'Failed', Error_Code__c: "It's_OFF" }),
    )
    await org.insert(
      'Refund__c',
      refundOf(yen, 'three', { Amount__c: 500, Currency__c: 'JPY', Requested_At__c: '2026-11-20T10:00:00Z' }),
    )
  })
  afterAll(() => org.close())

  async function keys(where: string): Promise<unknown[]> {
    const { records } = await connection.query(`SELECT Refund_Key__c FROM Refund__c ${where}`)
    return records.map((record) => record['Refund_Key__c'])
  }

  it.each([
    ["WHERE Stage__c = 'refunded' ORDER BY Amount__c DESC", ['three', 'one']],
    ["WHERE Stage__c != 'Refunded'", ['two']],
    ["WHERE (Stage__c = 'Failed' OR Reason__c = 'returned') AND Amount__c > 9.5 ORDER BY Name", ['one', 'two']],
    ["WHERE NOT (Stage__c = 'Failed') ORDER BY Name", ['one', 'three']],
    ["WHERE Refund_Key__c IN ('two', 'THREE', 'none')", ['two']],
    ["WHERE Refund_Key__c NOT IN ('two') AND Reason__c = null", ['three']],
    ["WHERE Error_Code__c LIKE 'it_s%'", ['two']],
    ["WHERE Error_Code__c = 'It\\'s_OFF'", ['two']],
    ['WHERE Requested_At__c >= 2026-11-20T11:00:00+01:00', ['three']],
    ['WHERE Requested_At__c < TODAY', ['three']],
    ['WHERE Payment__r.Voided__c = true', ['three']],
    ["WHERE Payment__r.Gateway_Key__c = 'adyen:X:EUR1' ORDER BY Amount__c LIMIT 1 OFFSET 1", ['two']],
    ["WHERE Payment__c IN (SELECT Id FROM Payment__c WHERE Currency__c = 'JPY')", ['three']],
    [
      "WHERE Payment__c IN (SELECT Id FROM Payment__c WHERE Currency__c = 'EUR') AND (Amount__c = 30 OR Amount__c = 500)",
      ['two'],
    ],
    ['ORDER BY Reason__c NULLS LAST, Amount__c DESC', ['one', 'three', 'two']],
  ])('finds %s', async (where, expected) => {
    expect(await keys(where)).toEqual(expected)
  })

  it('finds records by their 15-character ids', async () => {
    expect(await keys(`WHERE Payment__c = '${yen.slice(0, 15)}'`)).toEqual(['three'])
  })

  it('shows parents, children and their absence', async () => {
    const { records } = await connection.query(
      `SELECT Name, Refundable_Display__c, (SELECT Name, Stage__c FROM Refunds__r WHERE Stage__c = 'Failed') FROM Payment__c ORDER BY Name`,
    )
    expect(records).toMatchObject([
      {
        Name: 'PAY-000000001',
        Refundable_Display__c: 'EUR 110.50',
        Refunds__r: { totalSize: 1, records: [{ Stage__c: 'Failed' }] },
      },
      { Name: 'PAY-000000002', Refundable_Display__c: 'JPY 0', Refunds__r: null },
    ])
    const refunds = await connection.query(
      `SELECT Payment__r.Name, Requested_By__r.Name FROM Refund__c WHERE Refund_Key__c = 'one'`,
    )
    expect(refunds.records[0]).toMatchObject({ Payment__r: { Name: 'PAY-000000001' }, Requested_By__r: null })
  })

  it('counts', async () => {
    await expect(
      connection.query(`SELECT COUNT() FROM Refund__c WHERE Payment__c = '${euros}'`),
    ).resolves.toMatchObject({ totalSize: 2 })
    const { records } = await connection.query('SELECT COUNT(Id) refunds FROM Refund__c')
    expect(records[0]).toMatchObject({ refunds: 3 })
  })

  it.each([
    ['SELECT Card_Number__c FROM Refund__c', 'INVALID_FIELD'],
    ['SELECT Id FROM Refund__c WHERE Payment__x.Name = null', 'INVALID_FIELD'],
    ['SELECT Id FROM Voucher__c', 'INVALID_TYPE'],
    ['SELEC Id FROM Refund__c', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Refund__c WHERE Name = 'a' OR Name = 'b' AND Name = 'c'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Refund__c WHERE Name = 'a' OR Payment__c IN (SELECT Id FROM Payment__c)", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Refund__c WHERE Payment__c IN (SELECT Name FROM Payment__c)', 'MALFORMED_QUERY'],
    ['SELECT Stage__c, COUNT(Id) FROM Refund__c GROUP BY Stage__c', 'MALFORMED_QUERY'],
  ])('refuses %s', async (soql, errorCode) => {
    await expect(connection.query(soql)).rejects.toMatchObject({ errorCode })
  })

  it('pages after 2,000 rows, and jsforce follows to the end', async () => {
    const other = await startOrg()
    const client = await connect(other)
    const payment = await insertPayment(other)
    for (let n = 0; n < 4_001; n++) await other.insert('Refund__c', refundOf(payment, `n-${n}`, { Amount__c: 0.01 }))
    const first = await client.query('SELECT Name FROM Refund__c ORDER BY Name')
    expect(first).toMatchObject({ totalSize: 4_001, done: false })
    expect(first.records).toHaveLength(2_000)
    const all = await client
      .query('SELECT Name FROM Refund__c ORDER BY Name')
      .run({ autoFetch: true, maxFetch: 10_000 })
    const records = Array.isArray(all) ? all : all.records
    expect(new Set(records.map((record: { Name?: string }) => record.Name)).size).toBe(4_001)
    await other.close()
  })
})
