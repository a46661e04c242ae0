import { openDatabase } from '../../../middleware/database/database.ts'
import type { Database } from '../../../middleware/database/database.ts'
import { ORG } from '../bench-world.ts'
import { planDueWork, writeEverything } from '../due-work-plans.ts'
import { fillLedger, kilobytesPerRefund } from '../filled-ledger.ts'
import type { BenchContext, Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { newPayments, productFlow } from '../refund-flow.ts'
import { alternate, median, together } from '../statistics.ts'

const CALLERS = 4
const FEW = 10_000

export const ledgerSize: Measure = {
  name: 'ledger-size',
  about:
    'A refund with its write-back, without HTTP, in a ledger of 10,000 refunds and in one of 3,000,000 (--full; else 300,000), by turns; and how\n' +
    'PostgreSQL finds what is due in the large one: for every statement of the workers the indexes are told, none may read a table that\n' +
    'grows with every refund from end to end.',
  async run(context) {
    const many = scaled(context, context.full ? 3_000_000 : 300_000, 1_000)
    const few = scaled(context, FEW, 100)
    const [small, large] = [await ledger(context, few), await ledger(context, many)]
    try {
      const count = scaled(context, 400, 8)
      await refundAndWrite(small.database, count)
      await refundAndWrite(large.database, count)
      context.progress(`${context.rounds} rounds of ${count} at ${few} and ${many} rows`)
      const size = await kilobytesPerRefund(large.database)
      const times = await alternate(context.rounds, {
        small: () => refundAndWrite(small.database, count),
        large: () => refundAndWrite(large.database, count),
      })
      const { lines, readsWhole } = await planDueWork(large.database)
      const [atFew, atMany] = [median(times.small), median(times.large)]
      return [
        { name: `a refund at ${few} rows`, value: atFew, unit: 'ms' },
        { name: `a refund at ${many} rows`, value: atMany, unit: 'ms' },
        {
          name: 'on the disk for each refund',
          value: size,
          unit: 'kB',
          note: 'payment, attempt, audit, event and indexes',
        },
        { name: 'many rows to few', value: atMany / atFew, unit: '×', aim: { atMost: 1.1 } },
        {
          ...{ name: 'statements that read a big table whole', value: readsWhole.length, unit: '', aim: { atMost: 0 } },
          ...{ note: readsWhole.join('; '), details: lines },
        },
      ]
    } finally {
      await small.close()
      await large.close()
    }
  },
}

async function ledger(context: BenchContext, rows: number) {
  const fresh = await context.server.fresh()
  // Filling takes longer than any statement of the product may.
  const filler = openDatabase(`${fresh.url}?options=-c%20statement_timeout%3D0`, { maxConnections: 1 })
  await filler.query('INSERT INTO orgs (org_id) VALUES ($1)', [ORG])
  await fillLedger(filler, rows, (done) => context.progress(`${done} of ${rows} rows`))
  await filler.close()
  const database = openDatabase(fresh.url, { maxConnections: CALLERS })
  return {
    database,
    async close() {
      await database.close()
      await fresh.close()
    },
  }
}

/** @returns milliseconds for each refund */
async function refundAndWrite(database: Database, count: number): Promise<number> {
  const flow = productFlow(database)
  const payments = newPayments(count)
  const seconds = await together(CALLERS, count, (place) => flow(payments[place]!))
  const started = performance.now()
  await writeEverything(database)
  return (seconds * 1_000 + performance.now() - started) / count
}
