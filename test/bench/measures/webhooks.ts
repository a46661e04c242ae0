import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { MEMORY_FLAGS } from '../../../scripts/local/middleware-process.ts'
import { signedDelivery, webhookItem } from '../../emulators/adyen/webhook-item.ts'
import { ACCOUNT, nextMessage, startBenchWorld } from '../bench-world.ts'
import type { BenchWorld } from '../bench-world.ts'
import { HttpLoad } from '../http-load.ts'
import type { PreparedRequest } from '../http-load.ts'
import { scaled } from '../measure.ts'
import type { Measure } from '../measure.ts'
import { cpuMs } from '../process-cost.ts'
import { alternate, median, together } from '../statistics.ts'

const CONNECTIONS = 32

export const webhooks: Measure = {
  name: 'webhooks',
  about:
    'Webhooks a second on 32 connections: signature and password verified, stored, committed to the disk, acknowledged; against the same\n' +
    'server over a database that keeps nothing. The events are of the kind that a gateway sends most and that moves no refund\n' +
    '(AUTHORISATION): what applying a refund event costs is in the other measures.',
  async run(context) {
    const world = await startBenchWorld(context)
    const bareLog = openSync(join(context.directory, 'bare-webhook-server.log'), 'a')
    const bare = fork(join(import.meta.dirname, '../bare-webhook-server.ts'), [world.configPath], {
      execArgv: [...MEMORY_FLAGS],
      stdio: ['ignore', bareLog, bareLog, 'ipc'],
    })
    try {
      const middleware = await world.startMiddleware('webhooks')
      const { url, pid } = middleware
      const loads = {
        stored: new HttpLoad(url, CONNECTIONS),
        bare: new HttpLoad(((await nextMessage(bare)) as { url: string }).url, CONNECTIONS),
      }
      let acknowledged = 0
      const send = async (load: HttpLoad, count: number) => {
        const deliveries = prepareDeliveries(world, count)
        const seconds = await together(CONNECTIONS, count, (place) => load.send(deliveries[place]!, 200))
        if (load === loads.stored) acknowledged += count
        return count / seconds
      }
      for (const load of Object.values(loads)) await send(load, scaled(context, 3_000, 32))
      world.warm(middleware)
      const count = scaled(context, 5_000, 32)
      context.progress(`${context.rounds} rounds of ${count}`)
      const cpu: number[] = []
      const rates = await alternate(context.rounds, {
        async stored() {
          const before = cpuMs(pid)
          const rate = await send(loads.stored, count)
          cpu.push((cpuMs(pid) - before) / count)
          return rate
        },
        bare: () => send(loads.bare, count),
      })
      await Promise.all(Object.values(loads).map((load) => load.close()))
      const [kept] = await world.database.database.query<{ events: number }>(
        'SELECT count(*)::int AS events FROM gateway_events',
      )
      const [ours, theirs] = [median(rates.stored), median(rates.bare)]
      return [
        {
          ...{ name: 'webhooks stored a second', value: ours, unit: '/s', aim: { atLeast: 2_000 } },
          note: `${median(cpu).toFixed(2)} ms of CPU each; without a database ${theirs.toFixed(0)}/s`,
        },
        { name: 'of the same server without a database', value: ours / theirs, unit: '×', aim: { atLeast: 0.8 } },
        { name: 'acknowledged and not stored', value: acknowledged - kept!.events, unit: '', aim: { atMost: 0 } },
      ]
    } finally {
      bare.disconnect()
      await once(bare, 'exit')
      await world.close()
    }
  },
}

let events = 0

/** One event each, signed before the clock starts. */
function prepareDeliveries(world: BenchWorld, count: number): PreparedRequest[] {
  return Array.from({ length: count }, () => {
    const reference = `W${String(++events).padStart(12, '0')}`
    const told = {
      ...{
        account: ACCOUNT,
        amount: { value: 2_500, currency: 'EUR' },
        pspReference: reference,
        originalReference: '',
      },
      ...{ reference: `order-${events}`, reason: '', paymentMethod: 'visa' },
    }
    return {
      method: 'POST',
      path: `/webhooks/adyen/${ACCOUNT}`,
      headers: { 'content-type': 'application/json', authorization: world.authorization },
      body: signedDelivery(webhookItem(told, 'AUTHORISATION', true, Date.now()), world.hmacKey),
    }
  })
}
