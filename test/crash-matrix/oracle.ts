import type { LocalWorld } from '../emulators/local-world.ts'
import type { Database } from '../../middleware/database/database.ts'
import type { CallerAnswer } from './caller.ts'
import type { Scenario } from './connection.ts'
import { sentEvents } from './sent-events.ts'

/** What a cell is judged by: the gateway's own ledger, the org's rows, the store, and what the caller heard. */
export interface Evidence {
  readonly world: LocalWorld
  readonly database: Database
  readonly scenario: Scenario
  readonly payment: { readonly recordId: string; readonly reference: string }
  readonly idempotencyKey: string
  readonly answers: readonly CallerAnswer[]
}

const FINAL = ['succeeded', 'rejected', 'failed', 'reversed']

interface RefundRow {
  readonly id: string
  readonly state: string
  readonly isDue: boolean
  readonly isWritten: boolean
}

/** What is still to come, in words; null when everything is final, written and told. */
export async function whatIsOpen({
  world,
  database,
  scenario,
  idempotencyKey,
  answers,
  payment,
}: Evidence): Promise<string | null> {
  if (answers.length === 0) return 'the caller has no answer'
  const [refund] = await database.query<RefundRow>(
    `SELECT id, state, due_at IS NOT NULL AS "isDue", crm_version = version AND crm_due_at IS NULL AS "isWritten"
     FROM refunds WHERE idempotency_key = $1`,
    [idempotencyKey],
  )
  if (!refund) return 'no refund is stored'
  if (!FINAL.includes(refund.state) || refund.isDue) return `the refund is ${refund.state}`
  if (!refund.isWritten) return `the refund is ${refund.state} and not written back`
  const [event] = await database.query<{ kind: string }>(
    'SELECT gateway_kind AS kind FROM gateway_events WHERE due_at IS NOT NULL LIMIT 1',
  )
  if (event) return `the event ${event.kind} is not applied`
  const unheard = sentEvents(world).find(({ isTaken }) => !isTaken)
  if (unheard) return `the event ${unheard.identity} was not acknowledged`
  const [payments] = await database.query('SELECT 1 FROM payments WHERE crm_due_at IS NOT NULL')
  if (payments) return 'the payment is not written back'
  const undecided = scenario.inLedger(world, payment.reference).find(({ stage }) => stage === 'Sent to gateway')
  return undecided ? `the gateway has not decided ${undecided.reference}` : null
}

/** Everything that is wrong, by the invariants of RELIABILITY.md. */
export async function judge(evidence: Evidence): Promise<string[]> {
  return [
    ...judgeMoney(evidence),
    ...judgeRecords(evidence),
    ...(await judgeBooks(evidence)),
    ...(await judgeAudit(evidence)),
    ...(await judgeEvents(evidence)),
    ...judgeAnswers(evidence),
  ]
}

/** I1, I2: by the gateway's ledger alone. */
function judgeMoney({ world, scenario, payment }: Evidence): string[] {
  const refunds = scenario.inLedger(world, payment.reference)
  const wanted = scenario.isInLedger ? 1 : 0
  const wrong: string[] = []
  if (refunds.length !== wanted) wrong.push(`I2: the gateway's ledger has ${refunds.length} refunds, not ${wanted}`)
  for (const { stage, amount } of refunds) {
    if (stage !== scenario.stage) wrong.push(`I2: the gateway's ledger says ${stage}, not ${scenario.stage}`)
    if (amount !== scenario.amount)
      wrong.push(`I1: the gateway's ledger says ${amount}, ${scenario.amount} was asked for`)
  }
  return wrong
}

/** I3, I4: what people see in the org is what the gateway's ledger says, once. */
function judgeRecords({ world, scenario, payment }: Evidence): string[] {
  const wrong: string[] = []
  const rows = world.org.rows('Refund__c').filter((row) => row.Payment__c === payment.recordId)
  const [truth] = scenario.inLedger(world, payment.reference)
  if (rows.length !== 1) return [`I3: the org has ${rows.length} Refund__c rows, not 1`]
  const row = rows[0]!
  const stage = truth?.stage ?? 'Failed'
  if (row.Stage__c !== stage) wrong.push(`I4: Refund__c is ${String(row.Stage__c)}, the gateway's ledger says ${stage}`)
  if (row.Amount__c !== scenario.amount) wrong.push(`I3: Refund__c has the amount ${String(row.Amount__c)}`)
  // A decline has a reference only where an event or a look-up told it.
  const isReferenced = row.Gateway_Reference__c !== null && row.Gateway_Reference__c !== undefined
  if ((isReferenced || stage !== 'Failed') && row.Gateway_Reference__c !== truth?.reference)
    wrong.push(`I3: Refund__c names ${String(row.Gateway_Reference__c)}, the ledger ${truth?.reference}`)
  if (row.Attention_Reason__c) wrong.push(`I3: a person is asked for in vain: ${String(row.Attention_Reason__c)}`)
  const paid = world.org.find('Payment__c', payment.recordId)!
  const wanted = {
    Amount_Refunded__c: stage === 'Refunded' ? scenario.amount : 0,
    Amount_Pending_Refund__c: 0,
    Amount_Held__c: 0,
  }
  for (const [field, value] of Object.entries(wanted)) {
    if ((paid[field] ?? 0) !== value) wrong.push(`I5: Payment__c.${field} is ${String(paid[field])}, not ${value}`)
  }
  return wrong
}

