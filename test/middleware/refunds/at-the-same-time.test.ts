import { randomUUID } from 'node:crypto'
import type { Database } from '../../../middleware/database/database.ts'
import { openDatabase } from '../../../middleware/database/database.ts'
import type { Attempt, Gateway, GatewayAnswer } from '../../../middleware/gateways/gateway.ts'
import { Money } from '../../../middleware/money/money.ts'
import type { ChangedRefund } from '../../../middleware/refunds/change-refund.ts'
import { findRefundAndBalance } from '../../../middleware/refunds/refund-store.ts'
import type { RefundRequest } from '../../../middleware/refunds/refund-request.ts'
import { requestCredit } from '../../../middleware/refunds/request-credit.ts'
import type { CreditRequest } from '../../../middleware/refunds/request-credit.ts'
import { requestRefund } from '../../../middleware/refunds/request-refund.ts'
import { submitRefund } from '../../../middleware/refunds/submit-refund.ts'
import { freshDatabase } from '../../fresh-database.ts'
import type { FreshDatabase } from '../../fresh-database.ts'
import { until } from '../../until.ts'
import { untilWaiting } from '../../until-waiting.ts'
import { ORG_ID, USER_ID } from './ledger-rows.ts'

const ANSWERS: readonly GatewayAnswer[] = [
  { kind: 'succeeded', gatewayReference: 'G-succeeded' },
  { kind: 'pending', gatewayReference: 'G-pending' },
  { kind: 'rejected', code: 'gateway_refused', gatewayMessage: 'Do not honour' },
  { kind: 'not_taken', detail: 'busy', retryAfterMs: 5_000 },
  { kind: 'not_taken', detail: 'no funds', waitingFor: 'insufficient_gateway_funds', retryAfterMs: 5_000 },
  { kind: 'unknown', detail: 'no answer' },
  { kind: 'unknown', detail: 'another amount', answersForAnother: true },
]

/** All that were sent are answered in one turn of the event loop, each by its own. */
function gatewayThatAnswersTogether(answerTo: (attempt: Attempt) => GatewayAnswer, together: number): Gateway {
  const waiting: (() => void)[] = []
  return {
    ...{ name: 'adyen', label: 'Together', capabilities: { keyRetentionMs: 86_400_000, holdAfterLateFailureMs: 0 } },
    prepareRefund: ({ refundId, amount }) => ({ reference: refundId, amount: amount.toMinorUnits() }),
    submit: (attempt) =>
      new Promise((resolve) => {
        waiting.push(() => resolve(answerTo(attempt)))
        if (waiting.length === together) for (const answer of waiting.splice(0)) answer()
      }),
    readWebhook: () => [],
    checkAccess: () => Promise.reject(new Error('nobody asks')),
  }
}

