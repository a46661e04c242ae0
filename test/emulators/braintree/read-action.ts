import type { Ledger, Transaction } from './ledger.ts'
import type { Merchant } from './merchant.ts'
import type { Fields } from './request-check.ts'
import { errorAnswer, foundAnswer, idsAnswer, transactionAnswer } from './xml.ts'

export interface ReadAnswer {
  readonly status: number
  readonly body: string
}

/** GET transactions/{id} */
export function find(ledger: Ledger, id: string): ReadAnswer | null {
  const found = ledger.transactions.get(id)
  return found ? { status: 200, body: transactionAnswer(ledger, found) } : null
}

/**
 * POST transactions/advanced_search_ids, then POST transactions/advanced_search with the ids of one page.
 * @param indexedBefore the index lags: what came later is not in it yet, milliseconds
 */
export function search(ledger: Ledger, path: string, criteria: Fields, indexedBefore: number): ReadAnswer {
  const orderId = (criteria['order_id'] as { is?: string } | undefined)?.is
  const candidates = orderId === undefined ? [...ledger.transactions.values()] : ledger.withOrderId(orderId)
  const found = candidates.filter(
    (transaction) => Date.parse(transaction.history[0]!.at) <= indexedBefore && matches(transaction, criteria),
  )
  const body = path === 'advanced_search_ids' ? idsAnswer(found.map(({ id }) => id)) : foundAnswer(ledger, found)
  return { status: 200, body }
}

/** The criteria that a look-up by order id and a search by day have; any other one is none of this gateway's. */
function matches(transaction: Transaction, criteria: Fields): boolean {
  return Object.entries(criteria).every(([name, value]) => {
    switch (name) {
      case 'order_id':
        return transaction.orderId === (value as { is?: string }).is
      case 'type':
        return (value as string[]).includes(transaction.type)
      case 'refund':
        return (transaction.refundedTransactionId !== null) === (String(value) === 'true')
      case 'ids':
        return (value as string[]).includes(transaction.id)
      case 'merchant_account_id':
        return (value as string[]).includes(transaction.merchantAccountId)
      case 'settled_at': {
        const settled = transaction.history.filter(({ status }) => status === 'settled')
        return settled.some(({ at }) => isWithin(at, value as Range))
      }
      case 'dispute_date': {
        const { min, max } = value as Range
        return transaction.disputes.some(({ openedAt }) =>
          isWithin(openedAt.slice(0, 10), { min: min?.slice(0, 10), max: max?.slice(0, 10) }),
        )
      }
      default:
        throw new RangeError(`the local Braintree does not search by ${name}`)
    }
  })
}

interface Range {
  readonly min?: string | undefined
  readonly max?: string | undefined
}

/** Both ends included, in whole seconds. */
function isWithin(at: string, { min = '', max = '\uffff' }: Range): boolean {
  return at.slice(0, 19) >= min.slice(0, 19) && at.slice(0, 19) <= max.slice(0, 19)
}

const SIMULATED: Readonly<Record<string, (merchant: Merchant, id: string) => Transaction>> = {
  settle: (merchant, id) => merchant.settle(id),
  settlement_confirm: (merchant, id) => merchant.settle(id),
  settlement_decline: (merchant, id) => merchant.decline(id),
  settlement_pending: (merchant, id) => merchant.move(id, 'refund settling', 'settlement_pending', ''),
}

/** PUT transactions/{id}/settle and its like, as the sandbox has them. */
export function simulate(ledger: Ledger, merchant: Merchant, id: string, operation: string): ReadAnswer | null {
  const found = ledger.transactions.get(id)
  const act = SIMULATED[operation]
  if (!found || !act) return null
  const open = ['submitted_for_settlement', 'settlement_pending', 'settlement_confirmed', 'settling']
  if (!open.includes(found.status)) {
    const error = { code: '91575', message: 'Cannot simulate settlement of this transaction.' }
    return { status: 422, body: errorAnswer(ledger, error.message, [error], null) }
  }
  return { status: 200, body: transactionAnswer(ledger, act(merchant, id)) }
}
