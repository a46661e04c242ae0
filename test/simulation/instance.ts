import type { Crm } from '../../middleware/crm/crm.ts'
import type { Database } from '../../middleware/database/database.ts'
import { RefundError } from '../../middleware/errors.ts'
import type { Gateway } from '../../middleware/gateways/gateway.ts'
import { Money } from '../../middleware/money/money.ts'
import { DEFAULT_RULES } from '../../middleware/refunds/direct-debit-gate.ts'
import { PermittedUsers } from '../../middleware/refunds/permitted-users.ts'
import { findRefund } from '../../middleware/refunds/refund-store.ts'
import type { RefundRequest } from '../../middleware/refunds/refund-request.ts'
import type { Settlement } from '../../middleware/refunds/settle-by-hand.ts'
import { openCrm } from './crm-server.ts'
import { openGateway } from './gateway-client.ts'
import { decimalOf } from './gateway-profiles.ts'
import { instanceDatabase } from './instance-database.ts'
import type { PlannedRequest } from './plan.ts'
import type { Owner } from './scheduler.ts'
import { ORG_ID } from './world.ts'
import type { World } from './world.ts'

export const WORK = ['refunds', 'events', 'writes', 'catch-up', 'join', 'permissions', 'silence'] as const
export type WorkKind = (typeof WORK)[number]

/** One process of the middleware, until it is killed. */
export class Instance implements Owner {
  readonly name: string
  alive = true
  paused = false
  readonly skewMs: number
  readonly database: Database
  readonly #world: World
  readonly #crm: Crm
  readonly #gateways = new Map<string, Gateway>()
  readonly #permitted: PermittedUsers
  /** Work of each kind that is under way. */
  readonly #claiming = new Set<WorkKind>()

  constructor(world: World, name: string, skewMs: number) {
    this.#world = world
    this.name = name
    this.skewMs = skewMs
    this.database = instanceDatabase(world, this)
    const crm = openCrm(world, this)
    this.#crm = world.mutant?.crm?.(crm, world) ?? crm
    this.#permitted = new PermittedUsers(this.database, new Map([[ORG_ID, this.#crm]]))
    for (const [profile, ledger] of world.ledgers) {
      const gateway = openGateway(world, ledger, this)
      this.#gateways.set(profile, world.mutant?.gateway?.(gateway, world) ?? gateway)
    }
  }

  gateway(profile: string): Gateway {
    return this.#gateways.get(profile)!
  }

  /** A caller's request, as the route does it: stored, then sent at once. */
  async submit(request: PlannedRequest, otherBody: boolean): Promise<void> {
    const world = this.#world
    const planned = world.plan.payments[request.payment]!
    const gateway = this.gateway(planned.profile)
    const captured = Money.fromDecimal(decimalOf(planned.captured, planned.currency), planned.currency)
    const amount = request.amount === null ? null : otherBody ? Math.max(1, request.amount - 1) : request.amount
    const body: RefundRequest = {
      paymentId: planned.paymentId,
      gatewayAccount: world.ledgers.get(planned.profile)!.account,
      gatewayReference: planned.reference,
      captured,
      amount: amount === null ? null : Money.fromDecimal(decimalOf(amount, planned.currency), planned.currency),
      reason: null,
      note: otherBody ? 'another body' : null,
      lineItems: null,
      directDebit: planned.isDebit ? { scheme: 'bacs', collectedOn: '2025-11-01' } : null,
      payerAsked: true,
      undo: request.undo,
    }
    const caller = world.callers.of(request.key)
    const before = caller.begins(otherBody)
    try {
      await this.#permitted.check(ORG_ID, world.crm.userId)
      const requester = { orgId: ORG_ID, userId: world.crm.userId }
      const { askForRefund, submitRefund } = world.product
      const asked = await askForRefund(this.database, gateway, requester, request.key, body, DEFAULT_RULES, null)
      const refund = asked.kind === 'new' ? asked.job.refund : asked.refund
      caller.stored(refund.id, asked.kind, otherBody)
      if (asked.kind === 'new' && !asked.waits) {
        await submitRefund(this.database, gateway, asked.job).catch(world.expected)
      }
      await world.scheduler.step(this, `answers ${world.alias(refund.id)} for ${request.key}`, () => {
        if (!world.draw('caller_without_answer')) caller.answered(refund.id, otherBody)
        else world.callersRetry.push(request)
      })
    } catch (error) {
      if (error instanceof RefundError) caller.refused(error, otherBody, before)
      else {
        world.expected(error)
        // No answer, so the caller asks again with the same key.
        world.callersRetry.push(request)
      }
    }
  }

