import { startBenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRefunds, prepareRequest } from '../http-load.ts'
import type { PreparedRequest } from '../http-load.ts'
import type { Measure } from '../measure.ts'
import { scaled } from '../measure.ts'
import { median, percentile } from '../statistics.ts'

export const addedLatency: Measure = {
  name: 'added-latency',
  about:
    "Milliseconds between an org's request and its answer beyond the gateway's own: one caller asks the middleware and the gateway by\n" +
    "turns, and the gateway's median is taken off. Two durable commits lie between.",
  async run(context) {
    const world = await startBenchWorld(context)
    try {
      const process = await world.startMiddleware('added-latency')
      const middleware = new HttpLoad(process.url)
      const gateway = new HttpLoad(world.standInsUrl)
      const time = async (load: HttpLoad, request: PreparedRequest, status: number) => {
        const started = performance.now()
        await load.send(request, status)
        return performance.now() - started
      }
      for (const request of await prepareRefunds(world, scaled(context, 300, 5))) await middleware.send(request, 202)
      world.warm(process)
      const [ours, theirs]: [number[], number[]] = [[], []]
      const requests = await prepareRefunds(world, scaled(context, 1_000, 10))
      context.progress(`${requests.length} refunds, one after the other`)
      for (const request of requests) {
        ours.push(await time(middleware, request, 202))
        theirs.push(await time(gateway, GATEWAY_REQUEST, 201))
      }
      middleware.close()
      gateway.close()
      const own = median(theirs)
      const note = `the gateway itself ${own.toFixed(1)} ms`
      return [
        { name: 'added latency, p50', value: median(ours) - own, unit: 'ms', aim: { atMost: 8 }, note },
        { name: 'added latency, p99', value: percentile(ours, 0.99) - own, unit: 'ms', aim: { atMost: 40 } },
      ]
    } finally {
      await world.close()
    }
  },
}

const GATEWAY_REQUEST = prepareRequest(
  '/v72/payments/P1/refunds',
  JSON.stringify({ merchantAccount: 'a', reference: 'r', amount: { value: 1_000, currency: 'EUR' } }),
)
