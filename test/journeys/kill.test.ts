import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startMiddleware } from '../../scripts/local/middleware-process.ts'
import type { MiddlewareProcess } from '../../scripts/local/middleware-process.ts'
import { startLocalWorld } from '../emulators/local-world.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { SAMPLE_PAYMENTS } from '../emulators/sample-payments.ts'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { until } from '../until.ts'
import { AGENT } from './world.ts'

const MAIN = fileURLToPath(new URL('../../middleware/main.ts', import.meta.url))

describe('a middleware that is killed', () => {
  let directory: string
  let db: FreshDatabase
  let world: LocalWorld
  let middleware: MiddlewareProcess
  let paid: { recordId: string; reference: string }

  const start = async () => {
    middleware = await startMiddleware(MAIN, world.configPath, join(directory, 'middleware.log'))
  }
  /** SIGKILL: nothing can be finished, nothing said goodbye to. */
  const kill = async () => {
    process.kill(middleware.pid, 'SIGKILL')
    await until(() => expect(() => process.kill(middleware.pid, 0)).toThrow())
  }
  /** So that leases and back-offs are over at the next start. */
  const later = async (interval: string) => {
    const name = new URL(db.url).pathname.slice(1)
    await db.database.query(`ALTER DATABASE ${name} SET relay.clock_offset = '${interval}'`)
  }
  const request = async (key: string) =>
    fetch(`${middleware.url}/v1/refunds`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await world.org.tokenFor(AGENT)}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({
        paymentId: paid.recordId,
        gateway: 'adyen',
        gatewayAccount: 'RefundRelayECOM',
        gatewayReference: paid.reference,
        capturedAmount: '120.50',
        currency: 'EUR',
        amount: '20.00',
      }),
    })
  const refundRecord = (stage: string) =>
    until(() => {
      const rows = world.org.rows('Refund__c')
      expect(rows.map((row) => row.Stage__c)).toEqual([stage])
      return rows[0]!
    })

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'refund-relay-kill-'))
    db = await freshDatabase()
    world = await startLocalWorld({ directory, keep: false, middlewareUrl: () => middleware.url, databaseUrl: db.url })
    paid = await world.addPayment(SAMPLE_PAYMENTS[0]!)
    await start()
  })
  afterEach(async () => {
    await middleware.stop()
    await world.close()
    await db.close()
    await rm(directory, { recursive: true, force: true })
  })

  it("between the gateway's acceptance and its answer pays once, and says so after its restart", async () => {
    const key = randomUUID()
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('hang')
    const unanswered = request(key).catch(() => null)
    await until(() => expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1))
    await kill()
    await unanswered
    await later('2 minutes')
    await start()
    await refundRecord('Sent to gateway')
    const replay = await request(key)
    expect(replay.headers.get('idempotent-replay')).toBe('true')
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1)
  })

  it('right after its answer loses nothing: webhook and record come after its restart', async () => {
    const answer = await request(randomUUID())
    expect(answer.status).toBe(202)
    await kill()
    // The event may have been leased when the process died, or its delivery refused: both come again.
    await later('2 minutes')
    await start()
    world.adyen.advanceClock(60_000)
    const record = await refundRecord('Refunded')
    expect(record.Amount__c).toBe(20)
    expect(world.org.find('Payment__c', paid.recordId)).toMatchObject({ Amount_Refunded__c: 20 })
    expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1)
  })

  it('gently finishes what is under way before it goes', async () => {
    const answered = request(randomUUID())
    await until(() => expect(world.adyen.acceptedRefunds(paid.reference)).toHaveLength(1))
    await middleware.stop()
    expect((await answered).status).toBe(202)
    expect(await readFile(join(directory, 'middleware.log'), 'utf8')).toMatch(/"stopping"/)
    await start()
    await refundRecord('Refunded')
  })

  it('gently waits for a gateway call that outlasts its answer, and stores what came of it', async () => {
    world.adyen.webhookFault('never_deliver')
    world.adyen.faultOnNextRequest('slow')
    // Answered after five seconds, while the gateway takes seven.
    expect((await request(randomUUID())).status).toBe(202)
    await middleware.stop()
    expect(await db.database.query('SELECT state FROM refunds')).toEqual([{ state: 'pending' }])
    await start()
  })
})
