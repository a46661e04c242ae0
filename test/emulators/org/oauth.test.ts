import { generateKeyPairSync } from 'node:crypto'
import { assertion, connect, startOrg } from './org-rig.ts'
import { INTEGRATION_USER, ORG_ID } from './local-people.ts'
import type { LocalOrg } from './server.ts'

describe('logging in to the local org', () => {
  let org: LocalOrg
  beforeAll(async () => {
    org = await startOrg()
  })
  afterAll(() => org.close())

  async function ask(form: Record<string, string>): Promise<{ status: number; body: Record<string, string> }> {
    const answer = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
    return { status: answer.status, body: (await answer.json()) as Record<string, string> }
  }
  const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

  it('lets jsforce in with a signed assertion and says who and where it is', async () => {
    const connection = await connect(org)
    expect(connection.userInfo).toMatchObject({ id: INTEGRATION_USER, organizationId: ORG_ID })
    expect(connection.instanceUrl).toBe(org.url)
    await expect(connection.query('SELECT COUNT() FROM Refund__c')).resolves.toMatchObject({ totalSize: 0 })
  })

  it.each([
    ['signed by somebody else', {}, true, 'invalid_grant', 'invalid assertion'],
    ['for another audience', { aud: 'https://login.example.com' }, false, 'invalid_grant', 'audience is invalid'],
    ['that has expired', { exp: 1_700_000_000 }, false, 'invalid_grant', 'assertion expired'],
    ['that lives for hours', { exp: 4_000_000_000 }, false, 'invalid_grant', 'invalid assertion'],
    ['of another app', { iss: 'other' }, false, 'invalid_client_id', 'client identifier invalid'],
    [
      'for a user who is not connected',
      { sub: 'ava@refund-relay.local' },
      false,
      'invalid_grant',
      "user hasn't approved this consumer",
    ],
  ])('refuses an assertion %s', async (_, claims, foreign, error, description) => {
    const key = foreign ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : undefined
    const answer = await ask({ grant_type: GRANT, assertion: await assertion(org, claims, key) })
    expect(answer).toEqual({ status: 400, body: { error, error_description: description } })
  })

  it('refuses a grant type that the middleware never uses', async () => {
    const answer = await ask({ grant_type: 'password', username: 'x', password: 'y' })
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
  })

  it('refuses a deactivated user at the door and in the middle of a session', async () => {
    const connection = await connect(org)
    org.update('User', INTEGRATION_USER, { IsActive: false })
    await expect(connect(org)).rejects.toMatchObject({ name: 'inactive_user' })
    await expect(connection.query('SELECT COUNT() FROM Refund__c')).rejects.toMatchObject({
      errorCode: 'INVALID_SESSION_ID',
    })
    org.update('User', INTEGRATION_USER, { IsActive: true })
  })

  it('refuses calls once the sessions have expired, and lets in again', async () => {
    const connection = await connect(org)
    org.expireSessions()
    await expect(connection.query('SELECT COUNT() FROM Refund__c')).rejects.toMatchObject({
      errorCode: 'INVALID_SESSION_ID',
    })
    await expect((await connect(org)).query('SELECT COUNT() FROM Refund__c')).resolves.toMatchObject({ totalSize: 0 })
  })
})
