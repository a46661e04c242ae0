import { randomBytes } from 'node:crypto'
import { GatewaySchedule, NEVER } from '../gateway-schedule.ts'
import type { Task, WorkResult } from '../gateway-schedule.ts'
import { formatAmount, parseAmount } from './amount.ts'
import { decide, EXPIRED_CARD } from './bank.ts'
import type { Faults } from './faults.ts'
import type { BookRecord, Dispute, Instrument, Ledger, Response, Status, Step, Transaction, Work } from './ledger.ts'
import { disputeXml, transactionXml, wholeSeconds } from './xml.ts'

export class Schedule extends GatewaySchedule<Work> {}

export interface MerchantAccount {
  readonly id: string
  readonly currency: string
  /** Whether api_request_key is taken; yes when left out. */
  readonly keysAllowed?: boolean
  readonly refundsAllowed?: boolean
  /** Whether credits without a payment are taken; no when left out, as at Braintree. */
  readonly creditsAllowed?: boolean
}

export interface TransactionOptions {
  readonly id?: string
  /** The first one when left out. */
  readonly merchantAccountId?: string
  /** Decimal text. */
  readonly amount: string
  /** `settled` when left out. */
  readonly status?: Status
  readonly instrument?: Instrument
  readonly escrow?: boolean
  readonly orderId?: string
  /** By the local clock, until a payment that is not settled yet settles; never when left out. */
  readonly settlesInMs?: number
}

const APPROVED: Response = { code: '1000', text: 'Approved', type: 'approved' }

/** Instruments whose settlement is told by webhook. Source: Braintree, "Webhooks: Transaction". */
const DEBITS: readonly Instrument[] = ['sepa_debit_account', 'us_bank_account']

/** What Braintree does with the transactions of one merchant. */
export class Merchant {
  readonly accounts: readonly MerchantAccount[]
  readonly #ledger: Ledger
  readonly #schedule: Schedule
  readonly #faults: Faults
  readonly #settleAfterMs: number

  constructor(
    accounts: readonly MerchantAccount[],
    ledger: Ledger,
    schedule: Schedule,
    faults: Faults,
    settleAfterMs: number,
  ) {
    this.accounts = accounts
    this.#ledger = ledger
    this.#schedule = schedule
    this.#faults = faults
    this.#settleAfterMs = settleAfterMs
  }

