import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { MEMORY_FLAGS } from '../../../scripts/local/middleware-process.ts'
import { signedDelivery, webhookItem } from '../../emulators/adyen/webhook-item.ts'
import { ACCOUNT, nextMessage, startBenchWorld } from '../bench-world.ts'
import type { BenchWorld } from '../bench-world.ts'
import { HttpLoad } from '../http-load.ts'
import type { PreparedRequest } from '../http-load.ts'
import { scaled } from '../measure.ts'
import type { BenchContext, Measure } from '../measure.ts'
import { cpuMs } from '../process-cost.ts'
import { keepOn, processesOf, processors } from '../processors.ts'
import { alternate, median, together } from '../statistics.ts'

const CONNECTIONS = 32
/** Of both servers, for each round that is asked for: V8 compiles the same program better or worse each time. */
const STARTS_A_ROUND = 2
/** In each start; even, for who comes twice in a row is faster the second time, and both servers do as often. */
const TURNS = { shared: 4, apart: 2 }

export const webhooks: Measure = {
  name: 'webhooks',
  about:
    'Webhooks a second on 32 connections: signature and password verified, stored, committed to the disk, acknowledged; against the same\n' +
    'server over a database that keeps nothing. The events are of the kind that a gateway sends most and that moves no refund\n' +
    '(AUTHORISATION): what applying a refund event costs is in the other measures. Server, PostgreSQL and load share the processors; what\n' +
    'comes out where the server has one to itself, and PostgreSQL and the load the others, is told below it. Both servers are started anew\n' +
    'ten times (with five rounds), since V8 compiles the same program better or worse each time.',
  async run(context) {
    const world = await startBenchWorld(context)
    const seen: Seen = { apart: { stored: [], bare: [] }, shared: { stored: [], bare: [] }, cpu: [], acknowledged: 0 }
    try {
      const starts = context.rounds * STARTS_A_ROUND
      for (let start = 1; start <= starts; start++) {
        context.progress(`start ${start} of ${starts}`)
        await compareOnce(context, world, seen)
      }
      const [kept] = await world.database.database.query<{ events: number }>(
        'SELECT count(*)::int AS events FROM gateway_events',
      )
      const [apart, shared] = [mediansOf(seen.apart), mediansOf(seen.shared)]
      return [
        {
          ...{ name: 'webhooks stored a second', value: shared.stored, unit: '/s', aim: { atLeast: 2_000 } },
          note: `${median(seen.cpu).toFixed(2)} ms of CPU each; without a database ${shared.bare.toFixed(0)}/s`,
        },
        {
          ...{ name: 'of the same server without a database', value: shared.stored / shared.bare, unit: '×' },
          aim: { atLeast: 0.8 },
        },
        {
          ...{ name: 'the same, the server on a processor alone', value: apart.stored / apart.bare, unit: '×' },
          note: `${apart.stored.toFixed(0)}/s; without a database ${apart.bare.toFixed(0)}/s`,
        },
        { name: 'acknowledged and not stored', value: seen.acknowledged - kept!.events, unit: '', aim: { atMost: 0 } },
      ]
    } finally {
      await world.close()
    }
  },
}

type Rates = Record<'stored' | 'bare', number[]>
interface Seen {
  readonly apart: Rates
  readonly shared: Rates
  /** Milliseconds of the middleware for each webhook, where all share the processors. */
  readonly cpu: number[]
  acknowledged: number
}

const mediansOf = ({ stored, bare }: Rates) => ({ stored: median(stored), bare: median(bare) })

/** Starts both servers and asks them in turns, first where all share the processors, then apart. */
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
      stored: new HttpLoad(middleware.url, CONNECTIONS),
      bare: new HttpLoad(((await nextMessage(bare)) as { url: string }).url, CONNECTIONS),
    }
    const send = async (load: HttpLoad, count: number) => {
      const deliveries = prepareDeliveries(world, count)
      const seconds = await together(CONNECTIONS, count, (place) => load.send(deliveries[place]!, 200))
      if (load === loads.stored) seen.acknowledged += count
      return count / seconds
    }
    const count = scaled(context, 3_000, 32)
    const warmUp = async () => {
      for (const load of Object.values(loads)) await send(load, count)
    }
    const compare = async (how: keyof typeof TURNS, cpu: number[]) => {
      const { stored, bare } = await alternate(TURNS[how], {
        async stored() {
          const before = cpuMs(middleware.pid)
          const rate = await send(loads.stored, count)
          cpu.push((cpuMs(middleware.pid) - before) / count)
          return rate
        },
        bare: () => send(loads.bare, count),
      })
      seen[how].stored.push(...stored)
      seen[how].bare.push(...bare)
    }
    await warmUp()
    world.warm(middleware)
    // First: afterwards the system would leave them where they were put.
    await compare('shared', seen.cpu)
    // Not before: a connection that is opened is a process of PostgreSQL.
    const around = [process.pid, ...(await processesOf(world.database.database))]
    const all = processors()
    const [own, ...others] = all
    await keepOn([own!], [middleware.pid, bare.pid!])
    await keepOn(others.length > 0 ? others : all, around)
    await warmUp()
    await compare('apart', [])
    await keepOn(all, around)
    await Promise.all(Object.values(loads).map((load) => load.close()))
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
    return {
      method: 'POST',
      path: `/webhooks/adyen/${ACCOUNT}`,
      headers: { 'content-type': 'application/json', authorization: world.authorization },
      body: signedDelivery(webhookItem(told, 'AUTHORISATION', true, Date.now()), world.hmacKey),
    }
  })
}
