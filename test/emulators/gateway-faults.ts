/** Faults of one API call. `before` and `after` mean: before or after the refund stands in the ledger. */
export const REQUEST_FAULTS = [
  'drop_before_accept',
  'drop_after_accept',
  /** Accepted, and never answered. */
  'hang',
  /** Accepted at once, answered after `slowMs` of the local clock; the key is in flight until then. */
  'slow',
  'unreadable_answer',
  'empty_answer',
  'html_500_before',
  'html_500_after',
  'http_429',
  'answer_without_reference',
  'other_amount',
] as const
export type RequestFault = (typeof REQUEST_FAULTS)[number]

/** Faults of the next webhook that every local gateway knows. */
export const COMMON_WEBHOOK_FAULTS = [
  'deliver_twice',
  /** Waits until the next webhook after it was delivered. */
  'deliver_out_of_order',
  /** The refund is decided and told before the API call is answered. */
  'deliver_before_answer',
  'never_deliver',
] as const
export type CommonWebhookFault = (typeof COMMON_WEBHOOK_FAULTS)[number]

/** What a person is offered on the page. */
export const COMMON_FAULT_LABELS: Readonly<Record<RequestFault | CommonWebhookFault, string>> = {
  drop_before_accept: 'Next call: the line breaks before the refund is taken',
  drop_after_accept: 'Next call: the line breaks after the refund was taken',
  hang: 'Next call: taken, never answered',
  slow: 'Next call: taken, answered slowly',
  unreadable_answer: 'Next call: taken, the answer is cut in half',
  empty_answer: 'Next call: taken, the answer is empty',
  html_500_before: 'Next call: error 500, not taken',
  html_500_after: 'Next call: error 500, though taken',
  http_429: 'Next call: too many requests',
  answer_without_reference: 'Next call: taken, the answer has no reference',
  other_amount: 'Next call: taken, the answer names another amount',
  deliver_twice: 'Next webhook: arrives twice',
  deliver_out_of_order: 'Next webhook: arrives after the one behind it',
  deliver_before_answer: 'Next webhook: arrives before the call is answered',
  never_deliver: 'Next webhook: never arrives',
}

/** Faults asked for and not yet had. */
export class GatewayFaults<WebhookFault extends string> {
  readonly #requests: RequestFault[] = []
  readonly #webhooks: (WebhookFault | CommonWebhookFault)[] = []

  onNextRequest(name: RequestFault, times: number): void {
    this.#requests.push(...Array<RequestFault>(times).fill(name))
  }

  onNextWebhook(name: WebhookFault | CommonWebhookFault): void {
    this.#webhooks.push(name)
  }

  takeForRequest(): RequestFault | null {
    return this.#requests.shift() ?? null
  }

  /** `deliver_before_answer` belongs to a call, the others to a webhook. */
  takeForWebhook(beforeAnswer: boolean): WebhookFault | CommonWebhookFault | null {
    if ((this.#webhooks[0] === 'deliver_before_answer') !== beforeAnswer) return null
    return this.#webhooks.shift() ?? null
  }
}
