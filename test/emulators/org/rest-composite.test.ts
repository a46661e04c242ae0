import type { Connection } from 'jsforce'
import { connect, insertPayment, refundOf, send, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

interface CompositeAnswer {
  compositeResponse: { httpStatusCode: number; referenceId: string; body: unknown }[]
}

const COLLECTION = '/services/data/v64.0/composite/sobjects/Refund__c/Refund_Key__c'

describe('composite requests through jsforce', () => {
  let org: LocalOrg
  let connection: Connection
  beforeAll(async () => {
    org = await startOrg()
    connection = await connect(org)
  })
  afterAll(() => org.close())

  const composite = (compositeRequest: object[], allOrNone = false): Promise<CompositeAnswer> =>
    send(connection, 'POST', '/composite', { allOrNone, compositeRequest })
  const typed = (row: object): object => ({ attributes: { type: 'Refund__c' }, ...row })

  it('writes 1,000 rows of 50 payments in one API call and in less than a second of work', async () => {
    const payments = await Promise.all(Array.from({ length: 50 }, () => insertPayment(org)))
    const rows = Array.from({ length: 1_000 }, (_, n) =>
      typed(refundOf(payments[n % 50] as string, `k-${n}`, { Amount__c: 1.5 })),
    )
    const before = org.apiCalls()
    const began = process.cpuUsage()
    const answer = await composite(
      [0, 1, 2, 3, 4].map((part) => ({
        method: 'PATCH',
        url: COLLECTION,
        referenceId: `part${part}`,
        body: { allOrNone: false, records: rows.slice(part * 200, part * 200 + 200) },
      })),
    )
    // Work, not time on the clock: other tests share the machine.
    const worked = process.cpuUsage(began)
    expect((worked.user + worked.system) / 1_000).toBeLessThan(1_000)
    expect(org.apiCalls() - before).toBe(1)
    const written = answer.compositeResponse.flatMap(({ body }) => body as { success: boolean }[])
    expect(written.filter(({ success }) => success)).toHaveLength(1_000)
    expect(payments.every((id) => org.find('Payment__c', id)?.['Amount_Refunded__c'] === 30)).toBe(true)
    expect(connection.limitInfo?.apiUsage?.limit).toBe(15_000)
  })

  it('lets a later subrequest use what an earlier one answered', async () => {
    const payment = await insertPayment(org)
    const { compositeResponse } = await composite([
      {
        method: 'POST',
        url: '/services/data/v64.0/sobjects/Refund__c',
        referenceId: 'refund',
        body: refundOf(payment, 'ref'),
      },
      {
        method: 'GET',
        url: '/services/data/v64.0/sobjects/Refund__c/@{refund.id}?fields=Name,Stage__c',
        referenceId: 'read',
      },
      { method: 'GET', url: '/services/data/v64.0/sobjects/Refund__c/@{nothing.id}', referenceId: 'lost' },
    ])
    expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 200, 400])
    expect(compositeResponse[1]?.body).toMatchObject({
      Name: expect.stringMatching(/^REF-\d{9}$/) as string,
      Stage__c: 'Refunded',
    })
    expect(compositeResponse[2]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }])
  })

  it('writes nothing when one subrequest of an all-or-none request fails', async () => {
    const payment = await insertPayment(org)
    const part = (referenceId: string, row: object): object => ({
      method: 'PATCH',
      url: COLLECTION,
      referenceId,
      body: { allOrNone: true, records: [typed(row)] },
    })
    const { compositeResponse } = await composite(
      [part('good', refundOf(payment, 'good')), part('bad', refundOf(payment, 'bad', { Stage__c: 'Done' }))],
      true,
    )
    expect(compositeResponse[0]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }])
    expect(org.find('Payment__c', payment)?.['Amount_Refunded__c']).toBe(0)
  })

  it('takes at most 25 subrequests and 5 collections', async () => {
    const part = (n: number): object => ({
      method: 'PATCH',
      url: COLLECTION,
      referenceId: `r${n}`,
      body: { records: [] },
    })
    await expect(composite(Array.from({ length: 6 }, (_, n) => part(n)))).rejects.toMatchObject({
      errorCode: 'LIMIT_EXCEEDED',
    })
    const limits = Array.from({ length: 26 }, (_, n) => ({
      method: 'GET',
      url: '/services/data/v64.0/limits',
      referenceId: `l${n}`,
    }))
    await expect(composite(limits)).rejects.toMatchObject({ errorCode: 'LIMIT_EXCEEDED' })
  })

  it('counts each subrequest of a batch', async () => {
    const before = org.apiCalls()
    const answer = await send<{ hasErrors: boolean; results: { statusCode: number }[] }>(
      connection,
      'POST',
      '/composite/batch',
      {
        batchRequests: [
          { method: 'GET', url: 'v64.0/limits' },
          { method: 'GET', url: 'v64.0/sobjects/Refund__c/a02000000000999AAA' },
        ],
      },
    )
    expect(answer.hasErrors).toBe(true)
    expect(answer.results.map(({ statusCode }) => statusCode)).toEqual([200, 404])
    expect(org.apiCalls() - before).toBe(2)
  })
})