  /** A payment that is already there stays as it is, so that a second start may add its samples again. */
  addTransaction(options: TransactionOptions): string {
    const id = options.id ?? newReference()
    if (this.#ledger.transactions.has(id)) return id
    const account = this.accounts.find((one) => one.id === options.merchantAccountId) ?? this.accounts[0]!
    const status = options.status ?? 'settled'
    const payment: Transaction = {
      ...this.#blank(id, account, options.amount, status),
      type: 'sale',
      instrument: options.instrument ?? 'credit_card',
      orderId: options.orderId ?? `order-${id}`,
      escrowStatus: options.escrow ? 'held' : null,
      history: this.#pastOf(status),
    }
    const settles = options.settlesInMs !== undefined && this.#settle(id, options.settlesInMs)
    this.#ledger.record(this.#entry('payment', payment, ''), ...(settles ? [settles] : []))
    return id
  }

  /**
   * Takes a refund whose request was found to be in order.
   * @param beside records that must stand or fall with it
   * @returns the refund, declined or taken, and the task that settles it
   */
  refund(
    payment: Transaction,
    asked: Pick<Transaction, 'amount' | 'orderId' | 'lineItems'>,
    beside: (id: string) => BookRecord[],
  ): { refund: Transaction; settles: string } {
    const account = this.accounts.find(({ id }) => id === payment.merchantAccountId)!
    const id = newReference()
    const { status, processor } = decide(payment.cardExpired ? EXPIRED_CARD : asked.amount)
    const refund: Transaction = {
      ...this.#blank(id, account, asked.amount, status),
      instrument: payment.instrument,
      refundedTransactionId: payment.id,
      orderId: asked.orderId,
      lineItems: asked.lineItems,
      processor,
    }
    const taken = status === 'submitted_for_settlement'
    const settles = this.#settle(id, this.#settleAfterMs)
    const remark = taken ? '' : `${processor.code} ${processor.text}`
    const entry = this.#entry(taken ? 'refund accepted' : 'refund declined', refund, remark)
    const escrow = payment.escrowStatus === 'held' && taken
    const released = escrow
      ? [this.#entry('payment', { ...payment, escrowStatus: 'refunded' }, 'escrow given back')]
      : []
    this.#ledger.record(entry, ...released, ...beside(id), ...(taken ? [settles] : []))
    return { refund, settles: settles.id }
  }

  credit(account: MerchantAccount, amount: string, orderId: string, beside: (id: string) => BookRecord[]) {
    const id = newReference()
    const credit: Transaction = { ...this.#blank(id, account, amount, 'submitted_for_settlement'), orderId }
    const settles = this.#settle(id, this.#settleAfterMs)
    this.#ledger.record(this.#entry('credit accepted', credit, ''), ...beside(id), settles)
    return { refund: credit, settles: settles.id }
  }

  void(id: string, beside: BookRecord[]): Transaction {
    const step = this.#of(id).type === 'sale' ? 'payment voided' : 'refund voided'
    return this.move(id, step, 'voided', '', { beside })
  }

  /** The clock's part: what waits for settlement is settled or declined. */
  work({ work }: Task<Work>): WorkResult<Work> {
    if (work.kind !== 'settle') throw new Error(`a ${work.kind} is for the webhooks`)
    const { status, amount } = this.#of(work.reference)
    // Somebody may have voided or declined it in the meantime.
    if (['submitted_for_settlement', 'settlement_pending', 'settling'].includes(status)) {
      if (parseAmount(amount) === parseAmount('4001')) this.decline(work.reference)
      else this.settle(work.reference)
    }
    return 'done'
  }

  settle(id: string): Transaction {
    const { type } = this.#of(id)
    const settlement = { code: '4000', text: 'Confirmed' }
    const kind = 'transaction_settled'
    return this.move(id, type === 'sale' ? 'payment settled' : 'refund settled', 'settled', '', {
      kind,
      debitsOnly: true,
      changes: { settlement },
    })
  }

  /** Settlement declined, also after it was settled: the bank returned it. */
  decline(id: string): Transaction {
    const { type } = this.#of(id)
    const settlement = { code: '4001', text: 'Settlement Declined' }
    const step: Step = type === 'sale' ? 'payment declined' : 'refund settlement declined'
    return this.move(id, step, 'settlement_declined', '4001 Settlement Declined', {
      kind: 'transaction_settlement_declined',
      debitsOnly: true,
      changes: { settlement },
    })
  }

  /** The processor refuses a refund that it had taken; told for every instrument. */
  fail(id: string): Transaction {
    const processor: Response = { code: '2044', text: 'Declined - Call Issuer', type: 'hard_declined' }
    return this.move(id, 'refund failed', 'processor_declined', '2044 Declined - Call Issuer', {
      kind: 'refund_failed',
      changes: { processor },
    })
  }

  /** From now on the bank declines its refunds. */
  expireCard(id: string): Transaction {
    return this.move(id, 'card expired', this.#of(id).status, '', { changes: { cardExpired: true } })
  }

  openDispute(paymentId: string, options: Partial<Pick<Dispute, 'kind' | 'amount'>> = {}): string {
    const payment = this.#of(paymentId)
    const id = newReference()
    const { kind = 'chargeback', amount = payment.amount } = options
    const dispute: Dispute = {
      id,
      kind,
      status: 'open',
      amount,
      amountWon: '0.00',
      openedAt: this.#at(),
      updatedAt: this.#at(),
    }
    this.#dispute(payment, dispute, 'dispute opened')
    return id
  }

  closeDispute(id: string, outcome: 'won' | 'lost'): void {
    const payment = [...this.#ledger.transactions.values()].find(({ disputes }) =>
      disputes.some((one) => one.id === id),
    )
    const dispute = payment?.disputes.find((one) => one.id === id)
    if (!payment || !dispute) throw new Error(`there is no dispute ${id}`)
    const amountWon = outcome === 'won' ? dispute.amount : '0.00'
    this.#dispute(payment, { ...dispute, status: outcome, amountWon, updatedAt: this.#at() }, `dispute ${outcome}`)
  }

  /** What is left of a payment for refunds, decimal text. */
  remaining(payment: Transaction): string {
    const gone = ['processor_declined', 'settlement_declined', 'failed', 'voided']
    const refunded = this.#ledger
      .refundsOf(payment.id)
      .filter(({ status }) => !gone.includes(status))
      .reduce((sum, { amount }) => sum + parseAmount(amount), 0n)
    return formatAmount(parseAmount(payment.amount) - refunded, payment.currency)
  }

  /** One step of a transaction, and what is told of it, in one write. */
  move(
    id: string,
    step: Step,
    status: Status,
    remark: string,
    more: { kind?: string; debitsOnly?: boolean; changes?: Partial<Transaction>; beside?: BookRecord[] } = {},
  ): Transaction {
    const before = this.#of(id)
    const history = [...before.history, { status, at: this.#at() }]
    const transaction: Transaction = { ...before, ...more.changes, status, history }
    const told = more.kind && (!more.debitsOnly || DEBITS.includes(before.instrument)) ? more.kind : null
    const subject = transactionXml(this.#ledger, transaction)
    this.#ledger.record(
      this.#entry(step, transaction, remark),
      ...(more.beside ?? []),
      ...(told ? this.#tell(told, id, subject) : []),
    )
    return transaction
  }

  #dispute(payment: Transaction, dispute: Dispute, step: Step): void {
    const others = payment.disputes.filter(({ id }) => id !== dispute.id)
    const transaction = { ...payment, disputes: [...others, dispute] }
    const subject = disputeXml(payment, dispute)
    const entry = this.#entry(step, transaction, `${dispute.kind} ${dispute.id}`)
    this.#ledger.record(entry, ...this.#tell(step.replace(' ', '_'), payment.id, subject))
  }

  #tell(kind: string, reference: string, subject: string): BookRecord[] {
    const fault = this.#faults.takeForWebhook(false)
    if (fault === 'never_deliver') return []
    const told = { kind, reference, timestamp: wholeSeconds(this.#at()), subject }
    const delay = fault === 'deliver_out_of_order' ? NEVER : 0
    return [this.#schedule.task({ kind: 'deliver', told, attempts: 0, fault }, delay)]
  }

  #settle(reference: string, delayMs: number) {
    return this.#schedule.task({ kind: 'settle', reference }, delayMs)
  }

  #of(id: string): Transaction {
    const transaction = this.#ledger.transactions.get(id)
    if (!transaction) throw new Error(`there is no transaction ${id}`)
    return transaction
  }

  #blank(id: string, account: MerchantAccount, amount: string, status: Status): Transaction {
    return {
      id,
      type: 'credit',
      status,
      amount: formatAmount(parseAmount(amount), account.currency),
      currency: account.currency,
      merchantAccountId: account.id,
      instrument: 'credit_card',
      orderId: '',
      escrowStatus: null,
      refundedTransactionId: null,
      history: [{ status, at: this.#at() }],
      disputes: [],
      processor: APPROVED,
      settlement: null,
      lineItems: [],
    }
  }

  #pastOf(status: Status): Transaction['history'] {
    const past: Status[] = status === 'settled' ? ['authorized', 'submitted_for_settlement', 'settled'] : [status]
    return past.map((step) => ({ status: step, at: this.#at() }))
  }

  #entry(kind: Step, transaction: Transaction, remark: string) {
    return { kind, at: this.#at(), reference: transaction.id, amount: transaction.amount, remark, transaction }
  }

  #at(): string {
    return new Date(this.#schedule.now()).toISOString()
  }
}

/** Eight small letters and digits, as Braintree's ids. */
function newReference(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('')
}
