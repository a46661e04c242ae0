import { decodeJwt, decodeProtectedHeader } from 'jose'
import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { refundRecord } from './crm-records.ts'
import {
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
  const one = [refundRecord()]

  it('logs in with a signed assertion for this org, this user and a few minutes', async () => {
    await (await start()).upsert(one)
    const { grant_type, assertion } = org.requests.find(isLogin)!.body as Record<string, string>
    expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    expect(decodeProtectedHeader(assertion!).alg).toBe('RS256')
    const claims = decodeJwt(assertion!)
    expect(claims).toMatchObject({ iss: 'client', sub: 'integration@example.com', aud: org.settings.loginUrl })
    expect(claims.exp! - Date.now() / 1000).toBeLessThanOrEqual(180)
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
  ])('calls %s %s, after at most two logins and without a retry', async (what, kind, script) => {
    // Only where no answer comes: elsewhere a slow machine would have made it one of these.
    const crm = await start(script, what.endsWith('answer') ? 300 : undefined)
    await expect(crm.upsert(one)).rejects.toMatchObject({ name: 'CrmError', kind })
    expect(org.logins()).toBeLessThanOrEqual(2)
    expect(org.requests.length - org.logins()).toBeLessThanOrEqual(2)
  })

  it('never puts its key or its token into an error', async () => {
    const crm = await start((request) =>
      isLogin(request) ? undefined : { status: 500, body: [{ errorCode: 'X', message: 'y' }] },
    )
    const error = (await crm.upsert(one).catch((thrown: unknown) => thrown)) as Error
    expect(`${error.message}${String(error.stack)}${String(error.cause)}`).not.toMatch(/token-\d|PRIVATE KEY/)
    expect(() => new SalesforceCrm({ ...org.settings, privateKey: 'secret text' })).toThrow(
      'Org Scripted: its privateKey is not a private key in PEM form.',
    )
  })
})
