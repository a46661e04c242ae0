import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { clockFinding, expiryFinding } from '../../../middleware/operations/check-host.ts'
import type { Finding } from '../../../middleware/operations/finding.ts'
import { startWorld } from '../../journeys/world.ts'
import type { World } from '../../journeys/world.ts'

interface Report {
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

describe('npm run check-config', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  const run = (...args: string[]) =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const child = spawn(process.execPath, ['middleware/operations/check-config.ts', ...args])
      let out = ''
      let err = ''
      child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)))
      child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)))
      child.on('close', (code) => resolve({ code, out, err }))
    })
  const checkJson = async (path: string) => {
    const { code, out, err } = await run('--config', path, '--json')
    expect(err).toBe('')
    return { code, ...(JSON.parse(out) as Report) }
  }
  const changed = (change: (config: Record<string, never>) => void) => {
    const config = JSON.parse(readFileSync(world.configPath, 'utf8')) as Record<string, never>
    change(config)
    const path = `${world.configPath}.changed.json`
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
    return path
  }
  const secret = (name: string, value: string) => {
    const file = `${world.configPath}.${name}`
    writeFileSync(file, value, { mode: 0o600 })
    return { file }
  }

  it('reaches the database, the org and every account, and changes nothing', async () => {
    const { code, out } = await run('--config', world.configPath)
    expect(out).toMatch(/All \d+ checks passed\.\n$/)
    expect(code).toBe(0)
    expect(out).toMatch(/retention +nothing is ever erased/)
    for (const [subject, what] of [
      ['database', 'schema'],
      ['Refund Relay \\(local\\)', 'login'],
      ['Refund Relay \\(local\\)', 'fields of Refund__c'],
      ['Refund Relay \\(local\\)', 'fields of Refund_Break__c'],
      ['adyen RefundRelayECOM', 'access'],
      ['braintree refundrelay_eur', 'access'],
      ['gocardless CR000RELAY', 'access'],
    ])
      expect(out).toMatch(new RegExp(`✓ +${subject} +${what} `))
    expect(world.org.rows('Refund__c')).toEqual([])
  })

  it('names what is missing, with a remedy each, and ends with 1', async () => {
    const path = changed((config: Record<string, any>) => {
      config.orgs[0].clientId = 'another'
      for (const account of config.gatewayAccounts) {
        if (account.gateway === 'adyen') account.apiKey = secret('adyen', 'wrong key')
        if (account.gateway === 'braintree') account.privateKey = secret('braintree', 'wrong key for braintree')
        if (account.gateway === 'gocardless') account.accessToken = secret('gocardless', 'sandbox_wrong')
      }
    })
    const { code, ok, findings } = await checkJson(path)
    expect({ code, ok }).toEqual({ code: 1, ok: false })
    const missing = findings.filter(({ remedy }) => remedy !== null).map(({ subject, what }) => `${subject}: ${what}`)
    expect(missing).toEqual([
      'Refund Relay (local): login',
      'adyen RefundRelayECOM: access',
      'adyen RefundRelayClassic: access',
      'braintree refundrelay_eur: access',
      'gocardless CR000RELAY: access',
    ])
    expect(JSON.stringify(findings)).not.toMatch(/wrong key|sandbox_wrong/)
  })

  it('names what cannot be reached, and goes on', async () => {
    const path = changed((config: Record<string, any>) => {
      config.database = { url: secret('database', 'postgres://nobody:canary@127.0.0.1:9/none') }
      config.gatewayAccounts = [{ ...config.gatewayAccounts[0], baseUrl: 'http://127.0.0.1:9' }]
    })
    const { findings } = await checkJson(path)
    const told = findings.filter(({ remedy }) => remedy !== null)
    expect(told.map(({ subject, detail }) => [subject, detail])).toEqual([
      ['database', 'ECONNREFUSED'],
      ['127.0.0.1:9', 'ECONNREFUSED'],
      ['adyen RefundRelayECOM', expect.stringContaining('ECONNREFUSED')],
    ])
    expect(JSON.stringify(findings)).not.toContain('canary')
  })

  it('says in one line what is wrong with the file itself', async () => {
    const { code, err } = await run(
      '--config',
      changed((config: Record<string, any>) => (config.orgs[0].username = '')),
    )
    expect(code).toBe(1)
    expect(err).toMatch(/^check-config: .*is not a valid configuration:\n {2}orgs\.0\.username/)
  })

  it.each([
    [29, 'like ours', false],
    [31, 'ours is 31 s ahead', true],
    [-90, 'ours is 90 s behind', true],
  ])('judges a clock that is %d s ahead', (seconds, detail, isWrong) => {
    const found = clockFinding('org', 1_000_000, 1_000_000 + seconds * 1_000)
    expect([found.detail, found.remedy !== null]).toEqual([detail, isWrong])
  })

  it('wants a certificate renewed two weeks before it expires', () => {
    const inDays = (days: number) => new Date(Date.now() + (days + 0.5) * 86_400_000)
    expect(expiryFinding('host', inDays(15))).toMatchObject({ detail: '15 days left', remedy: null })
    expect(expiryFinding('host', inDays(13)).remedy).toMatch(/renewed/)
    expect(expiryFinding('host', inDays(-2)).detail).toMatch(/^expired on /)
  })
})
