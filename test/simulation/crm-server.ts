import type { Crm, CrmRecord, FoundPayment, PaymentReference, WriteResult } from '../../middleware/crm/crm.ts'
import { CrmError } from '../../middleware/crm/crm.ts'
import { decimalOf } from './gateway-profiles.ts'
import type { Instance } from './instance.ts'
import type { World } from './world.ts'

const DEADLINE_MS = 30_000

/** What the org holds, and how it takes what it is sent: by external id, never an older version over a newer one. */
export class CrmServer {
  readonly #world: World
  /** By type and external id. */
  readonly records = new Map<string, CrmRecord>()
  readonly userId = '0050000000000AGAAA'
  downUntil = 0
  permitted = true
  /** When the user lost the right; null while it is there. */
  permittedUntil: number | null = null
  calls = 0
  emptyCalls = 0
  /** How often each version of each row was sent. */
  readonly sends = new Map<string, number>()
  /** Of rows and calls that had to be sent again: refused, lost, overtaken. */
  interruptions = 0

  constructor(world: World) {
    this.#world = world
  }

  permit(allowed: boolean): void {
    if (allowed === this.permitted) return
    this.permitted = allowed
    this.permittedUntil = allowed ? null : this.#world.now
  }

  take(records: readonly CrmRecord[]): WriteResult[] | 'limit' {
    const world = this.#world
    this.calls++
    if (records.length === 0) this.emptyCalls++
    if (world.draw('crm_limit')) {
      this.interruptions++
      return 'limit'
    }
    return records.map((record): WriteResult => {
      const { id } = record
      const sent = `${record.type} ${id} ${record.version}`
      this.sends.set(sent, (this.sends.get(sent) ?? 0) + 1)
      if (world.draw('crm_row_locked')) {
        this.interruptions++
        return { id, outcome: 'retry', detail: 'UNABLE_TO_LOCK_ROW' }
      }
      if (world.draw('crm_row_refused')) {
        this.interruptions++
        return { id, outcome: 'person', detail: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: a rule of the customer' }
      }
      const key = `${record.type} ${id}`
      if (this.keepsNewest && (this.records.get(key)?.version ?? -1) > record.version) return { id, outcome: 'newer' }
      this.records.set(key, record)
      if (record.type === 'refund') world.watch.shown(record)
      return { id, outcome: 'written' }
    })
  }

  /** The rule that refuses an older version; a mutant switches it off to show what stands behind it. */
  keepsNewest = true

  find(references: readonly PaymentReference[]): FoundPayment[] {
    return references.flatMap((reference) => {
      const ledger = this.#world.ledgers.get(reference.gateway)
      const planned = ledger?.payments.get(reference.gatewayReference)?.planned
      if (!planned) return []
      const { paymentId, captured, currency } = planned
      return [{ ...reference, paymentId, captured: decimalOf(captured, currency), currency }]
    })
  }
}

/** The org as one instance reaches it. */
export function openCrm(world: World, instance: Instance): Crm {
  const { scheduler } = world
  const server = world.crm

  /** A call arrives, a call is answered; both are steps, and both may be lost. */
  async function call<Answer>(what: string, arrive: () => Answer): Promise<Answer> {
    const isUp = await scheduler.step(instance, `sends ${what} to the org`, () => world.now >= server.downUntil)
    if (!isUp) {
      world.cover('crm_down')
      throw new CrmError('unavailable', 'the org is down')
    }
    return new Promise<Answer>((resolve, reject) => {
      let heard = false
      const deadline = scheduler.pending(instance, `no answer to ${what} from the org`, world.now + DEADLINE_MS, () => {
        if (heard) return
        heard = true
        server.interruptions++
        reject(new CrmError('unavailable', 'no answer'))
      })
      const arrival = scheduler.pending(world, `${what} arrives at the org`, 0, () => {
        const answer = arrive()
        if (world.draw('crm_answer_lost')) return
        void scheduler.step(instance, `the org answers ${what}`, () => {
          if (heard) return
          heard = true
          deadline.cancel()
          resolve(answer)
        })
      })
      arrival.done.catch(world.fail)
    })
  }

  return {
    apiUsage: null,
    async upsert(records) {
      const answer = await call(`${records.length} rows`, () => server.take(records))
      if (answer === 'limit') throw new CrmError('limit', 'REQUEST_LIMIT_EXCEEDED')
      return answer
    },
    permittedUsers: () =>
      call('the question who may refund', () => ({
        refunds: new Set(server.permitted ? [server.userId] : []),
        credits: new Set<string>(),
        settlements: new Set<string>(),
      })),
    findPayments: (references) => call(`${references.length} references`, () => server.find(references)),
  }
}
