import { randomBytes } from 'node:crypto'
import { NEVER } from '../gateway-schedule.ts'
import type { Faults } from './faults.ts'
import type { BookRecord } from './ledger.ts'
import type { Schedule } from './schedule.ts'
import { webhookItem } from './webhook-item.ts'
import type { Told } from './webhook-item.ts'

/** Writes the webhooks of what happened, with the faults that were asked for. */
export class Teller {
  readonly #schedule: Schedule
  readonly #faults: Faults

  constructor(schedule: Schedule, faults: Faults) {
    this.#schedule = schedule
    this.#faults = faults
  }

  /** Now, by the local clock. */
  at(): string {
    return new Date(this.#schedule.now()).toISOString()
  }

  /** The record that tells it: stands or falls with what it tells. */
  tell(told: Told, eventCode: string, success = true): BookRecord[] {
    const fault = this.#faults.takeForWebhook(false)
    if (fault === 'never_deliver') return []
    const item = webhookItem(told, eventCode, success, this.#schedule.now())
    const work = {
      kind: 'deliver',
      account: told.account,
      item,
      attempts: 0,
      fault: fault === 'deliver_before_answer' ? null : fault,
    } as const
    return [this.#schedule.task(work, fault === 'deliver_out_of_order' ? NEVER : 0)]
  }
}

/** 16 capital letters and digits, as Adyen's newer references. */
export function newReference(): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTVWXZ23456789'
  return Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('')
}
