import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { MEMORY_FLAGS } from '../../../scripts/local/middleware-process.ts'
import { signedDelivery, webhookItem } from '../../emulators/adyen/webhook-item.ts'
import { ACCOUNT, nextMessage, startBenchWorld } from '../bench-world.ts'
import type { BenchWorld } from '../bench-world.ts'
import { HttpLoad, prepareRequest } from '../http-load.ts'
import type { PreparedRequest } from '../http-load.ts'
import { scaled } from '../measure.ts'
import type { BenchContext, Measure } from '../measure.ts'
import { cpuMs } from '../process-cost.ts'
import { alternate, median, together } from '../statistics.ts'

const CONNECTIONS = 32
/** Of both servers, for each round that is asked for: V8 compiles the same program better or worse each time. */
const STARTS_A_ROUND = 4
/** In each start, not counted. */
const WARM_UP_TURNS = 2
/** In each start. */
const TURNS = 4

export const webhooks: Measure = {
  name: 'webhooks',
  about:
    'Webhooks a second on 32 connections: signature and password verified, stored, committed to the disk, acknowledged; against the same\n' +
    'server over a database that keeps nothing. The events are of the kind that a gateway sends most and that moves no refund\n' +
    '(AUTHORISATION): what applying a refund event costs is in the other measures. Server, PostgreSQL and load share the processors. Both\n' +
    'servers are started anew twenty times (with five rounds), since V8 compiles the same program better or worse each time.',
  async run(context) {
    const world = await startBenchWorld(context)
    const seen: Seen = { stored: [], bare: [], cpu: [], acknowledged: 0 }
    try {
      const starts = context.rounds * STARTS_A_ROUND
      for (let start = 1; start <= starts; start++) {
        context.progress(`start ${start} of ${starts}`)
        await compareOnce(context, world, seen)
      }
      const [kept] = await world.database.database.query<{ events: number }>(
        'SELECT count(*)::int AS events FROM gateway_events',
      )
      const [stored, bare] = [median(seen.stored), median(seen.bare)]
      return [
        {
          ...{ name: 'webhooks stored a second', value: stored, unit: '/s', aim: { atLeast: 2_000 } },
          note: `${median(seen.cpu).toFixed(2)} ms of CPU each; without a database ${bare.toFixed(0)}/s`,
        },
        {
          ...{ name: 'of the same server without a database', value: stored / bare, unit: '×' },
          aim: { atLeast: 0.8 },
        },
        { name: 'acknowledged and not stored', value: seen.acknowledged - kept!.events, unit: '', aim: { atMost: 0 } },
      ]
    } finally {
      await world.close()
    }
  },
}

interface Seen {
  /** Webhooks a second, turn by turn. */
  readonly stored: number[]
  readonly bare: number[]
  /** Milliseconds of the middleware for each webhook. */
  readonly cpu: number[]
  acknowledged: number
}

/** Starts both servers and asks them in turns. */
async function compareOnce(context: BenchContext, world: BenchWorld, seen: Seen): Promise<void> {
  const bareLog = openSync(join(context.directory, 'bare-webhook-server.log'), 'a')
  const bare = fork(join(import.meta.dirname, '../bare-webhook-server.ts'), [world.configPath], {
    execArgv: [...MEMORY_FLAGS],
    stdio: ['ignore', bareLog, bareLog, 'ipc'],
  })
  closeSync(bareLog)
  try {
    const middleware = await world.startMiddleware('webhooks')
    const loads = {
      stored: new HttpLoad(middleware.url),
      bare: new HttpLoad(((await nextMessage(bare)) as { url: string }).url),
    }
    const send = async (load: HttpLoad, count: number) => {
      const deliveries = prepareDeliveries(world, count)
      const seconds = await together(CONNECTIONS, count, (place) => load.send(deliveries[place]!, 200))
      if (load === loads.stored) seen.acknowledged += count
      return count / seconds
    }
    const count = scaled(context, 2_000, 32)
    for (let turn = 0; turn < WARM_UP_TURNS; turn++) {
      await send(loads.bare, count)
      // Last, as it begins the turns that count: so both come second after themselves as often.
      await send(loads.stored, count)
    }
    world.warm(middleware)
    const { stored, bare: unstored } = await alternate(TURNS, {
      async stored() {
        const before = cpuMs(middleware.pid)
        const rate = await send(loads.stored, count)
        seen.cpu.push((cpuMs(middleware.pid) - before) / count)
        return rate
      },
      bare: () => send(loads.bare, count),
    })
    seen.stored.push(...stored)
    seen.bare.push(...unstored)
    for (const load of Object.values(loads)) load.close()
    await middleware.stop()
  } finally {
    bare.disconnect()
    await once(bare, 'exit')
  }
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
    const body = signedDelivery(webhookItem(told, 'AUTHORISATION', true, Date.now()), world.hmacKey)
    return prepareRequest(`/webhooks/adyen/${ACCOUNT}`, body, { authorization: world.authorization })
  })
}
