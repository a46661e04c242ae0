import type { Connection } from 'jsforce'
import { until } from '../../until.ts'
import { connect, insertPayment, refundOf, send, startOrg } from './org-rig.ts'
import type { LocalOrg } from './server.ts'

interface RowAnswer {
  success: boolean
  errors: { statusCode: string; message: string }[]
}

describe('faults of the local org, asked for by name', () => {
  let org: LocalOrg
  let connection: Connection
  let payment: string
  beforeEach(async () => {
    org = await startOrg()
    connection = await connect(org)
    payment = await insertPayment(org)
  })
  afterEach(() => org.close())

  const upsert = (count = 1): Promise<RowAnswer[]> =>
    send(connection, 'PATCH', '/composite/sobjects/Refund__c/Refund_Key__c', {
      records: Array.from({ length: count }, (_, n) => ({
        attributes: { type: 'Refund__c' },
        ...refundOf(payment, `k-${n}`),
      })),
    })

  it('down: an HTML page for two requests, then up again', async () => {
    org.faults.set('down', { times: 2 })
    await expect(upsert()).rejects.toMatchObject({ errorCode: 'ERROR_HTTP_503' })
    await expect(upsert()).rejects.toMatchObject({ errorCode: 'ERROR_HTTP_503' })
    expect((await upsert())[0]?.success).toBe(true)
    expect(org.faults.fired('down')).toBe(2)
  })

  it('down: SERVER_UNAVAILABLE until it is cleared', async () => {
    org.faults.set('down', { answer: 'json' })
    await expect(upsert()).rejects.toMatchObject({ errorCode: 'SERVER_UNAVAILABLE' })
    await expect(connect(org)).rejects.toThrow()
    org.faults.clear('down')
    expect((await upsert())[0]?.success).toBe(true)
  })

  it('token_down: log-in fails, sessions live on', async () => {
    org.faults.set('token_down')
    await expect(connect(org)).rejects.toMatchObject({ name: 'server_unavailable' })
    expect((await upsert())[0]?.success).toBe(true)
  })

  it('no_answer: a request hangs until it is cleared, and nothing was written', async () => {
    org.faults.set('no_answer', { times: 1 })
    const asked = expect(upsert()).rejects.toThrow()
    await until(() => expect(org.faults.fired('no_answer')).toBe(1))
    org.faults.clear('no_answer')
    await asked
    expect(org.rows('Refund__c')).toHaveLength(0)
  })

  it('write_then_drop_answer: the rows are there and the answer is lost; once more makes no second row', async () => {
    org.faults.set('write_then_drop_answer', { times: 1 })
    await expect(upsert(3)).rejects.toThrow()
    expect(org.rows('Refund__c')).toHaveLength(3)
    expect((await upsert(3)).every(({ success }) => success)).toBe(true)
    expect(org.rows('Refund__c')).toHaveLength(3)
  })

  it('expire_session: 401 and a new log-in helps', async () => {
    org.faults.set('expire_session', { times: 1 })
    await expect(upsert()).rejects.toMatchObject({ errorCode: 'INVALID_SESSION_ID' })
    connection = await connect(org)
    expect((await upsert())[0]?.success).toBe(true)
  })

  it('request_limit: by order, and when the day is really used up', async () => {
    org.faults.set('request_limit', { times: 1, limit: 'ConcurrentPerOrgLongTxn' })
    await expect(upsert()).rejects.toMatchObject({
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      message: 'ConcurrentPerOrgLongTxn Limit exceeded.',
    })
    org.usage.used = org.usage.limit - 1
    expect((await upsert())[0]?.success).toBe(true)
    expect(connection.limitInfo?.apiUsage).toEqual({ used: 15_000, limit: 15_000 })
    await expect(upsert()).rejects.toMatchObject({ message: 'TotalRequests Limit exceeded.' })
  })

  it('lock_rows: the same share of the rows for the same seed', async () => {
    const locked: number[][] = []
    for (let round = 0; round < 2; round++) {
      org.faults.set('lock_rows', { times: 1, share: 0.3, seed: 7 })
      const answers = await upsert(100)
      locked.push(answers.flatMap(({ success }, place) => (success ? [] : [place])))
      const codes = new Set(answers.flatMap(({ errors }) => errors.map(({ statusCode }) => statusCode)))
      expect([...codes]).toEqual(['UNABLE_TO_LOCK_ROW'])
    }
    expect(locked[0]).toEqual(locked[1])
    expect(locked[0]?.length).toBeGreaterThan(15)
    expect(locked[0]?.length).toBeLessThan(45)
    expect(org.faults.fired('lock_rows')).toBe(2)
  })

  it("refuse_rows: a rule of the customer's own, for the rows that it names", async () => {
    org.faults.set('refuse_rows', { where: (row) => row['Refund_Key__c'] === 'k-1', message: 'October is closed.' })
    const answers = await upsert(3)
    expect(answers.map(({ success }) => success)).toEqual([true, false, true])
    expect(answers[1]?.errors[0]).toMatchObject({
      statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'October is closed.',
    })
  })

  it('instance_moved: tokens name another address', async () => {
    org.faults.set('instance_moved', { times: 1, instanceUrl: 'https://elsewhere.example.com' })
    expect((await connect(org)).instanceUrl).toBe('https://elsewhere.example.com')
  })
})
