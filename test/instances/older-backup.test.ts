import { randomUUID } from 'node:crypto'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ACCOUNTS } from '../emulators/local-gateways.ts'
import { refundsCommand } from '../journeys/refunds-command.ts'
import { until } from '../until.ts'
import { Caller } from './caller.ts'
import { startOwnPostgres } from './own-postgres.ts'
import { PAYMENT_MIX, newPayment } from './payments.ts'
import type { KnownPayment } from './payments.ts'
import { startRig } from './rig.ts'

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

describe('a ledger that was restored from an older backup', () => {
  it('sends nothing twice, and finds the rest in the account of the gateway, each refund under the record that it has', async () => {
    const postgres = await startOwnPostgres()
    const rig = await startRig({ databaseUrl: postgres.url })
    const { world, fleet } = rig
    const caller = new Caller(world.org)
    const ask = async ({ body }: KnownPayment, amount: string) =>
      (await caller.ask(fleet.url(), randomUUID(), { ...body, amount }))!.body.refund!.id
    const record = (id: string) => world.org.rows('Refund__c').filter((row) => row['Refund_Key__c'] === id)
    const shown = (id: string, stage: string) =>
      until(() =>
        expect(record(id)).toMatchObject([{ Stage__c: stage, Requested_By__c: expect.stringMatching(/^005/) }]),
      )
    const sent = ({ reference }: KnownPayment) => world.adyen.acceptedRefunds(reference)
    const backup = join(postgres.data, '../backup')
    try {
      const [before, after] = [await newPayment(world, PAYMENT_MIX[0]!), await newPayment(world, PAYMENT_MIX[0]!)]
      await fleet.start(0)
      // Stored, and on no way yet.
      world.adyen.setDown(true)
      const stored = await ask(before, '10.00')
      await fleet.stop(0)
      await postgres.stop()
      await cp(postgres.data, backup, { recursive: true })
      await postgres.start()
      world.adyen.setDown(false)

      await fleet.start(0)
      await shown(stored, 'Refunded')
      const forgotten = await ask(after, '20.00')
      await shown(forgotten, 'Refunded')
      await fleet.stop(0)
      await postgres.stop()
      await rm(postgres.data, { recursive: true })
      await cp(backup, postgres.data, { recursive: true })
      await postgres.start()

      await fleet.start(0)
      const report = join(world.configPath, '../report.csv')
      await writeFile(report, world.adyen.accountingReport(ACCOUNTS.adyen, ''))
      const told = await refundsCommand(
        world.configPath,
        ...['reconcile', '--gateway', 'adyen', '--account', ACCOUNTS.adyen, '--from', day(-1), '--to', day(1)],
        ...['--report', report, '--apply'],
      )
      expect(told.err).toBe('')
      // Payment records are looked for every half minute.
      await until(async () => {
        const refunds = await rig.database.query('SELECT id, amount::float, state FROM refunds ORDER BY amount')
        expect(refunds).toEqual([
          { id: stored, amount: 10, state: 'succeeded' },
          { id: forgotten, amount: 20, state: 'succeeded' },
        ])
      }, 60_000)
      expect([sent(before).length, sent(after).length]).toEqual([1, 1])
      // What becomes of it from now on is shown, though Salesforce holds a later version than this ledger ever had.
      world.adyen.reverseRefund(sent(after)[0]!.pspReference)
      await shown(forgotten, 'Reversed')
      await shown(stored, 'Refunded')
      expect(world.org.rows('Refund__c')).toHaveLength(2)
    } finally {
      await rig.close()
      await postgres.close()
    }
  }, 180_000)
})
