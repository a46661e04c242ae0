import { EventInbox } from '../../middleware/refunds/event-inbox.ts'
import { createHmac } from 'node:crypto'
import { RefundError } from '../../middleware/errors.ts'
import type { GatewayEvent, WebhookDelivery } from '../../middleware/gateways/gateway.ts'
import type { GatewayLedger } from './gateway-ledger.ts'
import { frame } from './gateway-life.ts'
import type { Instance } from './instance.ts'
import type { Operation } from './plan.ts'
import type { World } from './world.ts'

interface Outgoing {
  readonly ledger: GatewayLedger
  readonly events: readonly GatewayEvent[]
  readonly delivery: WebhookDelivery
  availableAt: number
  acknowledged: boolean
  /** Instances that are storing it right now. */
  receivers: Instance[]
}

/** What the gateways tell, until somebody acknowledges it. */
export class Webhooks {
  readonly #world: World
  readonly #outgoing: Outgoing[] = []
  #events = 0
  /** Identities that an acknowledgement was given for. */
  readonly acknowledged = new Set<string>()
  /** Identities of what no gateway ever said. */
  readonly forged = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  nextNumber(): number {
    return ++this.#events
  }

  /** @param silent nobody ever delivers it; it may still be listed */
  emit(ledger: GatewayLedger, event: GatewayEvent, silent = false): void {
    const world = this.#world
    const poison = world.draw('unreadable_event')
    const events = poison ? [{ ...frame(world, ledger, 'unreadable', 'garbage'), payload: {} }, event] : [event]
    const delay = world.draw('webhook_delayed') ? world.chance.faults.between(3_600_000, 4 * 86_400_000) : 0
    this.#outgoing.push({
      ...{ ledger, events, delivery: deliveryOf(ledger.account, events), acknowledged: silent, receivers: [] },
      availableAt: world.now + delay,
    })
  }

  eventsSince(ledger: GatewayLedger, instant: string): readonly GatewayEvent[] {
    return this.#outgoing
      .filter((outgoing) => outgoing.ledger === ledger)
      .flatMap(({ events }) => events)
      .filter(({ occurredAt }) => occurredAt !== null && occurredAt >= instant)
  }

  /** Whether an event speaks of a payment that the org could be asked for. */
  isOfKnownPayment(identity: string): boolean {
    const event = this.#outgoing.flatMap(({ events }) => events).find((one) => one.identity === identity)
    return event?.paymentReference !== undefined && event.paymentReference !== 'PAY-OF-A-STRANGER'
  }

  #deliverable(): Outgoing[] {
    const { now } = this.#world
    return this.#outgoing.filter(({ acknowledged, availableAt, receivers }) => {
      return !acknowledged && availableAt <= now && !receivers.some(({ alive }) => alive)
    })
  }

  get hasDeliverable(): boolean {
    return this.#deliverable().length > 0
  }

  get nextAt(): number | null {
    const times = this.#outgoing.filter(({ acknowledged }) => !acknowledged).map(({ availableAt }) => availableAt)
    return times.length > 0 ? Math.min(...times) : null
  }

  /** Delivers one of those that wait, in no particular order. */
  async deliverOne(instance: Instance): Promise<void> {
    const world = this.#world
    const waiting = this.#deliverable()
    const outgoing = world.chance.schedule.pick(waiting)
    if (outgoing !== waiting[0]) world.cover('webhook_reordered')
    if (world.callsUnderWay.size > 0) world.cover('webhook_before_answer')
    outgoing.receivers = []
    const again = () => (outgoing.availableAt = world.now + world.chance.faults.between(10_000, 7_200_000))
    if (world.draw('webhook_dropped')) return void again()
    for (const copy of world.draw('webhook_duplicated') ? [instance, world.anyInstance() ?? instance] : [instance]) {
      outgoing.receivers.push(copy)
      await world.scheduler.start(copy, () => this.#receive(copy, outgoing, again))
    }
  }

  async #receive(instance: Instance, outgoing: Outgoing, again: () => void): Promise<void> {
    const world = this.#world
    try {
      await world.product.receiveWebhook(
        new EventInbox(instance.database),
        instance.gateway(outgoing.ledger.profile.name),
        outgoing.ledger.account,
        outgoing.delivery,
      )
    } catch (error) {
      world.expected(error)
      outgoing.receivers = []
      again()
      return
    }
    await world.scheduler.step(
      instance,
      `acknowledges ${outgoing.events.map(({ identity }) => identity).join(' ')}`,
      () => {
        for (const { identity } of outgoing.events) this.acknowledged.add(identity)
        outgoing.receivers = []
        if (world.draw('webhook_dropped')) again()
        else outgoing.acknowledged = true
      },
    )
  }

  /** An old delivery comes again as it was. */
  async replay(instance: Instance): Promise<void> {
    const known = this.#outgoing.filter(({ acknowledged }) => acknowledged)
    if (known.length === 0) return
    const outgoing = this.#world.chance.faults.pick(known)
    this.#world.cover('webhook_replayed')
    await this.#world.scheduler.start(instance, () => this.#receive(instance, outgoing, () => {}))
  }

  /** What no gateway sent must be refused, or, where only its unsigned part was changed, mean what the signed part says. */
  async forge(instance: Instance, how: Extract<Operation, { kind: 'forge' }>['how']): Promise<void> {
    const world = this.#world
    const ledger = world.chance.faults.pick([...world.ledgers.values()])
    const refund = world.chance.faults.pick([...ledger.all, null])
    const event: GatewayEvent = {
      ...frame(
        world,
        ledger,
        world.chance.faults.pick(['refund_succeeded', 'refund_failed', 'chargeback'] as const),
        'forged',
      ),
      paymentReference: refund?.payment.planned.reference ?? 'PAY0',
      refundReference: refund?.reference ?? 'made-up',
      refundId: refund?.stamp ?? null,
    }
    const genuine = world.chance.faults.pick([...this.#outgoing, null])
    world.cover('webhook_forged')
    if (how === 'unsigned_part') {
      if (!genuine) return
      const { signed } = JSON.parse(genuine.delivery.body.toString()) as { signed: string }
      const body = Buffer.from(JSON.stringify({ signed, unsigned: { events: [event] } }))
      this.forged.add(event.identity)
      const { headers } = genuine.delivery
      return world.scheduler.start(instance, async () => {
        await world.product
          .receiveWebhook(
            new EventInbox(instance.database),
            instance.gateway(genuine.ledger.profile.name),
            genuine.ledger.account,
            {
              headers,
              body,
            },
          )
          .catch(world.expected)
      })
    }
    this.forged.add(event.identity)
    const made = deliveryOf(ledger.account, [event])
    const signature = genuine?.delivery.headers['x-signature']
    const headers =
      how === 'unsigned'
        ? {}
        : how === 'tampered'
          ? { 'x-signature': signature }
          : { 'x-signature': signed('guess', 'x') }
    await world.scheduler.start(instance, async () => {
      try {
        await world.product.receiveWebhook(
          new EventInbox(instance.database),
          instance.gateway(ledger.profile.name),
          ledger.account,
          {
            ...made,
            headers,
          },
        )
        world.violate('I7', `a delivery that no gateway signed was taken (${how})`)
      } catch (error) {
        if (!(error instanceof RefundError)) world.expected(error)
      }
    })
  }

  stranger(what: 'payment' | 'kind'): void {
    const world = this.#world
    const ledger = world.chance.faults.pick([...world.ledgers.values()])
    world.cover('event_of_a_stranger')
    const kind =
      what === 'kind' ? 'other' : ledger.profile.tells === 'look' ? 'payment_changed' : 'chargeback_announced'
    this.emit(ledger, { ...frame(world, ledger, kind, 'stranger'), paymentReference: 'PAY-OF-A-STRANGER' })
  }
}

function signed(account: string, text: string): string {
  return createHmac('sha256', `secret of ${account}`).update(text).digest('hex')
}

function deliveryOf(account: string, events: readonly GatewayEvent[]): WebhookDelivery {
  const text = JSON.stringify(events)
  return {
    headers: { 'x-signature': signed(account, text) },
    body: Buffer.from(JSON.stringify({ signed: text, unsigned: {} })),
  }
}

/** Believes what is signed, and nothing else. */
export function readDelivery(ledger: GatewayLedger, { headers, body }: WebhookDelivery): readonly GatewayEvent[] {
  const parsed = JSON.parse(body.toString()) as { signed: string }
  if (headers['x-signature'] !== signed(ledger.account, parsed.signed)) throw new RefundError('webhook_not_authentic')
  return JSON.parse(parsed.signed) as GatewayEvent[]
}
