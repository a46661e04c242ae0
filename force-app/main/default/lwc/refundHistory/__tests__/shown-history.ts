import { createElement } from 'lwc'
import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import type { RefundHistory as History, RefundLine } from '@salesforce/apex/RefundController.getRefundHistory'
import RefundHistory from 'c/refundHistory'

export const PAYMENT_ID = 'a01000000000001AAA'
export const NOW = new Date('2026-11-12T12:00:00Z')

export const LINE: RefundLine = {
  refundId: '0198c0de-0000-7000-8000-000000000001',
  recordId: 'a02000000000001AAA',
  name: 'REF-000000001',
  kind: 'Refund',
  origin: 'Here',
  stage: 'Refunded',
  amount: '20.00',
  reasonLabel: 'Returned',
  note: null,
  requestedByName: 'Ava Agent',
  requestedAt: '2026-11-03T10:00:00Z',
  decidedAt: '2026-11-03T10:00:05Z',
  sentence: null,
  remedy: null,
  gatewayMessage: null,
  gatewayReference: '993617895215577D',
  attention: null,
  held: false,
  waitingSentence: null,
  position: null,
  version: 3,
  written: true,
}

export const SENT: RefundLine = {
  ...LINE,
  refundId: '0198c0de-0000-7000-8000-000000000002',
  stage: 'Sent to gateway',
  amount: '30.00',
  requestedAt: '2026-11-12T11:59:50Z',
  decidedAt: null,
  version: 2,
}

export const FAILED: RefundLine = {
  ...LINE,
  refundId: '0198c0de-0000-7000-8000-000000000003',
  stage: 'Failed',
  amount: '99.00',
  requestedAt: '2025-11-01T10:00:00Z',
  decidedAt: null,
  reasonLabel: null,
  sentence: 'Your balance at the gateway is too low to pay this out today.',
  remedy: 'Top up the balance or wait for new payments, then try again.',
  gatewayMessage: 'Insufficient balance on payment',
}

export const HISTORY: History = {
  currencyCode: 'EUR',
  decimals: 2,
  captured: '120.50',
  refunded: '20.00',
  underWay: '0.00',
  held: '0.00',
  chargedBack: '0.00',
  refundable: '100.50',
  exposure: '0.00',
  exposures: [],
  voided: false,
  gatewayLabel: 'Adyen',
  gatewayReference: 'DZ4DPSHB4WD2WN82',
  chargebacks: null,
  refunds: [LINE],
}

export const WITH_ONE_UNDER_WAY: History = {
  ...HISTORY,
  underWay: '30.00',
  refundable: '70.50',
  refunds: [SENT, LINE],
}

/** Lets everything that waits on promises happen; no time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** All that a person could read, base components included. */
export function readAll(node: Node): string {
  const own = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '') : ''
  const inner = (node as Element).shadowRoot
  const nodes = [...(inner?.childNodes ?? []), ...node.childNodes]
  return [own, ...nodes.map(readAll)].join(' ').replace(/\s+/g, ' ').trim()
}

export class ShownHistory {
  readonly element: HTMLElement

  constructor() {
    this.element = createElement('c-refund-history', { is: RefundHistory })
    Object.assign(this.element, { recordId: PAYMENT_ID })
    document.body.appendChild(this.element)
  }

  find<E extends HTMLElement>(id: string): E | null {
    return this.element.shadowRoot!.querySelector<E>(`[data-id="${id}"]`)
  }

  read(id: string): string {
    const found = this.find(id)
    return found === null ? '' : readAll(found)
  }

  /** The shadow roots of the lines, in the order of the page. */
  get lines(): ShadowRoot[] {
    return [...this.element.shadowRoot!.querySelectorAll('c-refund-line')].map(({ shadowRoot }) => shadowRoot!)
  }

  get balance(): ShadowRoot {
    return this.find('balance')!.shadowRoot!
  }
}

/** askMiddleware of every call so far. */
export function asked(): boolean[] {
  return jest.mocked(getRefundHistory).mock.calls.map(([{ askMiddleware }]) => askMiddleware)
}

/** What every later call answers with. */
export function answerWith(history: History): void {
  jest.mocked(getRefundHistory).mockResolvedValue(history)
}

export async function showHistory(history: History): Promise<ShownHistory> {
  answerWith(history)
  const shown = new ShownHistory()
  await settle()
  return shown
}

/** What a person could read of one part of a component; empty where it is not there. */
export function read(root: ParentNode, id: string): string {
  const found = root.querySelector(`[data-id="${id}"]`)
  return found === null ? '' : readAll(found)
}
