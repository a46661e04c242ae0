import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { freshDatabase } from '../fresh-database.ts'
import type { FreshDatabase } from '../fresh-database.ts'
import { until } from '../until.ts'
import { Caller } from './caller.ts'
import { moveClock } from './calm.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'
import type { Rig } from './rig.ts'

const PRELOAD = new URL('./stop-at-step.ts', import.meta.url).href

describe('a process that is stopped for longer than its lease', () => {
  let db: FreshDatabase
  let rig: Rig
  beforeEach(async () => {
    db = await freshDatabase()
    rig = await startRig({ databaseUrl: db.url })
  })
  afterEach(async () => {
    await rig.close()
    await db.close()
  })

  it.each([
    ['before it calls the gateway', 'submit', 0],
    ["after the gateway's answer, before it is stored", 'settle', 1],
  ])('%s finds its work done by another, and neither pays nor stores it again', async (_when, step, paidBefore) => {
    await rig.fleet.start(0, { module: PRELOAD, env: { STOP_AT: step } })
    const zombie = rig.fleet.pidOf(0)
    const payment = await newPayment(rig.world, PAYMENT_MIX[0]!)
    const caller = new Caller(rig.world.org)
    const key = randomUUID()
    const body = { ...payment.body, amount: '10.00' }
    const paid = () => rig.world.adyen.acceptedRefunds(payment.reference).length
    // A webhook would settle it before the other process has to.
    rig.world.adyen.webhookFault('never_deliver')
    const unanswered = caller.ask(rig.fleet.urlOf(0), key, body)
    await until(() => expect(processState(zombie)).toBe('T'))
    expect(paid()).toBe(paidBefore)

    await moveClock(rig.database, '2 minutes')
    await rig.fleet.start(1)
    const state = async () => (await rig.database.query<{ state: string }>('SELECT state FROM refunds'))[0]!.state
    await until(async () => expect(['pending', 'succeeded']).toContain(await state()))
    expect(paid()).toBe(1)

    process.kill(zombie, 'SIGCONT')
    const answer = await unanswered
    expect(answer?.body.refund?.id).toBe((await caller.ask(rig.fleet.urlOf(1), key, body))?.body.refund?.id)
    // Its own end of the work comes after its answer: a gentle stop waits for it.
    await rig.fleet.stop(0)
    expect(paid()).toBe(1)
    const changes = await rig.database.query<{ to: string; byZombie: boolean }>(
      `SELECT to_state AS "to", instance LIKE '%-' || $1::text AS "byZombie" FROM refund_changes ORDER BY id`,
      [zombie],
    )
    expect(changes.filter(({ byZombie }) => byZombie).map(({ to }) => to)).toEqual(['submitting'])
    expect(changes.filter(({ byZombie }) => !byZombie).map(({ to }) => to)).toEqual([
      'unknown',
      'submitting',
      'pending',
    ])
  })
})

/** R, S, T (stopped) … Source: proc(5). */
function processState(pid: number): string | undefined {
  return /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
}
