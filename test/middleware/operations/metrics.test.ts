import { openMetrics } from '../../../middleware/operations/metrics.ts'
import { startMetricsServer } from '../../../middleware/operations/metrics-server.ts'
import { CrmError } from '../../../middleware/crm/crm.ts'
import { RefundError } from '../../../middleware/errors.ts'
import { tellState, trace } from '../../../middleware/trace.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { refundIn } from '../refunds/ledger-rows.ts'

describe('the metrics', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.close())

  const measure = async (work: () => Promise<unknown>) => {
    const crm = { apiUsage: { used: 18, limit: 15_000 } }
    const metrics = openMetrics(database.database, [{ name: 'Production', crm }])
    try {
      await work()
      return await metrics.text()
    } finally {
      metrics.close()
    }
  }

  it('tell calls to gateways by what the answer meant, and calls to Salesforce by how they ended', async () => {
    const text = await measure(async () => {
      const adyen = { gateway: 'adyen', refundId: '019a0000-0000-7000-8000-000000000001' }
      await trace('submit', adyen, async () => ({ kind: 'unknown', detail: 'reset' }))
      await trace('look_up', { gateway: 'braintree' }, async () => ({ kind: 'found' }))
      await trace('write', { orgId: '00D000000000001EAA' }, async () => [{ outcome: 'written' }, { outcome: 'person' }])
      await trace('write', {}, () => Promise.reject(new CrmError('limit', 'used up'))).catch(() => {})
      tellState('adyen', 'unknown')
    })
    for (const line of [
      'refund_relay_gateway_call_seconds_count{gateway="adyen",call="submit",outcome="unknown"} 1',
      'refund_relay_gateway_call_seconds_count{gateway="braintree",call="look_up",outcome="found"} 1',
      'refund_relay_org_call_seconds_count{call="write",outcome="answered"} 1',
      'refund_relay_org_call_seconds_count{call="write",outcome="limit"} 1',
      'refund_relay_org_rows_total{outcome="person"} 1',
      'refund_relay_refund_states_total{gateway="adyen",state="unknown"} 1',
      'refund_relay_org_api_calls_used{org="Production"} 18',
      'refund_relay_org_api_calls_limit{org="Production"} 15000',
      'refund_relay_database_answers 1',
    ])
      expect(text).toContain(line)
    expect(text).not.toMatch(/019a0000|00D000/)
  })

  it('count what a limit of the org refused, and no other refusal', async () => {
    const facts = { gateway: 'adyen', orgId: '00D000000000001EAA' }
    const text = await measure(async () => {
      for (const code of ['user_refunds_at_limit', 'user_refunds_at_limit', 'nothing_refundable'] as const)
        await trace('reserve', facts, () => Promise.reject(new RefundError(code))).catch(() => {})
      await trace('reserve', facts, async () => 'stored')
    })
    const counted = text.split('\n').filter((line) => line.startsWith('refund_relay_limit_refusals_total'))
    expect(counted).toEqual(['refund_relay_limit_refusals_total{gateway="adyen",code="user_refunds_at_limit"} 2'])
  })

  it('tell how far behind webhooks are: from their happening to here, and from here to the ledger', async () => {
    const facts = { gateway: 'adyen', deliveryMs: 4_000, waitMs: 100 }
    const text = await measure(() => trace('apply', facts, async () => 'applied'))
    expect(text).toContain('refund_relay_webhook_delivery_seconds_sum{gateway="adyen"} 4')
    expect(text).toContain('refund_relay_webhook_apply_seconds_bucket{le="0.5",gateway="adyen"} 1')
    expect(text).toContain('refund_relay_events_total{gateway="adyen",outcome="applied"} 1')
  })

  it('count what is open and how old it is, from the ledger', async () => {
    const late = await Promise.all(
      (['unknown', 'unknown', 'succeeded', 'failed'] as const).map((state) => refundIn(database.database, state)),
    )
    await database.database.query(
      `UPDATE refunds SET requested_at = relay_now() - interval '2 hours',
         due_at = CASE WHEN state = 'unknown' THEN relay_now() - interval '1 hour' END WHERE id = ANY($1)`,
      [late.map(({ id }) => id)],
    )
    // It has ended, but somebody lets go what it holds.
    await database.database.query(
      `UPDATE refunds SET held_until = relay_now() + interval '1 day', due_at = relay_now() + interval '1 day' WHERE state = 'failed'`,
    )
    const text = await measure(async () => {})
    expect(text).toContain('refund_relay_refunds_open{gateway="adyen",state="unknown"} 2')
    expect(text).not.toMatch(/state="(succeeded|failed)"/)
    expect(valueOf(text, 'refund_relay_oldest_open_seconds{gateway="adyen",state="unknown"}')).toBeGreaterThanOrEqual(
      7_200,
    )
    expect(valueOf(text, 'refund_relay_overdue_seconds{work="refunds"}')).toBeGreaterThanOrEqual(3_600)
    expect(valueOf(text, 'refund_relay_due{work="refunds"}')).toBe(2)
  })

  it('count every kind of row that is due in Salesforce', async () => {
    const due = async () => valueOf(await measure(async () => {}), 'refund_relay_due{work="write_back"}')
    const before = await due()
    await database.database.query(
      `INSERT INTO refund_breaks (org_id, gateway, gateway_account, kind, subject, ledger_says, gateway_says, cause, command, crm_due_at)
       VALUES ('00D000000000001EAA', 'adyen', 'RefundRelayECOM', 'missing_here', 'PSP1', '', '', '', '', relay_now())`,
    )
    expect(await due()).toBe(before + 1)
  })

  it('count every kind of row that Salesforce refuses', async () => {
    const refused = async () =>
      valueOf(await measure(async () => {}), 'refund_relay_attention{code="write_refused"}') || 0
    const before = await refused()
    const { paymentId } = await refundIn(database.database, 'pending')
    const tables = [
      `UPDATE payments SET crm_due_at = relay_now(), crm_refused_at = relay_now() WHERE payment_id = $1`,
      `UPDATE refunds SET crm_refused_at = relay_now() WHERE payment_id = $1`,
      `UPDATE refund_breaks SET crm_refused_at = relay_now() WHERE $1::text IS NOT NULL`,
    ]
    for (const refuse of tables) await database.database.query(refuse, [paymentId])
    expect(await refused()).toBe(before + 3)
  })

  it('stay readable when the database does not answer, and say so', async () => {
    const gone = {
      query: () => Promise.reject(new Error('gone')),
      transaction: () => Promise.reject(),
      close: async () => {},
    }
    const metrics = openMetrics(gone, [])
    const text = await metrics.text()
    metrics.close()
    expect(text).toContain('refund_relay_database_answers 0')
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('are asked of the database once in five seconds, however often they are read', async () => {
    let asked = 0
    const counting = {
      ...database.database,
      query: <Row extends object>(...question: [string, (readonly unknown[])?]) => {
        asked++
        return database.database.query<Row>(...question)
      },
    }
    const metrics = openMetrics(counting, [])
    await metrics.text()
    const once = asked
    await Promise.all([metrics.text(), metrics.text(), metrics.text()])
    metrics.close()
    expect(once).toBeGreaterThan(0)
    expect(asked).toBe(once)
  })

  it('are read on their own port, with the token where one is set, and nothing else is there', async () => {
    const metrics = openMetrics(database.database, [])
    const server = await startMetricsServer(metrics, { host: '127.0.0.1', port: 0, token: 'a token of length' })
    const ask = (url: string, token?: string, method = 'GET') =>
      fetch(url, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
    const answers = [
      await ask(server.url),
      await ask(server.url, 'another'),
      await ask(server.url, 'a token of length'),
      await ask(server.url, 'a token of length', 'POST'),
      await ask(server.url.replace('/metrics', '/'), 'a token of length'),
    ]
    const text = await answers[2]!.text()
    await server.close()
    metrics.close()
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 404, 404])
    expect(text).toContain('process_cpu_seconds_total')
  })
})

function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((line) => line.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1))
}