/** I5: the sums of the payment, computed anew; and one refund, one key. */
async function judgeBooks({ database, scenario }: Evidence): Promise<string[]> {
  const [sums] = await database.query<Record<string, string | boolean>>(
    `SELECT p.refunded, p.under_way, p.held, p.charged_back, p.voided,
       coalesce(sum(r.amount) FILTER (WHERE r.kind = 'refund' AND r.state = 'succeeded'), 0) AS "refundedAnew",
       coalesce(sum(r.amount) FILTER (WHERE r.state IN ('requested', 'submitting', 'pending', 'unknown')), 0) AS "underWayAnew",
       count(r.id)::int AS refunds, (SELECT count(*)::int FROM attempts) AS attempts
     FROM payments p LEFT JOIN refunds r USING (org_id, payment_id) GROUP BY p.org_id, p.payment_id`,
  )
  if (!sums) return ['I5: the payment is not in the books']
  const wrong: string[] = []
  const same = (name: string, is: unknown, wanted: unknown) => {
    if (String(is) !== String(wanted)) wrong.push(`I5: ${name} is ${String(is)}, not ${String(wanted)}`)
  }
  same('refunded', Number(sums.refunded), Number(sums.refundedAnew))
  same('under way', Number(sums.under_way), Number(sums.underWayAnew))
  same('held', Number(sums.held), 0)
  same('charged back', Number(sums.charged_back), 0)
  same('voided', sums.voided, scenario.stage === 'Voided')
  same('the number of refunds', sums.refunds, 1)
  same('the number of gateway keys', sums.attempts, 1)
  return wrong
}

/** I11: every change has its row, each begins where the one before it ended, and rests on something. */
async function judgeAudit({ database }: Evidence): Promise<string[]> {
  const changes = await database.query<{ from: string | null; to: string; evidence: string; instance: string }>(
    `SELECT from_state AS "from", to_state AS "to", evidence, instance FROM refund_changes ORDER BY id`,
  )
  const [{ state } = { state: 'absent' }] = await database.query<{ state: string }>('SELECT state FROM refunds')
  const wrong: string[] = []
  let last: string | null = null
  for (const { from, to, evidence, instance } of changes) {
    if (from !== last) wrong.push(`I11: the audit goes from ${last} to ${to}, and says from ${from}`)
    if (!evidence || !instance) wrong.push(`I11: the change to ${to} says not by whom, or not on which evidence`)
    last = to
  }
  if (last !== state) wrong.push(`I11: the audit ends with ${last}, the refund is ${state}`)
  const events = changes.flatMap(({ evidence }) => /^event \d+/.exec(evidence)?.[0] ?? [])
  if (new Set(events).size !== events.length) wrong.push('I7: an event was applied twice')
  return wrong
}

/** I7: what was acknowledged is stored, and judged. */
async function judgeEvents({ world, database }: Evidence): Promise<string[]> {
  const rows = await database.query<{ identity: string; kind: string; outcome: string | null }>(
    'SELECT identity, kind, outcome FROM gateway_events',
  )
  const wrong = sentEvents(world)
    .filter(({ isTaken, identity }) => isTaken && rows.filter((row) => row.identity.startsWith(identity)).length !== 1)
    .map(({ identity }) => `I7: the event ${identity} was acknowledged and is not stored once`)
  for (const { identity, kind, outcome } of rows) {
    if (outcome === null && kind !== 'other') wrong.push(`I7: the event ${identity} was never judged`)
  }
  return wrong
}

/** I8: the same key is the same refund. */
function judgeAnswers({ answers }: Evidence): string[] {
  const wrong: string[] = []
  const ids = new Set(answers.map(({ body }) => body.refund?.id))
  if (ids.size !== 1 || ids.has(undefined)) wrong.push(`I8: the same key was answered with ${[...ids].join(', ')}`)
  for (const { status, body } of answers) {
    const wanted = FINAL.includes(body.refund?.state ?? '') ? 201 : 202
    if (status !== wanted) wrong.push(`I8: answered ${status} ${body.code ?? ''} to the same key, not ${wanted}`)
  }
  return wrong
}
