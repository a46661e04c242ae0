import { adyenSettingsSchema } from '../../../../middleware/gateways/adyen/adyen-settings.ts'
import { gatewaySettingsSchema } from '../../../../middleware/gateways/registry.ts'

const HMAC = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'

describe('the settings of an Adyen account', () => {
  beforeAll(() =>
    Object.assign(process.env, {
      TEST_ADYEN_KEY: 'the-api-key',
      TEST_ADYEN_HMAC: HMAC,
      TEST_ADYEN_PW: 'a password of length',
    }),
  )
  afterAll(() => {
    for (const name of ['TEST_ADYEN_KEY', 'TEST_ADYEN_HMAC', 'TEST_ADYEN_PW']) delete process.env[name]
  })

  const entry = (changes: object = {}) => ({
    gateway: 'adyen',
    account: 'RefundRelayECOM',
    org: '00D000000000001EAA',
    live: false,
    baseUrl: 'https://checkout-test.adyen.com',
    apiKey: { env: 'TEST_ADYEN_KEY' },
    webhook: { hmacKeys: [{ env: 'TEST_ADYEN_HMAC' }], username: 'adyen', passwords: [{ env: 'TEST_ADYEN_PW' }] },
    ...changes,
  })
  const live = { live: true, baseUrl: 'https://1797a841fbb37ca7-Shop-checkout-live.adyenpayments.com/checkout/' }

  it('reads secrets from where they are, and knows how long to wait', () => {
    expect(gatewaySettingsSchema.parse(entry())).toMatchObject({ apiKey: 'the-api-key', timeoutMs: 30_000 })
  })

  it('takes the live address with its prefix and path', () => {
    expect(adyenSettingsSchema.parse(entry(live)).baseUrl).toMatch(/adyenpayments\.com\/checkout$/)
  })

  it('speaks Checkout, captures at once and pays no credits unless it is told otherwise', () => {
    const { api, credits, captureMode } = adyenSettingsSchema.parse(entry())
    expect({ api, credits, captureMode }).toEqual({ api: 'checkout', credits: false, captureMode: 'immediate' })
  })

  it('takes the addresses of the Classic API, test and live', () => {
    const test = adyenSettingsSchema.parse(entry({ api: 'classic', classicBaseUrl: 'https://pal-test.adyen.com/' }))
    expect(test.classicBaseUrl).toBe('https://pal-test.adyen.com')
    const classicBaseUrl = 'https://1797a841fbb37ca7-Shop-pal-live.adyenpayments.com'
    expect(adyenSettingsSchema.safeParse(entry({ ...live, api: 'classic', classicBaseUrl })).success).toBe(true)
  })

  it.each(['http://127.0.0.1:3002', 'http://localhost:3002', 'http://[::1]:3002'])('takes %s', (baseUrl) => {
    expect(adyenSettingsSchema.safeParse(entry({ baseUrl })).success).toBe(true)
  })

  it.each([
    ['an unknown key', { acount: 'typo' }, 'acount'],
    ['another gateway', { gateway: 'adjen' }, 'gateway'],
    ['plain http', { baseUrl: 'http://checkout-test.adyen.com' }, 'baseUrl'],
    ['a name that only looks like this machine', { baseUrl: 'http://127.0.0.1.example.com' }, 'baseUrl'],
    ['a user in the address', { baseUrl: 'https://me@checkout-test.adyen.com' }, 'baseUrl'],
    ['a live account at the test address', { live: true }, 'baseUrl'],
    ['a test account at the live address', { ...live, live: false }, 'baseUrl'],
    ['Classic without its address', { api: 'classic' }, 'classicBaseUrl'],
    ['credits without the address of Classic', { credits: true }, 'classicBaseUrl'],
    [
      'a live account at the test address of Classic',
      { ...live, classicBaseUrl: 'https://pal-test.adyen.com' },
      'classicBaseUrl',
    ],
    [
      'a test account at the live address of Classic',
      { classicBaseUrl: 'https://x-Shop-pal-live.adyenpayments.com' },
      'classicBaseUrl',
    ],
    ['plain http for Classic', { classicBaseUrl: 'http://pal-test.adyen.com' }, 'classicBaseUrl'],
    ['an API that there is not', { api: 'checkin' }, 'api'],
    ['a capture mode that there is not', { captureMode: 'never' }, 'captureMode'],
    ['credits that are neither on nor off', { credits: 'yes' }, 'credits'],
    ['a secret written out', { apiKey: 'AQE-canary' }, 'apiKey'],
    ['an HMAC key that is not hexadecimal', { webhook: webhookWith([{ env: 'TEST_ADYEN_PW' }]) }, 'webhook.hmacKeys.0'],
    ['no HMAC key', { webhook: webhookWith([]) }, 'webhook.hmacKeys'],
    ['three HMAC keys', { webhook: webhookWith(Array(3).fill({ env: 'TEST_ADYEN_HMAC' })) }, 'webhook.hmacKeys'],
    ['no deadline', { timeoutMs: 0 }, 'timeoutMs'],
  ])('refuses %s, and names it without a secret', (_, changes, path) => {
    const { error } = gatewaySettingsSchema.safeParse(entry(changes))
    const told = error!.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    expect(told).toContain(path)
    expect(told).not.toMatch(/canary|the-api-key|44782DEF/)
  })

  function webhookWith(hmacKeys: object[]) {
    return { hmacKeys, username: 'adyen', passwords: [{ env: 'TEST_ADYEN_PW' }] }
  }
})
