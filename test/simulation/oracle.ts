import type { RefundStage } from '../../middleware/crm/crm.ts'
import type { RefundState } from '../../middleware/refunds/refund.ts'
import { judgeBooks } from './oracle-books.ts'
import type { LedgerRefund } from './gateway-ledger.ts'
import { decimalOf } from './gateway-profiles.ts'
import type { World } from './world.ts'

export interface StoredRefund {
  readonly id: string
  readonly paymentId: string
  readonly state: RefundState
  readonly kind: 'refund' | 'void' | 'undo'
  readonly origin: 'here' | 'gateway_console'
  readonly version: number
  readonly crmVersion: number
  readonly amount: string
  readonly currency: string
  readonly reference: string | null
  readonly key: string | null
  readonly held: boolean
  readonly attention: string | null
}

const FINAL: readonly RefundState[] = ['succeeded', 'failed', 'rejected', 'reversed']

/** How the org calls what is final. */
const SHOWN: Readonly<Record<string, RefundStage>> = {
  'succeeded refund': 'Refunded',
  'succeeded void': 'Voided',
  'succeeded undo': 'Cancelled or refunded',
  failed: 'Failed',
  rejected: 'Failed',
  reversed: 'Reversed',
}

/**
 * Compares the middleware's books, the org's records and the gateways' ledgers when nothing moves any more.
 * @returns the transitions that happened, for the coverage
 */
export async function judge(world: World): Promise<Record<string, number>> {
  const { server } = world
  const refunds = await server.query<StoredRefund>(
    `SELECT id, payment_id AS "paymentId", state, kind, origin, version, crm_version AS "crmVersion", amount, currency,
       gateway_reference AS reference, idempotency_key AS key, held_until IS NOT NULL AS held, attention FROM refunds ORDER BY id`,
  )
  const transitions = await judgeChanges(world, refunds)
  if (world.violations.length > 0) return transitions
  for (const refund of refunds) judgeRefund(world, refund)
  judgeElsewhere(world, refunds)
  judgeCallers(world, refunds)
  await judgeEvents(world)
  await judgeBooks(world, refunds)
  judgeCalls(world)
  return transitions
}

/** I2, I3: what a request ended as, here, at the gateway and in the org. */
function judgeRefund(world: World, refund: StoredRefund): void {
  const { violate } = world
  const name = world.alias(refund.id)
  const truth = world.refundsAtGateway(refund.origin === 'here' ? refund.id : null, refund.reference)
  if (truth.length > 1) return violate('I2', `${name} has ${truth.length} refunds at the gateway`)
  const [real] = truth
  if (!FINAL.includes(refund.state)) {
    if (isLeftToAPerson(world, refund, real)) return
    return violate('I3', `${name} is still ${refund.state}, and the gateway has it as ${real?.status ?? 'nothing'}`)
  }
  const should = real?.status ?? 'rejected'
  // A refund that the gateway will never speak of again is known as it was last told.
  const told: string[] = real?.silent ? [...real.was] : [should]
  if (real === undefined && world.settledByHand.has(refund.id)) told.push('failed')
  if (!told.includes(refund.state)) {
    violate('I3', `${name} ended as ${refund.state}, the gateway has it as ${should}`)
  }
  const record = world.crm.records.get(`refund ${refund.id}`)
  const stage = SHOWN[`${refund.state} ${refund.kind}`] ?? SHOWN[refund.state]
  if (record?.type !== 'refund' || record.version !== refund.version || record.stage !== stage) {
    const shown = record?.type === 'refund' ? `${record.stage} (version ${record.version})` : 'nothing'
    return violate('I3', `the org shows ${shown} for ${name}, which is ${refund.state} (version ${refund.version})`)
  }
  if (refund.crmVersion !== refund.version) violate('I3', `${name} is not known to be written to the org`)
  if (real && refund.kind === 'refund' && decimalOf(real.amount, refund.currency) !== record.amount) {
    violate('I3', `the org shows ${record.amount} for ${name}, the gateway moved ${real.amount} minor units`)
  }
}

/** Where a gateway tells nothing and cannot be asked, a person has to: then a mark must say so. */
function isLeftToAPerson(world: World, refund: StoredRefund, real: LedgerRefund | undefined): boolean {
  const asked = world.ledgers.get(world.plan.payments.find(({ paymentId }) => paymentId === refund.paymentId)!.profile)!
  if (asked.profile.canBeAsked && !(refund.kind === 'void')) return false
  const untold = real === undefined || real.silent
  return untold && refund.attention !== null
}

