import type { Attempt } from '../../middleware/gateways/gateway.ts'
import type { GatewayLedger, LedgerAnswer } from './gateway-ledger.ts'
import type { Instance } from './instance.ts'
import type { Pending } from './scheduler.ts'
import type { World } from './world.ts'

/** The deadline of a call, as every adapter has it. */
const DEADLINE_MS = 30_000
/** What has not arrived after this never does. */
const LOST_AFTER_MS = 90_000

type Answer = LedgerAnswer | 'limit' | 'no answer'

interface Packet {
  readonly key: string
  readonly sentAt: number
  arrive(): Promise<void> | void
  gone: boolean
}

/** Requests on their way: they arrive whether or not their sender lives, those of one key in the order in which they were sent. */
export class Network {
  #packets: Packet[] = []

  add(packet: Packet): void {
    this.#packets = [...this.#packets.filter(({ gone }) => !gone), packet]
  }

  /** Those that were sent before with the same key. */
  ahead(packet: Packet): Packet[] {
    return this.#packets.filter((other) => !other.gone && other.key === packet.key && other !== packet).slice(0)
  }
}

/**
 * One request to a gateway: it arrives, is worked on, is answered; each is a step of its own, and each may be lost.
 * @returns `no answer` when the deadline passed, the line broke or nobody can read what came
 */
export async function sendOverNetwork(
  world: World,
  ledger: GatewayLedger,
  instance: Instance,
  attempt: Attempt,
  what: string,
): Promise<Answer> {
  const { scheduler } = world
  const { name } = ledger.profile
  world.callsUnderWay.add(attempt.key)
  let heard = false
  return new Promise<Answer>((resolve) => {
    const hear = (answer: Answer) => {
      if (heard) return
      heard = true
      world.callsUnderWay.delete(attempt.key)
      deadline?.cancel()
      resolve(answer)
    }
    const answerWith = (answer: Answer) => {
      const told = answer === 'limit' || answer === 'no answer' ? answer : answer.kind
      void scheduler.instant(instance, `${name} answers ${what}: ${told}`, () => hear(answer))
    }
    const packet: Packet = { key: attempt.key, sentAt: world.now, gone: false, arrive }
    const slow = world.draw('slow_gateway')
    function arrive(): void {
      if (packet.gone) return
      for (const earlier of world.network.ahead(packet)) {
        if (earlier.sentAt < packet.sentAt) void earlier.arrive()
      }
      packet.gone = true
      if (world.now - packet.sentAt > LOST_AFTER_MS || world.draw('request_lost')) return
      if (world.draw('too_many_requests')) return answerWith('limit')
      if (world.draw('server_error_without_effect')) return answerWith('no answer')
      if (world.draw('key_in_flight') && ledger.begin(attempt.key)) {
        void scheduler
          .pending(world, `${name} finishes ${what}`, world.now + world.chance.faults.between(1, 120_000), () => {
            const answer = ledger.finish(attempt)
            afterEffect(answer)
          })
          .done.catch(world.fail)
        return
      }
      afterEffect(ledger.take(attempt))
    }
    function afterEffect(answer: LedgerAnswer): void {
      if (world.draw('answer_lost')) return
      const unreadable = world.draw('server_error_with_effect') || world.draw('unreadable_answer')
      answerWith(unreadable ? 'no answer' : answer)
    }
    world.network.add(packet)
    const arrivesAt = slow ? world.now + world.chance.faults.between(DEADLINE_MS, LOST_AFTER_MS) : 0
    void scheduler.pending(world, `${what} arrives at ${name}`, arrivesAt, arrive).done.catch(world.fail)
    const deadline: Pending<void> = scheduler.pending(
      instance,
      `no answer to ${what} in time`,
      world.now + DEADLINE_MS,
      () => hear('no answer'),
    )
  })
}
