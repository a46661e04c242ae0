import { randomUUID } from 'node:crypto'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { until } from '../until.ts'
import { Caller } from './caller.ts'
import { moveClock } from './calm.ts'
import { DatabaseProxy } from './database-proxy.ts'
import type { CommitFault } from './database-proxy.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'
import type { Rig } from './rig.ts'

describe('a line to the database that breaks', () => {
  let db: FreshDatabase
  let proxy: DatabaseProxy
  let rig: Rig
  beforeAll(async () => {
    db = await freshDatabase()
    proxy = new DatabaseProxy(Number(new URL(db.url).port))
    rig = await startRig({ databaseUrl: await proxy.listen(db.url), ownUrl: db.url })
    await rig.fleet.start(0)
  })
  afterAll(async () => {
    await rig.close()
    await proxy.close()
    await db.close()
  })

  it.each<[CommitFault, number]>([
    ['lost_on_the_way', 0],
    ['answer_lost', 1],
  ])(
    '(%s) while a refund is committed leaves the question open, and the key closes it: one refund, sent once',
    async (fault, storedThen) => {
      const payment = await newPayment(rig.world, PAYMENT_MIX[0]!)
      const caller = new Caller(rig.world.org)
      const body = { ...payment.body, amount: '10.00' }
      const key = randomUUID()
      const stored = () => rig.database.query('SELECT state FROM refunds WHERE payment_id = $1', [payment.recordId])
      const before = proxy.fired
      proxy.onCommitOf(key, fault)
      const first = await caller.ask(rig.fleet.url(), key, body)
      expect(proxy.fired).toBe(before + 1)
      expect([first?.status, first?.body.code]).toEqual([503, 'service_unavailable'])
      expect(first?.retryAfter).not.toBeNull()
      expect(await stored()).toHaveLength(storedThen)
      expect(rig.world.adyen.acceptedRefunds(payment.reference)).toHaveLength(0)

      const second = await caller.ask(rig.fleet.url(), key, body)
      expect([second?.status, second?.isReplay]).toEqual([202, storedThen === 1])
      // Where nobody knew that it was stored, it goes out when its lease has ended.
      await moveClock(rig.database, `${2 + 3 * storedThen} minutes`)
      await rig.fleet.stop(0)
      await rig.fleet.start(0)
      await until(async () => expect(await stored()).toEqual([{ state: 'succeeded' }]))
      expect(rig.world.adyen.acceptedRefunds(payment.reference)).toHaveLength(1)
    },
  )

  it('is given up when nothing comes over it any more: another is taken, and the process still stops when it is asked to', async () => {
    const payment = await newPayment(rig.world, PAYMENT_MIX[0]!)
    proxy.silenceLines()
    const caller = new Caller(rig.world.org)
    const answer = await caller.askUntilAnswered(() => rig.fleet.url(), randomUUID(), {
      ...payment.body,
      amount: '10.00',
    })
    expect(answer.status).toBe(202)
    await until(() => expect(rig.world.adyen.acceptedRefunds(payment.reference)).toHaveLength(1))
    await rig.fleet.stop(0)
  })
})
