import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, readConfig } from '../../middleware/config.ts'

describe('the configuration', () => {
  const directory = mkdtempSync(join(tmpdir(), 'refund-relay-config-'))
  beforeAll(() => writeFileSync(join(directory, 'secret'), 'ab'.repeat(32) + '\n'))
  afterAll(() => rmSync(directory, { recursive: true }))

  const secret = () => ({ file: join(directory, 'secret') })
  const good = () => ({
    server: { audience: 'relay' },
    database: { url: secret() },
    orgs: [
      {
        id: '00D000000000001EAA',
        name: 'Org',
        sandbox: true,
        loginUrl: 'https://login.example.com',
        instanceUrl: 'https://org.example.com',
        clientId: 'client',
        username: 'integration@example.com',
        privateKey: secret(),
        requestCertificates: [secret()],
      },
    ],
    gatewayAccounts: [
      {
        gateway: 'adyen',
        account: 'ExampleECOM',
        org: '00D000000000001EAA',
        live: false,
        baseUrl: 'https://checkout-test.adyen.com',
        apiKey: secret(),
        webhook: { hmacKeys: [secret()], username: 'relay', passwords: [secret()] },
      },
    ],
  })
  const read = (place?: string, value?: unknown) => {
    const config: object = good()
    if (place !== undefined) put(config, place.split('.'), value)
    const path = join(directory, 'config.json')
    writeFileSync(path, JSON.stringify(config))
    try {
      return readConfig(path)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return (error as ConfigError).message
    }
  }

  it('is completed with what was left out', () => {
    expect(read()).toMatchObject({
      server: { host: '127.0.0.1', port: 3000 },
      orgs: [{ apiVersion: '64.0', permissionSet: 'Refunds', creditsPermissionSet: 'Refunds_Credits' }],
      gatewayAccounts: [{ apiKey: 'ab'.repeat(32), timeoutMs: 30_000 }],
    })
  })

  it.each<[string, string, unknown, RegExp]>([
    ['an unknown field', 'sever', {}, /sever/],
    ['a missing field', 'orgs.0.username', undefined, /orgs\.0\.username/],
    ['a secret written out', 'gatewayAccounts.0.apiKey', 'canary', /apiKey: must be \{"env"/],
    ['a secret that is nowhere', 'gatewayAccounts.0.apiKey', { env: 'NO_SUCH_SECRET' }, /NO_SUCH_SECRET is empty/],
    ['a secret in no file', 'orgs.0.privateKey', { file: '/nowhere' }, /privateKey: file \/nowhere: ENOENT/],
    ['plain http to another machine', 'orgs.0.loginUrl', 'http://login.example.com', /loginUrl: must be https/],
    ['a gateway that does not exist', 'gatewayAccounts.0.gateway', 'nobody', /gatewayAccounts\.0\.gateway/],
    [
      'a test account at a live address',
      'gatewayAccounts.0.baseUrl',
      'https://x-checkout-live.adyenpayments.com',
      /baseUrl/,
    ],
    ['an org id of 15 characters', 'orgs.0.id', '00D000000000001', /orgs\.0\.id/],
    [
      'an account of an org that is not configured',
      'gatewayAccounts.0.org',
      '00D000000000009EAA',
      /gatewayAccounts\.0\.org/,
    ],
    ['one account twice', 'gatewayAccounts.1', good().gatewayAccounts[0], /gatewayAccounts\.1/],
  ])('%s is named, and no secret is shown', (_what, place, value, named) => {
    const message = read(place, value)
    expect(message).toMatch(named)
    expect(message).not.toContain('canary')
  })

  it('that is no JSON is named', () => {
    const path = join(directory, 'broken.json')
    writeFileSync(path, '{')
    expect(() => readConfig(path)).toThrow(/broken\.json cannot be read as JSON/)
  })
})

function put(config: object, [name, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) return void Reflect.set(config, name!, value)
  put(Reflect.get(config, name!) as object, rest, value)
}