describe('refunds that come at the same time', () => {
  let db: FreshDatabase
  /** The product's own database, with what it asks of PostgreSQL. */
  let database: Database
  let texts: string[]
  beforeAll(async () => {
    db = await freshDatabase()
  })
  afterAll(() => db.close())
  beforeEach(() => {
    texts = []
    const real = db.database
    database = {
      ...real,
      transaction: (work) =>
        real.transaction((tx) =>
          work({
            ...tx,
            last(text, parameters) {
              texts.push(text)
              return tx.last(text, parameters)
            },
          }),
        ),
    }
  })

  let payments = 0
  const requestOf = (changes: Partial<RefundRequest> = {}): RefundRequest => {
    const number = String(++payments).padStart(12, '0')
    return {
      ...{ paymentId: `a07${number}AAA`, gatewayAccount: 'RefundRelayECOM', gatewayReference: `SAME${number}` },
      ...{ captured: Money.fromDecimal('25.00', 'EUR'), amount: Money.fromDecimal('10.00', 'EUR') },
      ...{ reason: 'returned', note: 'Größe "M", \\ und 🎁', lineItems: [{ reference: 'A', quantity: 1 }] },
      ...{ directDebit: null, payerAsked: false, undo: false, ...changes },
    } as RefundRequest
  }
  const ask = (request: RefundRequest, gateway: Gateway, key: string = randomUUID()) =>
    requestRefund(database, gateway, { orgId: ORG_ID, userId: USER_ID }, key, request)
  const quick = gatewayThatAnswersTogether(({ key }) => ({ kind: 'succeeded', gatewayReference: key }), 1)

  /** With amounts as text: what Money keeps to itself no comparison sees. */
  const plain = (told: unknown): object =>
    JSON.parse(JSON.stringify(told, (_name, value: unknown) => (value instanceof Money ? value.toString() : value)))
  const outcome = ({ refund, balance }: ChangedRefund) => plain({ refund, balance: balance() })

  /** Everything that is stored of a refund, but for ids and times, which differ. */
  async function storedOf(refundId: string): Promise<unknown> {
    const [row] = await db.database.query<{ stored: Record<string, unknown> }>(
      `SELECT json_build_object(
         'refund', to_jsonb(r) - '{id,payment_id,idempotency_key,request_digest,requested_at,sent_at,decided_at,updated_at,due_at,crm_due_at,attention_at,gateway_reference,evidence}'::text[],
         'times', json_build_array(sent_at IS NULL, decided_at IS NULL, due_at > updated_at, attention_at IS NULL, r.gateway_reference ~ '^G'),
         'evidence', regexp_replace(r.evidence, '[0-9a-f-]{36}', 'ID'),
         'payment', to_jsonb(p) - '{payment_id,gateway_reference,first_seen_at}'::text[],
         'attempts', (SELECT json_agg(json_build_array(operation, sends, answer, detail, first_sent_at IS NULL, answered_at IS NULL,
             regexp_replace(body::text, '[0-9a-f-]{36}', 'ID'))) FROM attempts WHERE refund_id = r.id),
         'changes', (SELECT json_agg(json_build_array(from_state, to_state, regexp_replace(evidence, '[0-9a-f-]{36}', 'ID')) ORDER BY c.id)
           FROM refund_changes c WHERE refund_id = r.id)
       ) AS stored FROM refunds r JOIN payments p USING (org_id, payment_id) WHERE r.id = $1`,
      [refundId],
    )
    return JSON.parse(JSON.stringify(row!.stored).replaceAll(refundId, 'ID'))
  }

  it('are reserved and settled by one statement each, and stored as if each had come alone', async () => {
    let given = 0
    const answers = new Map<string, GatewayAnswer>()
    const answerTo = ({ key }: Attempt) => {
      const answer = answers.get(key)!
      return 'gatewayReference' in answer
        ? { ...answer, gatewayReference: `${answer.gatewayReference}-${++given}` }
        : answer
    }
    const all = async (gateway: Gateway, requests: readonly RefundRequest[]) => {
      const asked = await Promise.all(requests.map((request) => ask(request, gateway)))
      return Promise.all(
        asked.map(async (requested, place) => {
          if (requested.kind !== 'new') throw new Error('a key came twice')
          answers.set(requested.job.attempt!.key, ANSWERS[place % ANSWERS.length]!)
          return { requested, settled: (await submitRefund(database, gateway, requested.job))! }
        }),
      )
    }
    const together = await all(
      gatewayThatAnswersTogether(answerTo, ANSWERS.length),
      ANSWERS.map(() => requestOf()),
    )
    expect(texts.filter((text) => text.includes('INSERT INTO payments'))).toHaveLength(1)
    expect(texts.filter((text) => text.includes('UPDATE refunds AS r'))).toHaveLength(1)

    for (const [place, { settled }] of together.entries()) {
      const alone = gatewayThatAnswersTogether(answerTo, 1)
      const requested = await ask(requestOf(), alone)
      if (requested.kind !== 'new') throw new Error('a key came twice')
      answers.set(requested.job.attempt!.key, ANSWERS[place]!)
      const settledAlone = (await submitRefund(database, alone, requested.job))!
      expect(await storedOf(settled.refund.id)).toEqual(await storedOf(settledAlone.refund.id))
    }
  })

  it.each(ANSWERS)('are told what is stored, and what is left of the payment, after %j', async (answer) => {
    const gateway = gatewayThatAnswersTogether(
      ({ key }) => ('gatewayReference' in answer ? { ...answer, gatewayReference: key } : answer),
      2,
    )
    const requested = await Promise.all([requestOf(), requestOf()].map((request) => ask(request, gateway)))
    await Promise.all(
      requested.map(async (asked) => {
        if (asked.kind !== 'new') throw new Error('a key came twice')
        const settled = (await submitRefund(database, gateway, asked.job))!
        expect(plain(await findRefundAndBalance(db.database, ORG_ID, settled.refund.id))).toMatchObject(
          outcome(settled),
        )
      }),
    )
  })

  it('are told that nothing is left of a payment that was voided', async () => {
    const gateway: Gateway = { ...quick, prepareVoid: ({ refundId }) => ({ reference: refundId }) }
    const whole = requestOf({ amount: null })
    const requester = { orgId: ORG_ID, userId: USER_ID }
    const asked = await requestRefund(database, gateway, requester, randomUUID(), whole, { kind: 'void', facts: null })
    if (asked.kind !== 'new') throw new Error('a key came twice')
    const settled = (await submitRefund(database, gateway, asked.job))!
    expect(settled.balance()!.voided).toBe(true)
    expect(plain(await findRefundAndBalance(db.database, ORG_ID, settled.refund.id))).toMatchObject(outcome(settled))
  })

  it('are told without a balance where they go back on no payment', async () => {
    const gateway: Gateway = {
      ...quick,
      capabilities: { ...quick.capabilities, credits: ['bank_account'] },
      prepareCredit: ({ refundId }) => ({ reference: refundId }),
    }
    const credit: CreditRequest = {
      ...{
        gatewayAccount: 'RefundRelayECOM',
        amount: Money.fromDecimal('10.00', 'EUR'),
        reason: 'returned',
        note: null,
      },
      target: { kind: 'bank_account', iban: 'NL13TEST0123456789', ownerName: 'A. Klaassen' },
    }
    const asked = await requestCredit(database, gateway, { orgId: ORG_ID, userId: USER_ID }, randomUUID(), credit, null)
    if (asked.kind !== 'new') throw new Error('a key came twice')
    const settled = (await submitRefund(database, gateway, asked.job))!
    expect(outcome(settled)).toMatchObject({ refund: { state: 'succeeded' }, balance: null })
  })

  it('are refused one by one: what stands against one keeps none of the others from being stored', async () => {
    const [first, second, third] = [requestOf(), requestOf({ amount: Money.fromDecimal('25.01', 'EUR') }), requestOf()]
    const asked = await Promise.allSettled([first, second, third].map((request) => ask(request!, quick)))
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const rows = await db.database.query('SELECT 1 FROM refunds WHERE payment_id = ANY($1)', [
      [first!.paymentId, second!.paymentId, third!.paymentId],
    ])
    expect(rows).toHaveLength(2)
  })

  it('are stored although a key that one of them came with was used before, which is a replay', async () => {
    const key = randomUUID()
    const request = requestOf()
    await ask(request, quick, key)
    const asked = await Promise.all([ask(requestOf(), quick), ask(request, quick, key), ask(requestOf(), quick)])
    expect(asked.map(({ kind }) => kind)).toEqual(['new', 'replay', 'new'])
  })

  it('are locked only when all their payments are, so that nobody who holds one of those waits in a circle', async () => {
    const gateway = gatewayThatAnswersTogether(({ key }) => ({ kind: 'pending', gatewayReference: key }), 2)
    const asked = await Promise.all([requestOf(), requestOf()].map((request) => ask(request, gateway)))
    const jobs = asked.map((each) => (each.kind === 'new' ? each.job : null)!)
    const [first, second] = jobs.map(({ refund }) => refund)
    // They would not wait for so long together; here they do, so that it can be seen.
    const patient: Database = {
      ...db.database,
      transaction: (work) =>
        db.database.transaction((tx) =>
          work({ ...tx, last: (text, parameters) => tx.last(text.replace(`'100ms'`, `'20s'`), parameters) }),
        ),
    }
    let settling: Promise<unknown> | undefined
    await db.database.transaction(async (tx) => {
      await tx.query('SELECT FROM payments WHERE payment_id = $1 FOR UPDATE', [second!.paymentId])
      settling = Promise.all(jobs.map((job) => submitRefund(patient, gateway, job)))
      await untilWaiting(db.database)
      await tx.query('SELECT FROM refunds WHERE id = $1 FOR UPDATE NOWAIT', [first!.id])
    })
    await settling
  })

  it('do not wait for the one whose payment somebody has locked', async () => {
    const locked = requestOf()
    await ask(locked, quick)
    const other = openDatabase(db.url, { maxConnections: 1 })
    let letGo!: () => void
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let hasLock = false
    const holding = other.transaction(async (tx) => {
      await tx.query('SELECT FROM payments WHERE payment_id = $1 FOR UPDATE', [locked.paymentId])
      hasLock = true
      await held
    })
    await until(() => expect(hasLock).toBe(true))
    const order: string[] = []
    const asking = [locked, requestOf(), requestOf()].map(async (request, place) => {
      const { kind } = await ask(request, quick)
      order.push(`${place} ${kind}`)
    })
    await Promise.all(asking.slice(1))
    expect(order.sort()).toEqual(['1 new', '2 new'])
    // Those that come behind it do not wait either.
    expect((await ask(requestOf(), quick)).kind).toBe('new')
    letGo()
    await Promise.all([...asking, holding])
    expect(order).toContain('0 new')
    await other.close()
  })
})