  async withdraw(refundId: string): Promise<void> {
    const world = this.#world
    try {
      const refund = await findRefund(this.database, ORG_ID, refundId)
      if (refund && (await world.product.withdrawRefund(this.database, refund, world.crm.userId)))
        world.cover('withdrawal')
    } catch (error) {
      world.expected(error)
    }
  }

  async settle(refundId: string, settlement: Settlement): Promise<void> {
    const world = this.#world
    try {
      await world.product.settleByHand(this.database, refundId, settlement)
      world.cover('settled_by_hand')
    } catch (error) {
      world.expected(error)
    }
  }

  /** Whether it is still at what `work` would begin. */
  isAt(kind: WorkKind): boolean {
    return this.#claiming.has(kind)
  }

  /** One turn of one worker's loop: claim what is due, begin each piece of it. */
  async work(kind: WorkKind): Promise<void> {
    if (this.#claiming.has(kind)) return
    this.#claiming.add(kind)
    try {
      await this.#claim(kind)
    } catch (error) {
      this.#world.expected(error)
    } finally {
      this.#claiming.delete(kind)
    }
  }

  async #claim(kind: WorkKind): Promise<void> {
    const world = this.#world
    const { product } = world
    const accounts = [...world.ledgers.values()].map(({ account, profile }) => ({
      ...{ account, orgId: ORG_ID, live: false },
      gateway: this.gateway(profile.name),
    }))
    switch (kind) {
      case 'refunds':
        for (const job of byId(await product.claimRefunds(this.database, 16), ({ refund }) => refund.id)) {
          world.watch.leased(this, job.refund.id)
          this.#begin(
            async () => {
              await product.doRefundWork(this.database, this.gateway(job.refund.gateway), job)
              world.watch.released(this, job.refund.id)
            },
            () => product.putOffRefund(this.database, job),
          )
        }
        return
      case 'events':
        for (const event of byId(await product.claimEvents(this.database, 8), ({ id }) => id.padStart(12, '0'))) {
          this.#begin(
            () => product.applyEvent(this.database, this.gateway(event.gateway), event),
            () => product.putOffEvent(this.database, event),
          )
        }
        return
      case 'writes':
        for (const lease of await product.claimWrites(this.database, new Map([[ORG_ID, this.#crm]]))) {
          // The lease of the one before ran out while it was still writing: both may send the same.
          if (world.writing > 0) world.crm.interruptions++
          this.#begin(async () => {
            world.writing++
            await product.writeBack(this.database, this.#crm, lease)
            world.writing--
          })
        }
        return
      case 'catch-up':
        for (const { gateway, account } of accounts) await product.catchUp(this.database, gateway, account)
        return
      case 'join':
        await product.joinPayments(this.database, this.#crm, ORG_ID, accounts)
        return
      case 'permissions':
        await this.#permitted.refreshStale()
        return
      case 'silence':
        await product.markSilence(this.database, accounts)
    }
  }

  /** @param putOff makes the work due again later, as the worker's loop does it when it threw */
  #begin(work: () => Promise<unknown>, putOff?: () => Promise<void>): void {
    const { expected } = this.#world
    this.#world.claimed++
    void work()
      .catch(async (error: unknown) => {
        expected(error)
        await putOff?.()
      })
      .catch(expected)
  }
}

/** The order in which PostgreSQL returns updated rows is nobody's promise. */
function byId<Item>(items: readonly Item[], id: (item: Item) => string): Item[] {
  return [...items].sort((one, other) => (id(one) < id(other) ? -1 : 1))
}
