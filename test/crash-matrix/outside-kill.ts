import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { LocalWorld } from '../emulators/local-world.ts'
import type { Scenario } from './connection.ts'
import type { Side } from './kill-points.ts'

export interface OutsideKill {
  readonly world: LocalWorld
  readonly scenario: Scenario
  readonly paymentReference: string
  readonly side: Side
  readonly pid: number
  /** Told as the kill switch tells it. */
  readonly token: string
}

/**
 * The ledger is written in the gateway, which lives in this process: so the middleware is killed from here. `before`: the gateway has
 * the head of the call, and writes its ledger for a caller that is dead. `after`: the ledger is written, and nothing of the answer.
 */
export async function killFromOutside({
  world,
  scenario,
  paymentReference,
  side,
  pid,
  token,
}: OutsideKill): Promise<void> {
  const { payment } = scenario
  const gateway = { adyen: world.adyen, braintree: world.braintree, gocardless: world.goCardless }[payment.gateway]
  const kill = () => {
    writeFileSync(token, String(pid), { flag: 'wx' })
    process.kill(pid, 'SIGKILL')
  }
  if (side === 'after') {
    gateway.faultOnNextRequest('hang')
    while (scenario.inLedger(world, paymentReference).length === 0) await pause(2)
    return kill()
  }
  const port = Number(new URL(gateway.url).port)
  const arrivals = channel('http.server.request.start')
  await new Promise<void>((resolve) => {
    const onArrival = (message: unknown) => {
      const { request, server } = message as { request: IncomingMessage; server: Server }
      if ((server.address() as AddressInfo | null)?.port !== port || request.method === 'GET') return
      arrivals.unsubscribe(onArrival)
      kill()
      resolve()
    }
    arrivals.subscribe(onArrival)
  })
}
