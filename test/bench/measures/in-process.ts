import { openDatabase } from '../../../middleware/database/database.ts'
import type { BenchContext, Figure, Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { bareFlow, newPayments, productFlow } from '../refund-flow.ts'
import type { Flow } from '../refund-flow.ts'
import { alternate, median, together } from '../statistics.ts'

const CALLERS = 16
/** One in so many requests for the hot payment comes when nothing is left. */
const TOO_MANY = 1.1

export const inProcess: Measure = {
  name: 'in-process',
  about:
    'Refunds without HTTP: reserve and store, a gateway that has paid at once, settle, audit; against a flow of two bare\n' +
    'statements (conditional reserve with intent, settle) on the same PostgreSQL and connections. 16 callers, one caller, and 16\n' +
    'callers for one payment that bears fewer refunds than are asked for: exactly those that it bears are accepted.',
  async run(context) {
    const { url, close } = await context.server.fresh()
    const database = openDatabase(url, { maxConnections: CALLERS })
    try {
      await database.query(`INSERT INTO orgs (org_id) VALUES ('00D000000000001EAA')`)
      const product = productFlow(database)
      const bare = await bareFlow(database)
      await spread(product, CALLERS, scaled(context, 300))
      await spread(bare, CALLERS, scaled(context, 300))

      const figures: Figure[] = []
      for (const [callers, count, least] of [
        [CALLERS, scaled(context, 1_600, 16), 0.5],
        [1, scaled(context, 300, 5), 0.5],
      ] as const) {
        context.progress(`${callers} callers, ${context.rounds} rounds of ${count}`)
        const rates = await alternate(context.rounds, {
          product: () => spread(product, callers, count),
          bare: () => spread(bare, callers, count),
        })
        figures.push(...compare(callers === 1 ? '1 caller' : `${callers} callers`, rates, least))
      }
      figures.push(...(await hotPayment(context, database)))
      return figures
    } finally {
      await database.close()
      await close()
    }
  },
}

type Rates = { readonly product: readonly number[]; readonly bare: readonly number[] }

function compare(what: string, { product, bare }: Rates, least: number): Figure[] {
  const [ours, theirs] = [median(product), median(bare)]
  return [
    { name: `refunds a second, ${what}`, value: ours, unit: '/s', note: `bare ${theirs.toFixed(0)}/s` },
    { name: `of the bare flow, ${what}`, value: ours / theirs, unit: '×', aim: { atLeast: least } },
  ]
}

/** Refunds a second, each of a payment of its own. */
async function spread(flow: Flow, callers: number, count: number): Promise<number> {
  const payments = newPayments(count)
  const seconds = await together(callers, count, async (place) => {
    if (!(await flow(payments[place]!))) throw new Error('a refund was refused')
  })
  return count / seconds
}

async function hotPayment(context: BenchContext, database: Parameters<typeof bareFlow>[0]): Promise<Figure[]> {
  const bears = scaled(context, 500, 10)
  context.progress(`one hot payment that bears ${bears}`)
  const captured = String(bears * 10)
  const [product, bare] = [productFlow(database, captured), await bareFlow(database, captured)]
  let wrong = 0
  const rush = async (flow: Flow) => {
    const [payment] = newPayments(1)
    let accepted = 0
    const seconds = await together(CALLERS, Math.ceil(bears * TOO_MANY), async () => {
      if (await flow(payment!)) accepted++
    })
    wrong += Math.abs(accepted - bears)
    return accepted / seconds
  }
  const rates = await alternate(context.rounds, {
    product: () => rush(product),
    bare: () => rush(bare),
  })
  return [
    ...compare('one hot payment', rates, 0.3),
    { name: 'accepted beyond or below what it bears', value: wrong, unit: '', aim: { atMost: 0 } },
  ]
}