/** I3 for refunds made elsewhere, and no record twice. */
function judgeElsewhere(world: World, refunds: readonly StoredRefund[]): void {
  const known = new Map(refunds.map((refund) => [refund.reference, refund]))
  for (const ledger of world.ledgers.values()) {
    for (const real of ledger.all) {
      if (real.stamp !== null || real.silent || real.status === 'failed') continue
      if (!known.has(real.reference))
        world.violate('I3', `${real.reference}, made elsewhere, never came into the books`)
    }
  }
  for (const record of world.crm.records.values()) {
    if (record.type === 'refund' && !refunds.some(({ id }) => id === record.id)) {
      world.violate('I3', `the org has a refund that does not exist: ${record.id}`)
    }
  }
  for (const payment of world.plan.payments) {
    const rolledUp = [...world.crm.records.values()].filter(
      (record) => record.type === 'refund' && record.paymentId === payment.paymentId && record.stage === 'Refunded',
    ).length
    const stored = refunds.filter(
      ({ paymentId, state, kind }) => paymentId === payment.paymentId && state === 'succeeded' && kind === 'refund',
    ).length
    if (rolledUp !== stored)
      world.violate('I3', `the org sums ${rolledUp} refunds of ${payment.reference}, there are ${stored}`)
  }
}

/** I8, I9: a key is one refund; who was refused has none; who was promised one has it. */
function judgeCallers(world: World, refunds: readonly StoredRefund[]): void {
  for (const caller of world.callers.all) {
    const made = refunds.filter(({ key }) => key === caller.key)
    if (made.length > 1) world.violate('I8', `${caller.key} made ${made.length} refunds`)
    if (caller.promised && made[0]?.id !== caller.refundId)
      world.violate('I3', `${caller.key} was promised a refund that is gone`)
  }
  for (const refund of refunds) {
    if (refund.origin === 'here' && !world.callers.all.some(({ key }) => key === refund.key)) {
      world.violate('I9', `nobody asked for ${world.alias(refund.id)}`)
    }
  }
}

/** I7: what was acknowledged is there once and is dealt with; what was forged is not. */
async function judgeEvents(world: World): Promise<void> {
  const events = await world.server.query<{ identity: string; count: number; open: number; outcome: string | null }>(
    `SELECT identity, count(*)::int AS count, count(due_at)::int AS open, max(outcome) AS outcome
     FROM gateway_events GROUP BY identity ORDER BY 1`,
  )
  const stored = new Map(events.map((event) => [event.identity, event]))
  for (const identity of world.webhooks.acknowledged) {
    if (!stored.has(identity)) world.violate('I7', `${identity} was acknowledged and is lost`)
  }
  for (const { identity, count, open, outcome } of events) {
    if (count > 1) world.violate('I7', `${identity} is stored ${count} times`)
    if (world.webhooks.forged.has(identity)) world.violate('I7', `${identity} was forged, and is believed`)
    if (open > 0 && outcome !== 'no_such_payment') world.violate('I7', `${identity} is never dealt with (${outcome})`)
    if (outcome === 'no_such_payment' && world.webhooks.isOfKnownPayment(identity)) {
      world.violate('I7', `${identity} waits for a payment that the org has`)
    }
  }
}

/** I11: each refund's changes are one chain from its beginning to its present state. */
async function judgeChanges(world: World, refunds: readonly StoredRefund[]): Promise<Record<string, number>> {
  const rows = await world.server.query<{
    id: string
    from: string | null
    to: string
    evidence: string
    instance: string
  }>(
    `SELECT refund_id AS id, from_state AS "from", to_state AS "to", evidence, instance FROM refund_changes
     ORDER BY refund_changes.id`,
  )
  const transitions: Record<string, number> = {}
  const present = new Map<string, string | null>()
  for (const row of rows) {
    const was = present.get(row.id) ?? null
    if (row.from !== was) world.violate('I11', `${world.alias(row.id)}: a change from ${row.from} after ${was}`)
    if (!/^i\d/.test(row.instance) || row.evidence === '')
      world.violate('I11', `${world.alias(row.id)}: who or why is missing`)
    present.set(row.id, row.to)
    if (row.from !== null) transitions[`${row.from} ${row.to}`] = (transitions[`${row.from} ${row.to}`] ?? 0) + 1
  }
  for (const { id, state } of refunds) {
    if (present.get(id) !== state)
      world.violate('I11', `${world.alias(id)} is ${state}, its changes end at ${present.get(id)}`)
  }
  return transitions
}

/** I12: a version is sent once, and again only where something came between. */
function judgeCalls(world: World): void {
  const { crm } = world
  const repeated = [...crm.sends.values()].reduce((sum, times) => sum + times - 1, 0)
  const perInterruption = Math.max(1, crm.records.size)
  if (repeated > crm.interruptions * perInterruption) {
    world.violate('I12', `${repeated} rows were sent again, and only ${crm.interruptions} times something came between`)
  }
  if (crm.calls > crm.sends.size + crm.interruptions + crm.emptyCalls) {
    world.violate('I12', `${crm.calls} calls for ${crm.sends.size} versions`)
  }
  if (crm.emptyCalls > crm.interruptions) world.violate('I12', `${crm.emptyCalls} calls carried nothing`)
}
