import type { GatewayEvent } from '../../middleware/gateways/gateway.ts'
import type { Dispute, GatewayLedger, LedgerPayment, LedgerRefund, LedgerStatus } from './gateway-ledger.ts'
import { decimalOf } from './gateway-profiles.ts'
import type { World } from './world.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What becomes of a refund at the gateway, each change in its own time, and who is told. */
export function lifeOf(world: World, ledger: GatewayLedger, refund: LedgerRefund): void {
  const chance = world.chance.life
  const { fates } = world.plan
  const later = (delayMs: number, status: LedgerStatus, kind: GatewayEvent['kind'], then?: () => void) =>
    world.later(delayMs, `${ledger.profile.name}: ${refund.reference} ${kind}`, () => {
      ledger.move(refund, status)
      if (kind === 'refund_failed') world.cover('refund_failed')
      if (kind === 'refund_failed_late') world.cover('late_failure')
      if (kind === 'refund_reversed') world.cover('reversal')
      tellOfRefund(world, ledger, refund, kind)
      then?.()
    })
  const afterwards = () => {
    if (refund.operation !== 'refund') return
    if (chance.happens(fates.failsLate)) {
      const lateness = chance.happens(0.4) ? chance.between(2 * SECOND_MS, HOUR_MS) : chance.between(DAY_MS, 5 * DAY_MS)
      later(lateness, 'failed', 'refund_failed_late', () => {
        if (ledger.profile.repairs && chance.happens(fates.repaired)) {
          later(chance.between(HOUR_MS, 8 * DAY_MS), 'succeeded', 'refund_succeeded', () => {
            world.cover('repair')
            world.watch.repaired(refund)
          })
        }
      })
    } else if (chance.happens(fates.reversed)) {
      later(chance.between(HOUR_MS, 5 * DAY_MS), 'reversed', 'refund_reversed')
    }
  }
  if (refund.status === 'succeeded') {
    if (refund.operation === 'refund') tellOfRefund(world, ledger, refund, 'refund_succeeded')
    return afterwards()
  }
  const slowest = ledger.profile.slowestOutcomeMs
  const soon = {
    atOnce: 0,
    soon: chance.between(SECOND_MS, 90 * SECOND_MS),
    late: chance.between(HOUR_MS, slowest),
  }[chance.weighted({ atOnce: 2, soon: 4, late: 4 })]
  const whole = refund.operation !== 'refund'
  // An undo of a payment of which a part is gone cannot be done.
  const cannot = whole && refund.payment.refunds.some((other) => other !== refund && other.status !== 'failed')
  if (cannot || chance.happens(fates.fails)) return later(soon, 'failed', whole ? 'void_failed' : 'refund_failed')
  if (refund.operation === 'refund' && chance.happens(fates.reversed / 3)) {
    return later(soon, 'reversed', 'refund_reversed')
  }
  later(soon, 'succeeded', whole ? 'void_succeeded' : 'refund_succeeded', afterwards)
}

function tellOfRefund(world: World, ledger: GatewayLedger, refund: LedgerRefund, kind: GatewayEvent['kind']): void {
  const { tells } = ledger.profile
  // A poll finds how a refund of ours ended, so it may go untold; what happens after its end nobody would look for.
  const isFound = refund.stamp !== null && (kind === 'refund_succeeded' || kind === 'refund_failed')
  if (tells === 'sometimes news' && isFound && world.chance.life.happens(0.5)) return
  const { planned } = refund.payment
  const news = tells !== 'look'
  world.webhooks.emit(
    ledger,
    {
      ...frame(world, ledger, news ? kind : 'refund_changed', kind),
      paymentReference: news || world.chance.life.happens(0.5) ? planned.reference : null,
      refundReference: refund.reference,
      refundId: refund.stamp,
      amount: news && !kind.startsWith('void') ? money(refund.amount, planned.currency) : null,
      refusal: news && /failed/.test(kind) ? { code: 'gateway_refused', gatewayMessage: 'declined' } : null,
    },
    refund.silent,
  )
}

/** The bank takes a payment back, all or a part of it, and perhaps gives it back later. */
export function disputePayment(
  world: World,
  ledger: GatewayLedger,
  payment: LedgerPayment,
  share: number,
  wonInHours: number | null,
): void {
  if (payment.voided || payment.settlesAt > world.now || payment.disputes.length > 0) return
  const { namesDisputes, name } = ledger.profile
  const { planned } = payment
  const amount = namesDisputes ? Math.max(1, Math.floor(planned.captured * share)) : planned.captured
  const dispute: Dispute = { reference: `${name}-D-${planned.reference}`, amount, open: true, at: world.now }
  payment.disputes.push(dispute)
  world.cover('chargeback')
  tellOfDispute(world, ledger, payment, dispute)
  if (wonInHours === null) return
  world.later(wonInHours * HOUR_MS, `${name}: ${dispute.reference} is won`, () => {
    Object.assign(dispute, { open: false, at: world.now })
    tellOfDispute(world, ledger, payment, dispute)
  })
}

function tellOfDispute(world: World, ledger: GatewayLedger, payment: LedgerPayment, dispute: Dispute): void {
  const kind = dispute.open ? 'chargeback' : 'chargeback_reversed'
  const { namesDisputes } = ledger.profile
  world.webhooks.emit(ledger, {
    ...frame(world, ledger, namesDisputes ? kind : 'payment_changed', kind),
    paymentReference: payment.planned.reference,
    refundReference: namesDisputes ? dispute.reference : null,
    amount: namesDisputes ? money(dispute.amount, payment.planned.currency) : null,
  })
}

/** An event without a subject yet. */
export function frame(world: World, ledger: GatewayLedger, kind: GatewayEvent['kind'], word: string): GatewayEvent {
  return {
    identity: `${ledger.profile.name}-EV${world.webhooks.nextNumber()}`,
    kind,
    gatewayKind: word.toUpperCase(),
    // Gateways tell whole seconds.
    occurredAt: new Date(Math.floor(world.now / SECOND_MS) * SECOND_MS).toISOString(),
    paymentReference: null,
    refundReference: null,
    refundId: null,
    amount: null,
    refusal: null,
    payload: { word },
  }
}

function money(minor: number, currency: string): { value: string; currency: string } {
  return { value: decimalOf(minor, currency), currency }
}
