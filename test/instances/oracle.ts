import type { Database } from '../../middleware/database/database.ts'
import type { LocalWorld } from '../emulators/local-world.ts'
import { cents, truthOf } from './gateway-truth.ts'
import type { TrueRefund } from './gateway-truth.ts'

/** What callers heard. */
export interface Heard {
  /** Idempotency key → the refund that it made, and what was asked. */
  readonly accepted: ReadonlyMap<string, { readonly id: string; readonly body: object }>
  /** Keys of requests that were refused with nothing stored. */
  readonly refused: ReadonlySet<string>
}

interface StoredRefund {
  readonly id: string
  readonly key: string
  readonly state: string
  readonly amount: string
  readonly paymentId: string
  readonly version: number
}

/** What is not finished yet, by the store: all of it, and what only waits for the gateways to tell. */
export async function openWork(database: Database): Promise<{ open: number; untold: number }> {
  const [row] = await database.query<{ open: number; untold: number }>(
    `SELECT (
       (SELECT count(*) FROM refunds WHERE state NOT IN ('succeeded', 'rejected', 'failed', 'reversed') OR crm_due_at IS NOT NULL)
       + (SELECT count(*) FROM gateway_events WHERE due_at IS NOT NULL)
       + (SELECT count(*) FROM payments WHERE crm_due_at IS NOT NULL)
     )::int AS open,
     (SELECT count(*)::int FROM refunds WHERE state = 'pending') AS untold`,
  )
  return row!
}

/** Everything that is wrong by I1 to I9 of RELIABILITY.md, over all refunds; gateways' ledgers and the org's rows are what counts. */
export async function judge(
  world: Pick<LocalWorld, 'adyen' | 'braintree' | 'goCardless' | 'org'>,
  database: Database,
  heard: Heard,
): Promise<string[]> {
  const { open } = await openWork(database)
  const wrong = open === 0 ? [] : [`I6: ${open} refunds, events or records are not finished`]
  const truth = truthOf(world)
  const atGateway = groupBy(truth.refunds, ({ refundId }) => refundId)
  const stored = await database.query<StoredRefund>(
    `SELECT id, idempotency_key AS key, state, amount, payment_id AS "paymentId", version FROM refunds`,
  )
  const inStore = new Map(stored.map((refund) => [refund.id, refund]))
  const byKey = new Map(stored.map((refund) => [refund.key, refund]))
  const records = groupBy(world.org.rows('Refund__c'), (row) => String(row.Refund_Key__c))

  for (const [payment, refunds] of groupBy(truth.refunds, ({ payment }) => payment)) {
    const out = sum(refunds.filter(({ outcome }) => outcome !== 'refused'))
    if (out > truth.captured.get(payment)!) wrong.push(`I1: ${payment} gave back ${out} cents, more than was captured`)
  }
  for (const { refundId, reference } of truth.refunds) {
    if (!inStore.has(refundId)) wrong.push(`I2: ${reference} was sent for ${refundId}, which is not stored`)
  }
  for (const [key, { id }] of heard.accepted) {
    if (byKey.get(key)?.id !== id) wrong.push(`I3: the refund ${id} was accepted and is not stored under its key`)
  }
  for (const key of heard.refused) if (byKey.has(key)) wrong.push(`I9: the request ${key} was refused and stored`)

  for (const refund of stored) {
    const sent = (atGateway.get(refund.id) ?? []).filter(({ outcome }) => outcome !== 'refused')
    const paid = sent.length === 1 && sent[0]!.outcome === 'paid' && sent[0]!.cents === cents(refund.amount)
    if (sent.length > 1) wrong.push(`I2: ${refund.id} was refunded ${sent.length} times`)
    if (!['succeeded', 'rejected', 'failed'].includes(refund.state)) wrong.push(`I6: ${refund.id} is ${refund.state}`)
    else if ((refund.state === 'succeeded') !== paid)
      wrong.push(
        `I4: ${refund.id} is ${refund.state}, its gateway says ${sent.map(({ outcome }) => outcome).join() || 'nothing'}`,
      )
    const rows = records.get(refund.id) ?? []
    const stage = refund.state === 'succeeded' ? 'Refunded' : 'Failed'
    if (rows.length !== 1 || rows[0]!.Stage__c !== stage || rows[0]!.State_Version__c !== refund.version)
      wrong.push(
        `I3: ${refund.id} is ${refund.state} and the org has ${rows.map((row) => row.Stage__c).join() || 'no row'}`,
      )
  }
  if (records.size !== stored.length) wrong.push(`I3: the org has ${records.size} refunds, the store ${stored.length}`)
  return [...wrong, ...(await wrongBooks(world, database, truth.refunds)), ...(await wrongEvents(world, database))]
}

/** I5: what the store and the org say of each payment is what its gateway paid. */
async function wrongBooks(world: Pick<LocalWorld, 'org'>, database: Database, refunds: readonly TrueRefund[]) {
  const paid = groupBy(
    refunds.filter(({ outcome }) => outcome === 'paid'),
    ({ payment }) => payment,
  )
  const payments = await database.query<{ id: string; reference: string; refunded: string; reserved: string }>(
    `SELECT payment_id AS id, gateway_reference AS reference, refunded, under_way + held AS reserved FROM payments`,
  )
  return payments.flatMap(({ id, reference, refunded, reserved }) => {
    const truth = sum(paid.get(reference) ?? [])
    const inOrg = cents(Number(world.org.find('Payment__c', id)?.Amount_Refunded__c ?? 0))
    if (cents(refunded) === truth && cents(reserved) === 0 && inOrg === truth) return []
    return [
      `I5: of ${id} ${truth} cents were paid back; the store says ${refunded} and ${reserved} reserved, the org ${inOrg}`,
    ]
  })
}

/** I7: what was acknowledged is stored, once, and was applied once. */
async function wrongEvents({ adyen, goCardless }: Pick<LocalWorld, 'adyen' | 'goCardless'>, database: Database) {
  const wrong: string[] = []
  const known = await database.query<{ gateway: string; identity: string; about: string }>(
    `SELECT gateway, identity, gateway_kind || ' ' || coalesce(refund_reference, '') AS about FROM gateway_events`,
  )
  const identities = new Set(known.map(({ gateway, identity }) => `${gateway} ${identity}`))
  const about = new Set(known.map((event) => `${event.gateway} ${event.about}`))
  const isTaken = ({ status }: { status: number | null }) => status !== null && status < 300
  for (const { eventCode, pspReference } of adyen.deliveries().filter(isTaken)) {
    if (!about.has(`adyen ${eventCode} ${pspReference}`)) wrong.push(`I7: ${eventCode} of ${pspReference} was lost`)
  }
  for (const event of goCardless
    .deliveries()
    .filter(isTaken)
    .flatMap(({ events }) => events)) {
    if (!identities.has(`gocardless ${event}`)) wrong.push(`I7: ${event} was lost`)
  }
  const twice = await database.query<{ evidence: string }>(
    `SELECT evidence FROM refund_changes WHERE evidence LIKE 'event %' GROUP BY refund_id, to_state, evidence HAVING count(*) > 1`,
  )
  return [...wrong, ...twice.map(({ evidence }) => `I7: ${evidence} was applied twice`)]
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

function sum(refunds: readonly TrueRefund[]): number {
  return refunds.reduce((total, refund) => total + refund.cents, 0)
}
