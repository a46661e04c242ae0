import { openGateway } from '../../../../middleware/gateways/registry.ts'
import { goCardlessSettingsSchema } from '../../../../middleware/gateways/gocardless/gocardless-settings.ts'

const NAMES = ['GC_TEST_TOKEN', 'GC_TEST_LIVE_TOKEN', 'GC_TEST_SECRET'] as const
beforeAll(() => {
  process.env['GC_TEST_TOKEN'] = 'sandbox_canary'
  process.env['GC_TEST_LIVE_TOKEN'] = 'live_canary'
  process.env['GC_TEST_SECRET'] = 'a secret of length'
})
afterAll(() => {
  for (const name of NAMES) delete process.env[name]
})

const ENTRY = {
  gateway: 'gocardless',
  account: 'CR000RELAY',
  org: '00D000000000001EAA',
  live: false,
  baseUrl: 'https://api-sandbox.gocardless.com',
  accessToken: { env: 'GC_TEST_TOKEN' },
  webhook: { secrets: [{ env: 'GC_TEST_SECRET' }] },
}
const LIVE = { live: true, baseUrl: 'https://api.gocardless.com', accessToken: { env: 'GC_TEST_LIVE_TOKEN' } }

describe('a GoCardless account in the configuration', () => {
  it('is read with its secrets, and opens a gateway', () => {
    const settings = goCardlessSettingsSchema.parse(ENTRY)
    expect(settings).toMatchObject({
      accessToken: 'sandbox_canary',
      webhook: { secrets: ['a secret of length'] },
      timeoutMs: 30_000,
    })
    expect(openGateway(settings)).toMatchObject({ name: 'gocardless', label: 'GoCardless' })
    expect(goCardlessSettingsSchema.safeParse({ ...ENTRY, ...LIVE }).success).toBe(true)
    expect(goCardlessSettingsSchema.safeParse({ ...ENTRY, baseUrl: 'http://127.0.0.1:3004' }).success).toBe(true)
  })

  it.each<[string, object, string]>([
    ['the live host for a sandbox', { baseUrl: LIVE.baseUrl }, 'baseUrl'],
    ['the sandbox host for a live account', { ...LIVE, baseUrl: ENTRY.baseUrl }, 'baseUrl'],
    ['a live token for a sandbox', { accessToken: LIVE.accessToken }, 'accessToken'],
    ['a sandbox token for a live account', { ...LIVE, accessToken: ENTRY.accessToken }, 'accessToken'],
    ['plain http elsewhere', { baseUrl: 'http://api-sandbox.gocardless.com' }, 'baseUrl'],
    ['a token in the open', { accessToken: 'sandbox_canary' }, 'accessToken'],
    ['an account that is no creditor', { account: 'ShopOne' }, 'account'],
    ['no secret', { webhook: { secrets: [] } }, 'webhook'],
    ['three secrets', { webhook: { secrets: Array(3).fill({ env: 'GC_TEST_SECRET' }) } }, 'webhook'],
    ['a field that is none', { apiKey: 'x' }, ''],
  ])('is refused with %s, and no secret is told', (_, changes, path) => {
    const { error } = goCardlessSettingsSchema.safeParse({ ...ENTRY, ...changes })
    expect(error!.issues.map((issue) => String(issue.path[0] ?? ''))).toContain(path)
    expect(error!.message).not.toContain('canary')
  })
})
