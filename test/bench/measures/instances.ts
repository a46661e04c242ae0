import type { MiddlewareProcess } from '../../../scripts/local/middleware-process.ts'
import { startBenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRefunds } from '../http-load.ts'
import type { Figure, Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { cpuMs } from '../process-cost.ts'
import { alternate, median, together } from '../statistics.ts'

const CALLERS = 32
const MOST = 4

export const instances: Measure = {
  name: 'instances',
  about:
    'Refunds end to end through one, two and four processes of the middleware on one PostgreSQL, 32 callers spread over them. Without an\n' +
    'aim: on one machine all of them, PostgreSQL and the load share its cores, and the note says how many of them were busy with what.',
  async run(context) {
    const world = await startBenchWorld(context)
    try {
      const processes: MiddlewareProcess[] = []
      for (let number = 1; number <= MOST; number++) processes.push(await world.startMiddleware(`instance-${number}`))
      const loads = processes.map(({ url }) => new HttpLoad(url))
      const busy = new Map<number, number[]>()
      const send = async (count: number, among: number) => {
        const requests = await prepareRefunds(world, count)
        const before = processes.reduce((sum, { pid }) => sum + cpuMs(pid), 0)
        const seconds = await together(CALLERS, count, (place) => loads[place % among]!.send(requests[place]!, 202))
        const used = processes.reduce((sum, { pid }) => sum + cpuMs(pid), 0) - before
        busy.set(among, [...(busy.get(among) ?? []), used / 1_000 / seconds])
        return count / seconds
      }
      await send(scaled(context, 1_200, 32), MOST)
      const count = scaled(context, 1_000, 32)
      context.progress(`${context.rounds} rounds of ${count} through 1, 2 and 4 processes`)
      const rates = await alternate(context.rounds, {
        one: () => send(count, 1),
        two: () => send(count, 2),
        four: () => send(count, MOST),
      })
      for (const load of loads) load.close()
      const figure = (name: string, values: number[], among: number): Figure => ({
        ...{ name, value: median(values), unit: '/s' },
        note: `${median(busy.get(among)!).toFixed(1)} cores busy with the middleware; ${(median(values) / median(rates.one)).toFixed(2)} × of one`,
      })
      return [
        figure('refunds a second, 1 instance', rates.one, 1),
        figure('refunds a second, 2 instances', rates.two, 2),
        figure('refunds a second, 4 instances', rates.four, MOST),
      ]
    } finally {
      await world.close()
    }
  },
}
