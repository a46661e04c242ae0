import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { DeliverWork, Work } from './schedule.ts'

/** Minor units by Adyen's own table of decimals. */
export interface Amount {
  readonly value: number
  readonly currency: string
}

/** What happens to refunds of a payment, besides what its balance and its state decide. */
export type RefundOutcome = 'ok' | 'insufficient_funds' | 'period_expired'

export interface PaymentEntry {
  readonly kind: 'payment'
  readonly at: string
  readonly pspReference: string
  readonly account: string
  readonly amount: Amount
  readonly captured: boolean
  readonly holderName: string
  readonly refundOutcome: RefundOutcome
}

export type RefundStep = 'accepted' | 'sent' | 'refused' | 'failed' | 'reversed' | 'repaired'

export interface RefundEntry {
  readonly kind: `refund ${RefundStep}`
  readonly at: string
  readonly pspReference: string
  readonly paymentPspReference: string
  readonly account: string
  /** The merchant's own, empty for a refund made in the console. */
  readonly reference: string
  readonly amount: Amount
  readonly reason: string
}

export type LedgerEntry = PaymentEntry | RefundEntry

/** An answer under an idempotency key, for every merchant account of the company. */
export interface KeptAnswer {
  readonly kind: 'answer'
  readonly at: string
  readonly key: string
  /** Address and body of the request that the key belongs to. */
  readonly request: string
  readonly status: number
  readonly body: string
}

export type BookRecord =
  | LedgerEntry
  | KeptAnswer
  | { readonly kind: 'clock'; readonly offsetMs: number }
  | { readonly kind: 'task'; readonly id: string; readonly dueAt: number; readonly work: Work }
  /** A task that waits again; a delivery counts its attempts. */
  | { readonly kind: 'task postponed'; readonly id: string; readonly dueAt: number; readonly attempts?: number }
  | { readonly kind: 'task done'; readonly id: string }

export interface Task {
  readonly id: string
  readonly dueAt: number
  readonly work: Work
}

/** Append-only: what is written in one go is there whole or not at all after a crash, and nothing is ever changed. */
export class Ledger {
  readonly entries: LedgerEntry[] = []
  readonly payments = new Map<string, PaymentEntry>()
  /** The steps of each refund, in order, by its pspReference. */
  readonly refunds = new Map<string, RefundEntry[]>()
  readonly answers = new Map<string, KeptAnswer>()
  readonly tasks = new Map<string, Task>()
  clockOffsetMs = 0
  readonly #file: number | null
  readonly #watchers = new Set<() => void>()

  /** @param directory where `adyen-ledger.jsonl` is kept; none: memory only. */
  constructor(directory: string | undefined) {
    if (directory === undefined) {
      this.#file = null
      return
    }
    mkdirSync(directory, { recursive: true })
    const path = join(directory, 'adyen-ledger.jsonl')
    for (const record of readWhole(path)) this.#apply(record)
    this.#file = openSync(path, 'a')
  }

  record(...records: BookRecord[]): void {
    if (this.#file !== null) {
      writeSync(this.#file, `${JSON.stringify(records)}\n`)
      fsyncSync(this.#file)
    }
    for (const record of records) this.#apply(record)
    for (const look of this.#watchers) look()
  }

  /** Waits for the fact, not for time. */
  until<T>(find: (entries: readonly LedgerEntry[]) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find(this.entries)
        if (found === undefined) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      look()
    })
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
  }

  #apply(record: BookRecord): void {
    switch (record.kind) {
      case 'clock':
        this.clockOffsetMs = record.offsetMs
        return
      case 'answer':
        this.answers.set(record.key, record)
        return
      case 'task':
        this.tasks.set(record.id, record)
        return
      case 'task postponed': {
        const task = this.tasks.get(record.id)
        if (task) this.tasks.set(record.id, { ...task, dueAt: record.dueAt, work: again(task.work, record.attempts) })
        return
      }
      case 'task done':
        this.tasks.delete(record.id)
        return
      case 'payment':
        this.entries.push(record)
        this.payments.set(record.pspReference, record)
        return
      default:
        this.entries.push(record)
        this.refunds.set(record.pspReference, [...(this.refunds.get(record.pspReference) ?? []), record])
    }
  }
}

function again(work: Work, attempts: number | undefined): Work {
  return work.kind === 'deliver' && attempts !== undefined ? ({ ...work, attempts } satisfies DeliverWork) : work
}

/** A last line without its end was being written when the process died: nobody was told of it. */
function readWhole(path: string): BookRecord[] {
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) truncateSync(path, end)
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => JSON.parse(line) as BookRecord[])
}
