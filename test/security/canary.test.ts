import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../middleware/config.ts'
import { openLog } from '../../middleware/log.ts'
import { startRelay } from '../../middleware/relay.ts'
import type { Relay } from '../../middleware/relay.ts'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { card } from '../emulators/sample-payments.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { AGENT } from '../journeys/world.ts'
import { until } from '../until.ts'
import { secretFilesIn, secretsIn } from './log-canary.ts'

const CARD = '4111111111111111'
const CARD_ANYHOW = /4[ .-]?1[ .-]?1[ .-]?1[ .-]?(1[ .-]?){12}/
const IBAN = 'NL91ABNA0417164300'
const OWNER = 'Canary Klaassen'

describe('a whole journey', () => {
  const directory = mkdtempSync(join(tmpdir(), 'refund-relay-canary-'))
  let database: FreshDatabase
  let world: LocalWorld
  let relay: Relay
  let log = ''
  /** Everything that was answered to anybody. */
  let answers = ''
  let outputs: Record<string, string> = {}

  beforeAll(async () => {
    database = await freshDatabase()
    const databaseUrl = database.url
    world = await startLocalWorld({
      directory,
      keep: false,
      middlewareUrl: () => relay.url,
      databaseUrl,
      outcomeDelayMs: 100,
    })
    relay = await startRelay(
      readConfig(world.configPath),
      openLog('trace', { write: (line: string) => void (log += line) }),
    )
    await journey()
    outputs = {
      log,
      answers,
      metrics: await (await fetch(relay.metricsUrl!)).text(),
      database: await dump(),
      Salesforce: JSON.stringify(
        ['Refund__c', 'Credit__c', 'Payment__c', 'Refund_Exposure__c'].map((name) => world.org.rows(name)),
      ),
    }
  })
  afterAll(async () => {
    await relay.stop()
    await world.close()
    await database.close()
    rmSync(directory, { recursive: true })
  })

  const call = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(relay.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await world.org.tokenFor(AGENT)}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    response.headers.forEach((value, name) => (answers += `${name}: ${value}\n`))
    answers += text
    return { status: response.status, text }
  }

  async function journey() {
    const { recordId, reference } = await world.addPayment({
      hint: '',
      gateway: 'adyen',
      atGateway: { amount: { value: 12_050, currency: 'EUR' } },
      inOrg: { ...card(0, 'EUR', 'Visa', '2026-10-12'), Amount__c: 120.5 },
    })
    const refund = {
      paymentId: recordId,
      gateway: 'adyen',
      gatewayAccount: ACCOUNTS.adyen,
      gatewayReference: reference,
      capturedAmount: '120.5',
      currency: 'EUR',
      amount: '20.00',
    }
    const refused = [
      await call('/v1/refunds', { ...refund, note: `card ${CARD}` }),
      await call('/v1/refunds', { ...refund, note: 'card 4111 1111-1111.1111' }),
      await call('/v1/refunds', { ...refund, cardNumber: CARD }),
      await call('/v1/refunds', { ...refund, gatewayReference: `${CARD}!` }),
      await call('/v1/refunds', `{"note": "${CARD}`),
      await call('/v1/refunds', refund, { authorization: `Bearer ${CARD}.canary.token` }),
    ]
    expect(refused.map(({ status }) => status)).toEqual([422, 422, 422, 422, 400, 401])
    expect((await call('/v1/refunds', refund)).status).toBe(202)
    const target = { kind: 'bank_account', iban: IBAN, ownerName: OWNER }
    const credit = { gateway: 'adyen', gatewayAccount: ACCOUNTS.adyen, amount: '5.00', currency: 'EUR', target }
    await call('/v1/credits', credit)
    expect((await call(`/webhooks/adyen/${ACCOUNTS.adyen}`, webhook(reference), basicAuth())).status).toBe(200)
    expect((await call(`/webhooks/adyen/${ACCOUNTS.adyen}`, `{"card": "${CARD}"}`, basicAuth())).status).toBe(400)
    await until(() => {
      expect(world.org.rows('Refund__c').map(({ Stage__c }) => Stage__c)).toEqual(['Refunded'])
    })
    await until(async () => {
      const waiting = await database.database.query(
        'SELECT FROM gateway_events WHERE due_at <= relay_now() AND outcome IS NULL',
      )
      expect(waiting).toEqual([])
    })
  }

  /** A genuine notification, with a card number wherever Adyen lets one stand. */
  function webhook(reference: string): string {
    const item = {
      pspReference: 'CANARY0000000001',
      originalReference: reference,
      merchantAccountCode: ACCOUNTS.adyen,
      merchantReference: 'canary',
      amount: { value: 100, currency: 'EUR' },
      eventCode: 'REFUND_FAILED',
      success: 'true',
      eventDate: '2026-11-01T10:00:00+01:00',
      reason: `Refund of ${CARD} refused`,
      paymentMethod: 'visa',
    }
    const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = item
    const signed = [
      pspReference,
      originalReference,
      merchantAccountCode,
      merchantReference,
      amount.value,
      amount.currency,
      eventCode,
      success,
    ]
    const key = Buffer.from(secretOf('adyen-hmac-key'), 'hex')
    const hmacSignature = createHmac('sha256', key).update(signed.join(':')).digest('base64')
    const additionalData = { hmacSignature, cardNumber: CARD, cardHolderName: OWNER, iban: IBAN }
    return JSON.stringify({
      live: 'false',
      notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }],
    })
  }

  const secretOf = (name: string) => readFileSync(join(directory, name), 'utf8')
  const basicAuth = () => ({
    authorization: `Basic ${Buffer.from(`refund-relay:${secretOf('adyen-webhook-password')}`).toString('base64')}`,
  })

  /** Every row of every table, as text. */
  async function dump(): Promise<string> {
    const tables = await database.database.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    )
    const rows = await Promise.all(
      tables.map(({ name }) => database.database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)),
    )
    return rows
      .flat()
      .map(({ row }) => row)
      .join('\n')
  }

  it('went all the way through every output', () => {
    expect(outputs.log).toContain('"event applied"')
    expect(outputs.metrics).toMatch(/refund_relay_refund_states_total\{gateway="adyen",state="succeeded"\} [1-9]/)
    expect(outputs.database).toContain('CANARY0000000001')
    expect(outputs.Salesforce).toContain('Refunded')
    expect(outputs.answers).toContain('card_number_in_text')
  })

  it.each(['log', 'answers', 'metrics', 'database', 'Salesforce'])(
    'leaves no trace of a card number, or of a bank account, in: %s',
    (name) => {
      expect(outputs[name]).not.toMatch(CARD_ANYHOW)
      expect(outputs[name]).not.toContain(IBAN)
      expect(outputs[name]).not.toContain(OWNER)
    },
  )

  it.each(['log', 'answers', 'metrics', 'database', 'Salesforce'])('shows no secret in: %s', (name) => {
    expect(secretFilesIn(directory).length).toBeGreaterThan(8)
    for (const line of secretsIn(directory)) expect(outputs[name]).not.toContain(line)
    expect(outputs[name]).not.toMatch(/canary\.token|eyJ[\w-]{20,}\./)
  })
})
