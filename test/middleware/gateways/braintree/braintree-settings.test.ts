import { braintreeSettingsSchema } from '../../../../middleware/gateways/braintree/braintree-settings.ts'
import { gatewaySettingsSchema, openGateway } from '../../../../middleware/gateways/registry.ts'

describe('the settings of a Braintree account', () => {
  beforeAll(() =>
    Object.assign(process.env, { TEST_BRAINTREE_PUBLIC: 'pub', TEST_BRAINTREE_PRIVATE: 'the-private-key' }),
  )
  afterAll(() => {
    for (const name of ['TEST_BRAINTREE_PUBLIC', 'TEST_BRAINTREE_PRIVATE']) delete process.env[name]
  })

  const entry = (changes: object = {}) => ({
    gateway: 'braintree',
    account: 'refundrelay_eur',
    org: '00D000000000001EAA',
    live: false,
    merchantId: 'refundrelay',
    publicKey: { env: 'TEST_BRAINTREE_PUBLIC' },
    privateKey: { env: 'TEST_BRAINTREE_PRIVATE' },
    environment: 'sandbox',
    ...changes,
  })

  it('are completed: keys, no credits, seven seconds, a quarter of an hour, half a minute', () => {
    expect(gatewaySettingsSchema.parse(entry())).toMatchObject({
      privateKey: 'the-private-key',
      idempotencyKeys: true,
      credits: false,
      spacingMs: 7000,
      pollOutcomeMs: 900_000,
      timeoutMs: 30_000,
    })
  })

  it('open a gateway that knows what it can do', () => {
    const gateway = openGateway(gatewaySettingsSchema.parse(entry()))
    expect(gateway).toMatchObject({ name: 'braintree', label: 'Braintree' })
    expect(gateway.capabilities).toEqual({
      keyRetentionMs: 29 * 24 * 60 * 60 * 1000,
      holdAfterLateFailureMs: 0,
      pollOutcomeMs: 900_000,
      spacingMs: 7000,
      voids: 'whole payment',
      undoes: false,
      credits: [],
      lineItems: true,
      parts: 'always',
      report: 'api',
      escrowInFullOnly: true,
      refundsPerPayment: null,
      refundWindowDays: null,
    })
  })

  it.each(['http://127.0.0.1:3003', 'http://localhost:3003', 'http://[::1]:3003'])(
    'take a stand-in at %s',
    (baseUrl) => {
      expect(braintreeSettingsSchema.safeParse(entry({ environment: { baseUrl } })).success).toBe(true)
    },
  )

  it('take the production environment for a live account, and a short spacing only from a stand-in', () => {
    const success = (changes: object) => braintreeSettingsSchema.safeParse(entry(changes)).success
    expect(success({ live: true, environment: 'production' })).toBe(true)
    expect(success({ spacingMs: 100, environment: { baseUrl: 'http://127.0.0.1:3003' } })).toBe(true)
  })

  it.each([
    ['an unknown key', { merchantid: 'typo' }, 'merchantid'],
    ['another environment', { environment: 'development' }, 'environment'],
    ['any other host', { environment: { baseUrl: 'https://example.com' } }, 'environment'],
    [
      'a name that only looks like this machine',
      { environment: { baseUrl: 'http://127.0.0.1.example.com' } },
      'environment',
    ],
    ['a path', { environment: { baseUrl: 'http://127.0.0.1:3003/x' } }, 'environment'],
    ['a live account in the sandbox', { live: true }, 'environment'],
    ['a test account in production', { environment: 'production' }, 'environment'],
    ['a secret written out', { privateKey: 'canary' }, 'privateKey'],
    ['an id that would be a path', { merchantId: '../other' }, 'merchantId'],
    ['less spacing than Braintree recommends', { spacingMs: 4999 }, 'spacingMs'],
    ['more spacing than Braintree recommends', { spacingMs: 10_001 }, 'spacingMs'],
    ['no deadline', { timeoutMs: 0 }, 'timeoutMs'],
  ])('refuse %s, and name it without a secret', (_, changes, path) => {
    const { error } = gatewaySettingsSchema.safeParse(entry(changes))
    const told = error!.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    expect(told).toContain(path)
    expect(told).not.toMatch(/canary|the-private-key/)
  })
})
