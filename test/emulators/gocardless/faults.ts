import { COMMON_FAULT_LABELS, COMMON_WEBHOOK_FAULTS, GatewayFaults, REQUEST_FAULTS } from '../gateway-faults.ts'
import type { RequestFault } from '../gateway-faults.ts'

/** Faults of the next webhook. */
export const WEBHOOK_FAULTS = [
  ...COMMON_WEBHOOK_FAULTS,
  /** The first attempt is changed after it was signed; the next ones are genuine. */
  'tamper_body',
  /** Signed and genuine, with one more event in it that nobody can read. */
  'poison_event',
] as const
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number]

/** Faults of a call that only reads. */
export const READ_FAULTS = ['drop_read', 'html_500_read', 'http_429_read', 'unreadable_read'] as const
export type ReadFault = (typeof READ_FAULTS)[number]

/** What a person is offered on the page. */
export const FAULT_LABELS: Readonly<Record<RequestFault | WebhookFault | ReadFault, string>> = {
  ...COMMON_FAULT_LABELS,
  tamper_body: 'Next webhook: changed after it was signed',
  poison_event: 'Next webhook: one of its events makes no sense',
  drop_read: 'Next look-up: the line breaks',
  html_500_read: 'Next look-up: error 500',
  http_429_read: 'Next look-up: too many requests',
  unreadable_read: 'Next look-up: the answer is cut in half',
}

/** Faults asked for and not yet had. */
export class Faults extends GatewayFaults<WebhookFault> {
  readonly #reads: ReadFault[] = []

  onNextRead(name: ReadFault, times: number): void {
    this.#reads.push(...Array<ReadFault>(times).fill(name))
  }

  takeForRead(): ReadFault | null {
    return this.#reads.shift() ?? null
  }

  /** @throws RangeError when none is called so */
  byName(name: string): void {
    const request = REQUEST_FAULTS.find((fault) => fault === name)
    const webhook = WEBHOOK_FAULTS.find((fault) => fault === name)
    const read = READ_FAULTS.find((fault) => fault === name)
    if (request) this.onNextRequest(request, 1)
    else if (webhook) this.onNextWebhook(webhook)
    else if (read) this.onNextRead(read, 1)
    else throw new RangeError(`no fault is called ${name}`)
  }
}
