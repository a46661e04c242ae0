import { setTimeout as pause } from 'node:timers/promises'
import { startBenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRefunds } from '../http-load.ts'
import type { Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { residentMb } from '../process-cost.ts'
import { together } from '../statistics.ts'

const CALLERS = 16
const SAMPLES = 30
const REST_MS = 5_000

export const memory: Measure = {
  name: 'memory',
  about:
    'Megabytes of the middleware (resident, all its libraries included) at rest, and after 100,000 refunds (--full; else 10,000) with their\n' +
    'write-back. The slope compares the least of the last third with the least of the third before it: what grows without end grows there.',
  async run(context) {
    const world = await startBenchWorld(context)
    try {
      const { pid, url } = await world.startMiddleware('memory')
      await pause(scaled(context, REST_MS))
      const atRest = residentMb(pid)
      const load = new HttpLoad(url)
      const count = scaled(context, context.full ? 100_000 : 10_000, SAMPLES)
      const samples: number[] = []
      const each = Math.floor(count / SAMPLES)
      for (let sample = 0; sample < SAMPLES; sample++) {
        const requests = await prepareRefunds(world, each)
        await together(CALLERS, each, (place) => load.send(requests[place]!, 202))
        samples.push(residentMb(pid))
        context.progress(`${each * (sample + 1)} of ${count} refunds, ${samples.at(-1)!.toFixed(0)} MB`)
      }
      load.close()
      const third = SAMPLES / 3
      const [before, last] = [Math.min(...samples.slice(third, 2 * third)), Math.min(...samples.slice(2 * third))]
      return [
        { name: 'memory at rest', value: atRest, unit: 'MB', aim: { atMost: 150 } },
        {
          ...{
            name: `memory after ${each * SAMPLES} refunds`,
            value: samples.at(-1)!,
            unit: 'MB',
            aim: { atMost: 220 },
          },
          note: `at most ${Math.max(...samples).toFixed(0)} MB on the way`,
        },
        { name: 'memory, last third to the third before', value: last / before, unit: '×', aim: { atMost: 1.05 } },
      ]
    } finally {
      await world.close()
    }
  },
}
