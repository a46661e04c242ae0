import { decodeJwt, decodeProtectedHeader } from 'jose'
import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { refundRecord } from './refund-records.ts'
import {
  isDescribe,
  isLogin,
  startScriptedOrg,
  type ScriptedAnswer,
  type ScriptedOrg,
  type ScriptedRequest,
} from './scripted-org.ts'

type Script = (request: ScriptedRequest, url: string) => ScriptedAnswer | 'hang' | undefined

describe('the Salesforce adapter', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())
  async function start(script: Script = () => undefined, deadlineMs?: number): Promise<SalesforceCrm> {
    org = await startScriptedOrg(script)
    return new SalesforceCrm(org.settings, deadlineMs === undefined ? {} : { deadlineMs })
  }
  const composites = () => org.requests.filter(({ path }) => path.endsWith('/composite'))
  const one = [refundRecord()]

  it('logs in with a signed assertion for this org, this user and a few minutes', async () => {
    await (await start()).upsertRefunds(one)
    const { grant_type, assertion } = org.requests.find(isLogin)!.body as Record<string, string>
    expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    expect(decodeProtectedHeader(assertion!).alg).toBe('RS256')
    const claims = decodeJwt(assertion!)
    expect(claims).toMatchObject({ iss: 'client', sub: 'integration@example.com', aud: org.settings.loginUrl })
    expect(claims.exp! - Date.now() / 1000).toBeLessThanOrEqual(180)
  })

  it('sends 1,000 rows as one call of five collections, in the order given, and reads the usage', async () => {
    const crm = await start()
    expect(crm.apiUsage).toBeNull()
    const records = Array.from({ length: 1000 }, () => refundRecord())
    const results = await crm.upsertRefunds(records)
    expect(results).toEqual(records.map(({ refundId }) => ({ refundId, outcome: 'written' })))
    expect(composites()).toHaveLength(1)
    const { allOrNone, compositeRequest } = composites()[0]!.body as {
      allOrNone: boolean
      compositeRequest: {
        method: string
        url: string
        body: { allOrNone: boolean; records: { Refund_Key__c: string }[] }
      }[]
    }
    expect(allOrNone).toBe(false)
    for (const part of compositeRequest) {
      expect(part).toMatchObject({
        method: 'PATCH',
        url: '/services/data/v64.0/composite/sobjects/Refund__c/Refund_Key__c',
        body: { allOrNone: false },
      })
    }
    expect(compositeRequest.map((part) => part.body.records.length)).toEqual([200, 200, 200, 200, 200])
    expect(compositeRequest.flatMap((part) => part.body.records.map((row) => row.Refund_Key__c))).toEqual(
      records.map(({ refundId }) => refundId),
    )
    expect(crm.apiUsage).toEqual({ used: 18, limit: 5000 })
    await expect(crm.upsertRefunds([...records, refundRecord()])).rejects.toThrow(RangeError)
  })

  it('describes the object once, and sets the record currency only where the org knows that currency', async () => {
    const fields = [
      {
        name: 'CurrencyIsoCode',
        picklistValues: [
          { value: 'EUR', active: true },
          { value: 'CHF', active: false },
        ],
      },
    ]
    const crm = await start((request) => (isDescribe(request) ? { body: { fields } } : undefined))
    await Promise.all([crm.upsertRefunds(one), crm.upsertRefunds([refundRecord({ currency: 'CHF' })])])
    await crm.upsertRefunds([refundRecord({ currency: 'JPY', amount: '500' })])
    expect(org.requests.filter(isDescribe)).toHaveLength(1)
    expect(org.logins()).toBe(1)
    const sent = JSON.stringify(composites().map(({ body }) => body))
    expect(sent.match(/"CurrencyIsoCode":"\w+"/g)).toEqual(['"CurrencyIsoCode":"EUR"'])
  })

  it('asks again for the description that it could not get', async () => {
    let times = 0
    const crm = await start((request) => (isDescribe(request) && ++times === 1 ? { status: 503, body: [] } : undefined))
    await expect(crm.upsertRefunds(one)).rejects.toMatchObject({ name: 'CrmError', kind: 'unavailable' })
    expect(await crm.upsertRefunds(one)).toMatchObject([{ outcome: 'written' }])
  })

  it('keeps a row that cannot be written exactly from holding back the others', async () => {
    const crm = await start()
    const results = await crm.upsertRefunds([refundRecord({ amount: '1.2345' }), ...one])
    expect(results).toMatchObject([
      { outcome: 'person', detail: expect.stringContaining('1.2345') },
      { outcome: 'written' },
    ])
    expect(await crm.upsertRefunds([refundRecord({ sentAt: 'x' })])).toMatchObject([{ outcome: 'person' }])
    expect(composites()).toHaveLength(1)
    expect(await crm.upsertRefunds([])).toEqual([])
  })

  it('lets no text of a row refer to other parts of the call', async () => {
    await (await start()).upsertRefunds([refundRecord({ note: 'x@{rows0.id}y', gatewayMessage: '@{rows0[0].id}' })])
    expect(JSON.stringify(composites()[0]!.body)).not.toContain('@{')
  })

  it.each<[string, string, Script]>([
    [
      'a token for another host',
      'refused',
      (request) =>
        isLogin(request) ? { body: { access_token: 't', instance_url: 'https://evil.example.com' } } : undefined,
    ],
    [
      'a token of another org',
      'refused',
      (request, url) =>
        isLogin(request)
          ? { body: { access_token: 't', instance_url: url, id: `${url}/id/00D000000000009EAA/005000000000003AAA` } }
          : undefined,
    ],
    ['an answer that is no token', 'unavailable', (request) => (isLogin(request) ? { body: {} } : undefined)],
    [
      'a refused assertion',
      'refused',
      (request) =>
        isLogin(request)
          ? { status: 400, body: { error: 'invalid_grant', error_description: 'user hasn’t approved this consumer' } }
          : undefined,
    ],
    [
      'a login that is down',
      'unavailable',
      (request) =>
        isLogin(request) ? { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' } : undefined,
    ],
    [
      'a login that is in trouble',
      'unavailable',
      (request) =>
        isLogin(request) ? { status: 500, body: { error: 'server_error', error_description: 'x' } } : undefined,
    ],
    [
      'an HTML page',
      'unavailable',
      (request) =>
        isLogin(request) ? undefined : { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' },
    ],
    [
      'a success without JSON',
      'unavailable',
      (request) => (isLogin(request) ? undefined : { headers: { 'content-type': 'text/html' }, body: '<html>' }),
    ],
    [
      'a redirect',
      'refused',
      (request) =>
        isLogin(request) ? undefined : { status: 302, headers: { location: 'https://evil.example.com/' }, body: '' },
    ],
    [
      'a session without the API',
      'refused',
      (request) =>
        isLogin(request)
          ? undefined
          : {
              status: 401,
              body: [
                { errorCode: 'INVALID_SESSION_ID', message: 'This session is not valid for use with the REST API' },
              ],
            },
    ],
    [
      'a session that expires at once, always',
      'refused',
      (request) =>
        isLogin(request)
          ? undefined
          : { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }] },
    ],
    [
      'a missing object',
      'refused',
      (request) =>
        isLogin(request)
          ? undefined
          : { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }] },
    ],
    ['no answer', 'unavailable', (request) => (isLogin(request) ? undefined : 'hang')],
    ['a login without an answer', 'unavailable', (request) => (isLogin(request) ? 'hang' : undefined)],
    [
      'fewer results than rows',
      'unavailable',
      (request) =>
        request.path.endsWith('/composite')
          ? { body: { compositeResponse: [{ httpStatusCode: 200, body: [] }] } }
          : undefined,
    ],
    [
      'a field that is not there',
      'refused',
      (request) =>
        request.path.endsWith('/composite')
          ? {
              body: {
                compositeResponse: [
                  { httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD', message: "No such column 'Held__c'" }] },
                ],
              },
            }
          : undefined,
    ],
  ])('calls %s %s, after at most two logins and without a retry', async (_, kind, script) => {
    const crm = await start(script, 300)
    await expect(crm.upsertRefunds(one)).rejects.toMatchObject({ name: 'CrmError', kind })
    expect(org.logins()).toBeLessThanOrEqual(2)
    expect(org.requests.length - org.logins()).toBeLessThanOrEqual(2)
  })

  it('retries the rows of a collection that the org could not take, and believes the others', async () => {
    const crm = await start(({ path }) =>
      path.endsWith('/composite')
        ? {
            body: {
              compositeResponse: [
                { httpStatusCode: 200, body: Array(200).fill({ success: true, errors: [] }) },
                { httpStatusCode: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }] },
              ],
            },
          }
        : undefined,
    )
    const results = await crm.upsertRefunds(Array.from({ length: 250 }, () => refundRecord()))
    expect(results.map(({ outcome }) => outcome)).toEqual([...Array(200).fill('written'), ...Array(50).fill('retry')])
  })

  it('never puts its key or its token into an error', async () => {
    const crm = await start((request) =>
      isLogin(request) ? undefined : { status: 500, body: [{ errorCode: 'X', message: 'y' }] },
    )
    const error = (await crm.upsertRefunds(one).catch((thrown: unknown) => thrown)) as Error
    expect(`${error.message}${String(error.stack)}${String(error.cause)}`).not.toMatch(/token-\d|PRIVATE KEY/)
    expect(() => new SalesforceCrm({ ...org.settings, privateKey: 'secret text' })).toThrow(
      'Org Scripted: its privateKey is not a private key in PEM form.',
    )
  })
})
