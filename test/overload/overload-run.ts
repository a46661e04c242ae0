import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Memory } from '../endurance/memory.ts'
import { Load } from '../instances/load.ts'
import { startOwnPostgres } from '../instances/own-postgres.ts'
import { PAYMENT_MIX, newPayment } from '../instances/payments.ts'
import { startRig } from '../instances/rig.ts'
import type { Rig } from '../instances/rig.ts'
import type { Progress } from '../progress.ts'
import type { Arrival, Order } from './arrivals.ts'

export interface OverloadOptions {
  readonly seconds: number
  /** Seconds for which the sustainable rate is measured. */
  readonly measure: number
  /** How often the sustainable rate arrives. */
  readonly times: number
  readonly progress: Progress
}

export interface OverloadReport {
  readonly sustainablePerSecond: number
  readonly arrivedPerSecond: number
  readonly arrived: number
  readonly accepted: number
  readonly refused: number
  /** No answer, or one that leaves open whether it was stored. */
  readonly unanswered: number
  readonly acceptedMs: { readonly p50: number; readonly p99: number }
  readonly refusedMs: { readonly p50: number; readonly p99: number }
  readonly memory: { readonly peakMb: number; readonly slopeMbPerMinute: number; readonly riseMb: number }
  readonly wrong: readonly string[]
}

const ARRIVALS = new URL('./arrivals.ts', import.meta.url)
const CALLERS = 16
const PAYMENTS = 200
/** Two minutes, less what a run of arrivals may be late. */
const TOKEN_LIFE_MS = 100_000
/** Over the later half of the load. More is a leak, not the heap's breathing. */
const RISE_MB = 96

/** Measures what one process sustains, then sends it many times that, and judges everything that came of it. */
export async function overload(options: OverloadOptions): Promise<OverloadReport> {
  const postgres = await startOwnPostgres()
  const rig = await startRig({ databaseUrl: postgres.url })
  try {
    await rig.fleet.start(0)
    return await run(options, rig)
  } finally {
    await rig.close()
    await postgres.close()
  }
}

async function run({ seconds, measure, times, progress }: OverloadOptions, rig: Rig): Promise<OverloadReport> {
  const load = new Load(rig.world, rig.fleet)
  const { heard } = load
  // What is compiled and connected first is not the rate that it sustains.
  await loadFor(load, measure / 2)
  const before = heard.accepted.size + heard.refused.size
  await loadFor(load, measure)
  const sustainable = (heard.accepted.size + heard.refused.size - before) / measure
  progress.say(`sustainable: ${sustainable.toFixed(0)} requests a second; now ${times} times that for ${seconds} s`)

  const payments = await Promise.all(
    Array.from({ length: PAYMENTS }, (_, place) => newPayment(rig.world, PAYMENT_MIX[place % 6]!)),
  )
  const order = { url: rig.fleet.urlOf(0), bodies: payments.map(({ body }) => ({ ...body, amount: '0.05' })) }
  const memory = watch(rig, seconds, progress)
  const arrivals: Arrival[] = []
  for (let left = seconds * 1_000; left > 0; left -= TOKEN_LIFE_MS) {
    const token = await load.caller.freshToken()
    const forMs = Math.min(left, TOKEN_LIFE_MS)
    // One by one: a fast machine has more of them than a call may have arguments.
    for (const arrival of await arrive({ ...order, token, perSecond: sustainable * times, forMs }))
      arrivals.push(arrival)
  }
  const { peakMb, slopeMbPerMinute } = memory.stop()

  for (const { key, body, refundId, status, code } of arrivals) {
    if (refundId !== null) heard.accepted.set(key, { id: refundId, body: order.bodies[body]! })
    else if (isRefused(status, code)) heard.refused.add(key)
  }
  const accepted = arrivals.filter(({ refundId }) => refundId !== null)
  const refused = arrivals.filter(({ code }) => code === 'overloaded' || code === 'too_many_requests')
  const open = arrivals.filter(({ status, code }) => status === null || code === 'service_unavailable')
  const others = arrivals.length - accepted.length - refused.length - open.length
  const riseMb = Math.round(slopeMbPerMinute * (seconds / 2 / 60))
  // An open answer is closed by its key: what was not stored has no effect, what was is judged like the others.
  const wrong = [
    ...(await rig.judgement(heard)),
    ...(accepted.length === 0 ? ['nothing was accepted'] : []),
    ...(refused.length === 0 ? ['nothing was refused: this was no overload'] : []),
    ...(others > 0 ? [`${others} requests were answered in another way`] : []),
    ...(refused.some(({ saysWhen }) => !saysWhen) ? ['a refusal did not say when to come again'] : []),
    ...(riseMb > RISE_MB ? [`memory rose by ${riseMb} MB in the later half`] : []),
  ]
  return {
    sustainablePerSecond: Math.round(sustainable),
    arrivedPerSecond: Math.round(arrivals.length / seconds),
    arrived: arrivals.length,
    accepted: accepted.length,
    refused: refused.length,
    unanswered: open.length,
    acceptedMs: percentiles(accepted),
    refusedMs: percentiles(refused),
    memory: { peakMb, slopeMbPerMinute, riseMb },
    wrong,
  }
}

async function loadFor(load: Load, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000
  await load.run({ callers: CALLERS, goOn: () => performance.now() < end })
}

async function arrive(order: Order): Promise<Arrival[]> {
  const child = fork(ARRIVALS)
  child.send(order)
  const [arrivals] = (await once(child, 'message')) as [Arrival[]]
  return arrivals
}

/** Refused for what it was or for when it came; `service_unavailable` leaves open whether it was stored. */
function isRefused(status: number | null, code: string | null): boolean {
  return status !== null && status >= 400 && code !== 'service_unavailable'
}

function percentiles(arrivals: readonly Arrival[]): { p50: number; p99: number } {
  const sorted = arrivals.map(({ ms }) => ms).sort((one, other) => one - other)
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  return { p50: at(0.5), p99: at(0.99) }
}

function watch({ fleet }: Rig, seconds: number, progress: Progress) {
  const memory = new Memory()
  const started = performance.now()
  const timer = setInterval(async () => {
    const passed = (performance.now() - started) / 1_000
    progress.at(Math.min(Math.round(passed), seconds))
    for (const { bytes } of await fleet.memory()) memory.add(passed, bytes)
  }, 500)
  return {
    stop() {
      clearInterval(timer)
      return memory
    },
  }
}
