import { disputePayment } from './gateway-life.ts'
import type { GatewayLedger, LedgerPayment } from './gateway-ledger.ts'
import type { Operation, Submit } from './plan.ts'
import type { World } from './world.ts'

/** A process that is stopped for longer than this, in the middle of something, is taken for dead. */
const LONGEST_PAUSE_MS = 6 * 3_600_000
const LEASE_MS = 60_000
/** After this some gateways have forgotten every key. */
const FORGOTTEN_MS = 7 * 86_400_000

/** Some requests that come to one process at the same time. */
export async function submitTogether(world: World, operations: readonly Submit[]): Promise<void> {
  const { scheduler } = world
  for (const operation of operations) scheduler.note('plan', JSON.stringify(operation))
  if (operations.some(({ request }) => request.undo)) world.cover('undo')
  const instance = world.anyInstance()
  if (!instance) return
  await scheduler.start(
    instance,
    ...operations.map(
      ({ request, otherBody }) =>
        () =>
          instance.submit(request, otherBody),
    ),
  )
}

/** One operation of the plan. */
export async function perform(world: World, operation: Operation): Promise<void> {
  if (operation.kind === 'submit') return submitTogether(world, [operation])
  const { scheduler } = world
  scheduler.note('plan', JSON.stringify(operation))
  const instance = world.anyInstance()
  switch (operation.kind) {
    case 'withdraw': {
      const { refundId } = world.callers.of(operation.key)
      if (instance && refundId !== null) await scheduler.start(instance, () => instance.withdraw(refundId))
      return
    }
    case 'refund_elsewhere': {
      const [ledger, payment] = paymentOf(world, operation.payment)
      const amount = Math.max(1, Math.round(payment.planned.captured * operation.share))
      if (ledger.refundElsewhere(payment, amount)) world.cover('refund_elsewhere')
      return
    }
    case 'chargeback': {
      const [ledger, payment] = paymentOf(world, operation.payment)
      disputePayment(world, ledger, payment, operation.share, operation.wonInHours)
      return
    }
    case 'kill':
      world.kill(operation.instance)
      return
    case 'pause': {
      const paused = world.instances[operation.instance % world.instances.length]!
      if (paused.paused) return
      paused.paused = true
      const since = world.now
      world.later(operation.seconds * 1_000, `${paused.name} goes on`, () => {
        paused.paused = false
        if (paused.alive && world.now - since > LEASE_MS) world.cover('zombie')
      })
      // While one is stopped the others go on, and time with them.
      world.now += schedule(world, operation.seconds)
      return
    }
    case 'jump':
      await jump(world, operation.seconds * 1_000)
      return
    case 'crm_down':
      world.crm.downUntil = world.now + operation.seconds * 1_000
      return
    case 'forge':
      if (instance) await world.webhooks.forge(instance, operation.how)
      return
    case 'replay':
      if (instance) await world.webhooks.replay(instance)
      return
    case 'stranger':
      world.webhooks.stranger(operation.what)
      return
    case 'permission':
      if (!operation.allowed) world.cover('permission_removed')
      world.crm.permit(operation.allowed)
  }
}

/** Milliseconds by which a stop moves the clock at once. */
function schedule(world: World, seconds: number): number {
  return Math.floor(world.chance.schedule.number() * seconds * 1_000)
}

async function jump(world: World, milliseconds: number): Promise<void> {
  world.cover('clock_jump')
  if (milliseconds > LONGEST_PAUSE_MS) {
    // Over days nobody stands still between two steps: what is under way ends first, or its process.
    for (let left = 60; left > 0 && world.scheduler.hasReady; left--) {
      await world.scheduler.takeOne(world.chance.schedule)
    }
    world.instances.forEach((instance, place) => {
      if (world.scheduler.waitsOf(instance) > 0) world.kill(place)
    })
  }
  if (milliseconds >= FORGOTTEN_MS && world.watch.hasUnknown) world.cover('key_pruned')
  world.now += milliseconds
}

function paymentOf(world: World, place: number): [GatewayLedger, LedgerPayment] {
  const planned = world.plan.payments[place]!
  const ledger = world.ledgers.get(planned.profile)!
  return [ledger, ledger.payments.get(planned.reference)!]
}
