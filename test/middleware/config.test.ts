import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, readConfig, refuseUnsafeEnvironment } from '../../middleware/config.ts'

describe('the configuration', () => {
  const directory = mkdtempSync(join(tmpdir(), 'refund-relay-config-'))
  const secret = (name: string, value: string, mode = 0o600) => {
    const file = join(directory, name)
    writeFileSync(file, `${value}\n`, { mode })
    return { file }
  }
  const rsa = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits })
  const pem = (key: KeyObject) =>
    key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString()
  const own = rsa()
  const files = {
    databaseUrl: secret('database-url', 'postgres://relay:none@127.0.0.1/relay'),
    privateKey: secret('org.key', pem(own.privateKey)),
    ownCertificate: secret('own.crt', pem(own.publicKey)),
    certificate: secret('org.crt', pem(rsa().publicKey), 0o644),
    weak: secret('weak.crt', pem(rsa(1024).publicKey)),
    noKey: secret('no-key', 'not a key at all'),
    apiKey: secret('api-key', 'ab'.repeat(32)),
    hmacKey: secret('hmac-key', 'cd'.repeat(32)),
    shortHmacKey: secret('short-hmac-key', 'cd'.repeat(16)),
    password: secret('password', 'a password of length'),
    shortPassword: secret('short-password', 'short'),
    open: secret('open', 'ef'.repeat(32), 0o644),
  }
  afterAll(() => rmSync(directory, { recursive: true }))

  const good = () => ({
    server: { audience: 'relay' },
    database: { url: files.databaseUrl },
    orgs: [
      {
        id: '00D000000000001EAA',
        name: 'Org',
        sandbox: true,
        loginUrl: 'https://login.example.com',
        instanceUrl: 'https://org.example.com',
        clientId: 'client',
        username: 'integration@example.com',
        privateKey: files.privateKey,
        requestCertificates: [files.certificate],
      },
    ],
    gatewayAccounts: [
      {
        gateway: 'adyen',
        account: 'ExampleECOM',
        org: '00D000000000001EAA',
        live: false,
        baseUrl: 'https://checkout-test.adyen.com',
        apiKey: files.apiKey,
        webhook: { hmacKeys: [files.hmacKey], username: 'relay', passwords: [files.password] },
      },
    ],
  })
  const read = (place?: string, value?: unknown) => readWith(place === undefined ? {} : { [place]: value })
  function readWith(changes: Readonly<Record<string, unknown>>) {
    const config: object = good()
    for (const [place, value] of Object.entries(changes)) put(config, place.split('.'), value)
    const path = join(directory, 'config.json')
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
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
    ['a time in which a key may be sent again', 'retention', { days: 89 }, /retention\.days/],
    ['one account twice', 'gatewayAccounts.1', good().gatewayAccounts[0], /gatewayAccounts\.1/],
  ])('%s is named, and no secret is shown', (_what, place, value, named) => {
    const message = read(place, value)
    expect(message).toMatch(named)
    expect(message).not.toContain('canary')
  })

  const live = { live: true, baseUrl: 'https://x-Shop-checkout-live.adyenpayments.com/checkout' }
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a live account of a sandbox org',
      { 'gatewayAccounts.0': { ...good().gatewayAccounts[0], ...live } },
      /gatewayAccounts\.0\.live: must not be true/,
    ],
    [
      'a production org that logs in where sandboxes do',
      { 'orgs.0.sandbox': false, 'orgs.0.loginUrl': 'https://test.salesforce.com' },
      /orgs\.0\.loginUrl: is a test environment/,
    ],
    [
      'a production org at the address of a sandbox',
      { 'orgs.0.sandbox': false, 'orgs.0.instanceUrl': 'https://acme--uat.sandbox.my.salesforce.com' },
      /orgs\.0\.instanceUrl: is a test environment/,
    ],
    [
      'a secret that everybody may read',
      { 'gatewayAccounts.0.apiKey': files.open },
      /apiKey: file .* can be read by every/,
    ],
    ['a weak key of the org', { 'orgs.0.requestCertificates': [files.weak] }, /requestCertificates\.0: .* 2048 bits/],
    ['what is no key', { 'orgs.0.privateKey': files.noKey }, /orgs\.0\.privateKey: is no key/],
    [
      "the middleware's own key as the org's",
      { 'orgs.0.requestCertificates': [files.ownCertificate] },
      /requestCertificates\.0: must not be of the middleware's own key/,
    ],
    [
      "a private key as the org's certificate",
      { 'orgs.0.requestCertificates': [files.privateKey] },
      /requestCertificates\.0: must be a certificate/,
    ],
    [
      'a short HMAC key',
      { 'gatewayAccounts.0.webhook.hmacKeys': [files.shortHmacKey] },
      /hmacKeys\.0: .* 64 hexadecimal/,
    ],
    [
      'a short password',
      { 'gatewayAccounts.0.webhook.passwords': [files.shortPassword] },
      /passwords\.0: .* 12 characters/,
    ],
    [
      'one secret for two purposes',
      { 'gatewayAccounts.0.webhook.hmacKeys': [files.apiKey] },
      /webhook\.hmacKeys\.0: is the same secret as gatewayAccounts\.0\.apiKey/,
    ],
    ['metrics for everybody', { metrics: { host: '0.0.0.0' } }, /metrics\.token: must be there/],
    [
      'traces over plain http',
      { tracing: { otlpUrl: 'http://collector.example.com/v1/traces' } },
      /otlpUrl: must be https/,
    ],
  ])('%s does not start', (_what, changes, named) => {
    const message = readWith(changes)
    expect(message).toMatch(named)
    expect(message).not.toMatch(/abab|cdcd|efef|PRIVATE KEY|a password/)
  })

  it('erases nothing unless it says after how many days', () => {
    expect(read()).not.toHaveProperty('retention')
    expect(read('retention', { days: 90 })).toMatchObject({ retention: { days: 90 } })
  })

  it('may limit what goes out, and is told of amounts with their currency', () => {
    const read = readWith({
      'orgs.0.limits': {
        refund: { EUR: '500.00', JPY: '60000' },
        userDay: { refunds: 50 },
        paymentDay: { refunds: 5 },
      },
    })
    if (typeof read === 'string') throw new Error(read)
    const { refund, userDay, paymentDay } = read.orgs[0]!.limits!
    expect([...refund!.values()].map(String)).toEqual(['EUR 500.00', 'JPY 60000'])
    expect([userDay, paymentDay]).toEqual([{ refunds: 50 }, { refunds: 5 }])
  })

  it.each<[string, object, RegExp]>([
    [
      'of more decimals than its currency has',
      { refund: { JPY: '500.50' } },
      /limits\.refund\.JPY: JPY has 0 decimals/,
    ],
    ['of a currency that does not exist', { refund: { EUX: '1.00' } }, /limits\.refund\.EUX: EUX is not an ISO 4217/],
    ['of a currency in small letters', { refund: { eur: '1.00' } }, /limits\.refund\.eur: .* in capitals/],
    ['of zero', { userDay: { amounts: { EUR: '0.00' } } }, /userDay\.amounts\.EUR: must be more than zero/],
    ['that is no text', { refund: { EUR: 500 } }, /limits\.refund\.EUR: .* string/],
    ['that is negative', { refund: { EUR: '-1.00' } }, /limits\.refund\.EUR: must be decimal text/],
    ['of no refund at all', { paymentDay: { refunds: 0 } }, /paymentDay\.refunds: .*1/],
    ['without a currency', { refund: {} }, /limits\.refund: must name a currency/],
    ['of users that says nothing', { userDay: {} }, /limits\.userDay: must hold a limit/],
    ['that says nothing', {}, /orgs\.0\.limits: must hold a limit/],
    ['of another name', { userWeek: { refunds: 1 } }, /userWeek/],
  ])('with a limit %s does not start', (_what, limits, named) => {
    expect(readWith({ 'orgs.0.limits': limits })).toMatch(named)
  })

  it('may share a key between accounts of one gateway, for the same purpose', () => {
    expect(readWith({ 'gatewayAccounts.1': { ...good().gatewayAccounts[0], account: 'ExampleMOTO' } })).toMatchObject({
      gatewayAccounts: [{ account: 'ExampleECOM' }, { account: 'ExampleMOTO' }],
    })
  })

  it('that everybody may change does not start', () => {
    const path = join(directory, 'open.json')
    writeFileSync(path, JSON.stringify(good()))
    chmodSync(path, 0o666)
    expect(() => readConfig(path)).toThrow(/open\.json can be changed by everybody/)
  })

  it.each([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, /would believe any server/],
    [{ NODE_DEBUG: 'timer,http' }, /would write what is sent/],
  ])('is not even read in an environment with %o', (environment, told) => {
    expect(() => refuseUnsafeEnvironment(environment)).toThrow(told)
    expect(() => refuseUnsafeEnvironment({ NODE_DEBUG: 'timer' })).not.toThrow()
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
