import type { Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { startBenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRefunds } from '../http-load.ts'
import { cpuMs } from '../process-cost.ts'
import { median, together } from '../statistics.ts'
import { countStatements } from '../count-statements.ts'

const CALLERS = 16

export const http: Measure = {
  name: 'http',
  about:
    'Refunds end to end: a token signed for each, parsed, reserved, stored, sent to a gateway over HTTP, its answer stored, 202. The\n' +
    'middleware is a process of its own; load, gateway, org and PostgreSQL share the machine with it. CPU is that of the middleware,\n' +
    'workers and write-back included. SQL statements are counted on the way to the answer, BEGIN and COMMIT apart.',
  async run(context) {
    const world = await startBenchWorld(context)
    try {
      const middleware = await world.startMiddleware('http')
      const { pid, url } = middleware
      const load = new HttpLoad(url)
      const send = async (count: number) => {
        const requests = await prepareRefunds(world, count)
        const before = cpuMs(pid)
        const seconds = await together(CALLERS, count, (place) => load.send(requests[place]!, 202))
        return { rate: count / seconds, cpu: (cpuMs(pid) - before) / count }
      }
      // Compiled, connected and warm.
      await send(scaled(context, 1_000, 20))
      world.warm(middleware)
      const count = scaled(context, 1_500, 20)
      const rounds: Awaited<ReturnType<typeof send>>[] = []
      for (let round = 0; round < context.rounds; round++) {
        rounds.push(await send(count))
        context.progress(`${count} refunds at ${rounds.at(-1)!.rate.toFixed(0)}/s`)
      }
      load.close()
      const { statements, transactions } = await countStatements(context, world)
      const best = Math.max(...rounds.map(({ rate }) => rate))
      return [
        {
          ...{ name: 'refunds a second, 16 callers', value: median(rounds.map(({ rate }) => rate)), unit: '/s' },
          ...{ aim: { atLeast: 400 }, note: `best round ${best.toFixed(0)}/s` },
        },
        {
          ...{ name: 'CPU of the middleware for each', value: median(rounds.map(({ cpu }) => cpu)), unit: 'ms' },
          aim: { atMost: 1 },
        },
        {
          ...{ name: 'SQL statements up to the answer', value: statements, unit: '', aim: { atMost: 4 } },
          note: `and ${transactions} BEGIN and COMMIT`,
        },
      ]
    } finally {
      await world.close()
    }
  },
}
