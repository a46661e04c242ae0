import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../until.ts'
import { ACCOUNT, STRANGER, startBenchWorld } from '../bench-world.ts'
import type { BenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRefunds } from '../http-load.ts'
import type { BenchContext, Figure, Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { median, percentile, together } from '../statistics.ts'

const A_SECOND = 50
const CALLERS = 16
/** How long the gateway takes to decide. */
const DECIDES_AFTER_MS = 300
const HOUR_SECONDS = 3_600
/** Asking who may refund: every five minutes. In a shorter look it may not come up at all. */
const LOOK_UPS_AN_HOUR = 12
const LONG_LOOK_SECONDS = 330

export const salesforce: Measure = {
  name: 'salesforce',
  about:
    "API calls of the org as Salesforce counts them, and the time from a gateway's webhook to the row that says Refunded. 50 refunds a\n" +
    'second come at their own pace, each is told of by webhook. Then the org is away while refunds come, and drained when it is back. Then\n' +
    'requests that are refused, and an idle look (with --full longer than the five minutes after which it is asked who may refund; else that\n' +
    'look-up is added by its interval).',
  async run(context) {
    const world = await startBenchWorld(context)
    try {
      const middleware = await world.startMiddleware('salesforce')
      const load = new HttpLoad(middleware.url)
      const { authorization, hmacKey } = world
      const url = `${middleware.url}/webhooks/adyen/${ACCOUNT}`
      world.order({ kind: 'webhooks', url, authorization, hmacKey, afterMs: DECIDES_AFTER_MS })
      const figures = [
        ...(await steady(context, world, load)),
        await backlog(context, world, load),
        await refused(context, world, load),
        await idle(context, world),
      ]
      load.close()
      const { failures } = await world.report()
      if (failures.length > 0) throw new Error(failures.join('; '))
      return figures
    } finally {
      await world.close()
    }
  },
}

async function steady(context: BenchContext, world: BenchWorld, load: HttpLoad): Promise<Figure[]> {
  for (const request of await prepareRefunds(world, scaled(context, 100, 5))) await load.send(request, 202)
  await everythingWritten(world)
  const seconds = scaled(context, 30, 2)
  const requests = await prepareRefunds(world, seconds * A_SECOND)
  context.progress(`${A_SECOND} refunds a second for ${seconds} s`)
  const before = await world.report()
  const started = performance.now()
  const answers = requests.map(async (request, place) => {
    await pause(Math.max(0, started + (place * 1_000) / A_SECOND - performance.now()))
    await load.send(request, 202)
  })
  await Promise.all(answers)
  await everythingWritten(world)
  const after = await world.report()
  const lags = after.lags.slice(before.lags.length)
  return [
    {
      ...{ name: 'API calls for each refund at 50/s', value: (after.calls - before.calls) / requests.length, unit: '' },
      aim: { atMost: 0.03 },
    },
    {
      ...{ name: 'webhook to row in Salesforce, p99 at 50/s', value: percentile(lags, 0.99) / 1_000, unit: 's' },
      ...{ aim: { atMost: 1.5 }, note: `p50 ${(median(lags) / 1_000).toFixed(2)} s of ${lags.length}` },
    },
  ]
}

async function backlog(context: BenchContext, world: BenchWorld, load: HttpLoad): Promise<Figure> {
  const count = scaled(context, 3_000, 40)
  context.progress(`Salesforce is away while ${count} refunds come`)
  world.order({ kind: 'salesforce', away: true })
  const requests = await prepareRefunds(world, count)
  await together(CALLERS, count, (place) => load.send(requests[place]!, 202))
  await until(async () => {
    const { states } = await openRows(world)
    if (states > 0) throw new Error('a refund is not decided yet')
  }, 60_000)
  const before = await world.report()
  world.order({ kind: 'salesforce', away: false })
  // An outage of hours would have made the pause long; it is over now.
  await world.database.database.query('UPDATE orgs SET crm_lease_until = NULL')
  const started = performance.now()
  await everythingWritten(world)
  const seconds = (performance.now() - started) / 1_000
  const calls = (await world.report()).calls - before.calls
  return {
    ...{ name: 'API calls for each refund, draining a backlog', value: calls / count, unit: '', aim: { atMost: 0.01 } },
    note: `${count} in ${calls} calls and ${seconds.toFixed(1)} s`,
  }
}

async function refused(context: BenchContext, world: BenchWorld, load: HttpLoad): Promise<Figure> {
  const before = await world.report()
  const count = scaled(context, 100, 4)
  for (const request of await prepareRefunds(world, count, { user: STRANGER })) await load.send(request, 403)
  for (const request of await prepareRefunds(world, count, { amount: '99.00' })) await load.send(request, 409)
  for (const request of await prepareRefunds(world, count, { token: 'a.b.c' })) await load.send(request, 401)
  const calls = (await world.report()).calls - before.calls
  return { name: `API calls of ${count * 3} refused requests`, value: calls, unit: '', aim: { atMost: 0 } }
}

async function idle(context: BenchContext, world: BenchWorld): Promise<Figure> {
  const seconds = context.full ? LONG_LOOK_SECONDS : scaled(context, 40, 2)
  context.progress(`idle for ${seconds} s`)
  const before = await world.report()
  await pause(seconds * 1_000)
  const calls = (await world.report()).calls - before.calls
  const seen = (calls * HOUR_SECONDS) / seconds
  return {
    name: 'API calls in an idle hour',
    value: context.full ? seen : Math.max(seen, LOOK_UPS_AN_HOUR),
    ...{ unit: '', aim: { atMost: 13 } },
    note: `${calls} in ${seconds} s${context.full ? '' : `; who may refund is asked ${LOOK_UPS_AN_HOUR} times an hour`}`,
  }
}

async function openRows({ database }: BenchWorld): Promise<{ states: number; writes: number }> {
  const [row] = await database.database.query<{ states: number; writes: number }>(
    `SELECT count(*) FILTER (WHERE state <> 'succeeded')::int AS states, count(*) FILTER (WHERE crm_due_at IS NOT NULL)::int AS writes
     FROM refunds`,
  )
  return row!
}

function everythingWritten(world: BenchWorld): Promise<void> {
  return until(async () => {
    const { states, writes } = await openRows(world)
    if (states + writes > 0) throw new Error(`${writes} rows wait to be written, ${states} refunds to be decided`)
  }, 60_000)
}
