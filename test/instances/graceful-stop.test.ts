import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { freshDatabase } from '../fresh-database.ts'
import { until } from '../until.ts'
import { Caller } from './caller.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import { startRig } from './rig.ts'

describe('a process that is asked to stop', () => {
  it('answers those who asked before, and begins nothing else that is due', async () => {
    const db = await freshDatabase()
    const rig = await startRig({ databaseUrl: db.url })
    try {
      await rig.fleet.start(0)
      const caller = new Caller(rig.world.org)
      const url = rig.fleet.url()
      const [waiting, asked] = [
        await newPayment(rig.world, PAYMENT_MIX[0]!),
        await newPayment(rig.world, PAYMENT_MIX[0]!),
      ]
      const paid = ({ reference }: typeof asked) => rig.world.adyen.acceptedRefunds(reference).length
      rig.world.adyen.setDown(true)
      await caller.ask(url, randomUUID(), { ...waiting.body, amount: '10.00' })
      await rig.database.query(`UPDATE refunds SET due_at = relay_now() + interval '1 day'`)
      rig.world.adyen.setDown(false)

      rig.world.adyen.faultOnNextRequest('slow')
      const answer = caller.ask(url, randomUUID(), { ...asked.body, amount: '10.00' })
      await until(() => expect(paid(asked)).toBe(1))
      const stopped = rig.fleet.stop(0)
      await until(() => expect(readFileSync(rig.fleet.logPath(0), 'utf8')).toMatch(/"stopping"/))
      await rig.database.query('UPDATE refunds SET due_at = relay_now() WHERE payment_id = $1', [waiting.recordId])
      await stopped
      expect([(await answer)?.status, paid(waiting)]).toEqual([202, 0])
    } finally {
      await rig.close()
      await db.close()
    }
  })
})
