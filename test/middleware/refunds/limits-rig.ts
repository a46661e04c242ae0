import { randomUUID } from 'node:crypto'
import { openDatabase } from '../../../middleware/database/database.ts'
import type { Database } from '../../../middleware/database/database.ts'
import { RefundError } from '../../../middleware/errors.ts'
import { openGateway } from '../../../middleware/gateways/registry.ts'
import { Money } from '../../../middleware/money/money.ts'
import { refundLimitsSchema } from '../../../middleware/refunds/refund-limits.ts'
import type { RefundLimits } from '../../../middleware/refunds/refund-limits.ts'
import { requestCredit } from '../../../middleware/refunds/request-credit.ts'
import { requestRefund } from '../../../middleware/refunds/request-refund.ts'
import type { RequestedRefund } from '../../../middleware/refunds/request-refund.ts'
import { freshDatabase } from '../../fresh-database.ts'
import { ORG_ID } from './ledger-rows.ts'

const ACCOUNT = 'RefundRelayECOM'
const adyen = openGateway({
  gateway: 'adyen',
  account: ACCOUNT,
  org: ORG_ID,
  live: false,
  api: 'checkout',
  credits: true,
  captureMode: 'immediate',
  baseUrl: 'http://127.0.0.1:9',
  classicBaseUrl: 'http://127.0.0.1:9',
  apiKey: 'unused',
  webhook: { hmacKeys: ['00'.repeat(32)], username: 'u', passwords: ['p'] },
  timeoutMs: 1_000,
})

export const euro = (amount: string) => Money.fromDecimal(amount, 'EUR')
/** As the configuration has them. */
export const limits = (written: object): RefundLimits => refundLimitsSchema.parse(written)

let numbers = 0
export const number = () => String(++numbers).padStart(12, '0')
/** A user who has asked for nothing yet. */
export const someone = () => `005${number()}AAA`

export interface Question {
  readonly within: RefundLimits | null
  readonly by: string
  readonly amount?: Money
  /** Digits of the payment; left out: one that nobody knows yet. */
  readonly of?: string
  readonly kind?: 'refund' | 'undo'
  readonly key?: string
  readonly database?: Database
}

/** Who asks a ledger of their own, within limits. */
export async function startLimitsRig() {
  const db = await freshDatabase()
  return {
    db,
    ask({ within, by, amount = euro('10.00'), of = number(), kind = 'refund', key, database }: Question) {
      const request = {
        ...{ paymentId: `a01${of}AAA`, gatewayAccount: ACCOUNT, gatewayReference: `PSP${of}` },
        captured: kind === 'undo' ? amount : Money.fromDecimal('9000', amount.currency),
        amount: kind === 'undo' ? null : amount,
        ...{ reason: null, note: null, lineItems: null, directDebit: null, payerAsked: false, undo: kind === 'undo' },
      }
      const plan = { kind, facts: null }
      const requester = { orgId: ORG_ID, userId: by }
      return requestRefund(database ?? db.database, adyen, requester, key ?? randomUUID(), request, plan, within)
    },
    credit({ within, by, amount = euro('10.00'), key }: Question) {
      const request = {
        ...{ gatewayAccount: ACCOUNT, amount, reason: null, note: null },
        target: { kind: 'stored_method', token: 'method', shopperReference: 'shopper' } as const,
      }
      return requestCredit(db.database, adyen, { orgId: ORG_ID, userId: by }, key ?? randomUUID(), request, within)
    },
    /** Opens every connection there may be: who has to wait for one comes after the others, and proves nothing. */
    async standReady(): Promise<void> {
      await Promise.all(Array.from({ length: 10 }, () => db.database.query('SELECT pg_sleep(0.1)')))
    },
    /** Refunds and credits that a user asked for. */
    async stored(by: string): Promise<number> {
      return (await db.database.query('SELECT id FROM refunds WHERE requested_by = $1', [by])).length
    },
    /** The same ledger, seen by a process whose clock is that much later. */
    async later(interval: string, work: (database: Database) => Promise<void>): Promise<void> {
      const url = new URL(db.url)
      url.searchParams.set('options', `-c relay.clock_offset=${interval.replace(' ', '\\ ')}`)
      const database = openDatabase(url.href)
      await work(database).finally(() => database.close())
    },
  }
}

/** Why it was refused; null when it was stored. */
export async function refusalOf(asking: Promise<unknown>): Promise<RefundError | null> {
  try {
    await asking
    return null
  } catch (error) {
    if (!(error instanceof RefundError)) throw error
    return error
  }
}

export const codeOf = async (asking: Promise<unknown>) => (await refusalOf(asking))?.code ?? 'stored'

export const idOf = (asked: RequestedRefund) => (asked.kind === 'new' ? asked.job.refund.id : asked.refund.id)
