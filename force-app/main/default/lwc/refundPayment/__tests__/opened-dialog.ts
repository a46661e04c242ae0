import { createElement } from 'lwc'
import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import previewRefund from '@salesforce/apex/RefundController.previewRefund'
import type { UndoPreview } from '@salesforce/apex/RefundController.previewRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import RefundPayment from 'c/refundPayment'

export const PAYMENT_ID = 'a01000000000001AAA'

export const FORM: RefundForm = {
  idempotencyKey: 'form-key-1',
  paymentName: 'PAY-000000309',
  currencyCode: 'EUR',
  decimals: 2,
  captured: '120.50',
  refunded: '20.00',
  underWay: '30.00',
  held: '0.00',
  chargedBack: '0.00',
  refundable: '70.50',
  exposure: '0.00',
  voided: false,
  route: 'Card',
  scheme: null,
  schemeLabel: null,
  collectedOn: '2026-10-12',
  gatewayLabel: 'Adyen',
  paymentMethod: 'Visa •••• 1111',
  reasons: [
    { label: 'Duplicate', value: 'duplicate' },
    { label: 'Requested by customer', value: 'requested_by_customer' },
  ],
  recentRefunds: [],
}

export const PENDING: RefundOutcome = {
  refundId: '0198c0de-0000-7000-8000-000000000001',
  state: 'pending',
  stage: 'Sent to gateway',
  amount: '70.50',
  currencyCode: 'EUR',
  gatewayLabel: 'Adyen',
  sentence: null,
  remedy: null,
  gatewayMessage: null,
  errorCode: null,
  waitingSentence: null,
  position: null,
  inSeconds: null,
}

/** A refund that does what refunds usually do. */
export const USUAL: UndoPreview = {
  action: 'refund',
  amount: '70.50',
  sentence: 'It is refunded.',
  settlesOn: null,
  queue: null,
  directDebit: null,
  obstacle: null,
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

export class OpenedDialog {
  readonly element: HTMLElement
  closed = 0

  constructor() {
    this.element = createElement('c-refund-payment', { is: RefundPayment })
    this.element.addEventListener('lightning__actionsclosescreen', () => this.closed++)
    document.body.appendChild(this.element)
    // As on a record page: the record is known only after the component is connected.
    Object.assign(this.element, { recordId: PAYMENT_ID })
  }

  find<E extends HTMLElement>(id: string): E | null {
    const root = this.element.shadowRoot!
    const children = [...root.querySelectorAll('c-refund-outcome, c-direct-debit-guard')]
    const roots = [root, ...children.map(({ shadowRoot }) => shadowRoot!)]
    return roots.map((each) => each.querySelector<E>(`[data-id="${id}"]`)).find((found) => found !== null) ?? null
  }

  read(id: string): string {
    const found = this.find(id)
    return found === null ? '' : readAll(found)
  }

  inner<E extends HTMLElement>(id: string, selector: string): E {
    return this.find(id)!.shadowRoot!.querySelector<E>(selector)!
  }

  async type(text: string, id = 'amount'): Promise<void> {
    const input = this.inner<HTMLInputElement>(id, 'input')
    input.value = text
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await settle()
  }

  async choose(reason: string): Promise<void> {
    const select = this.inner<HTMLSelectElement>('reason', 'select')
    select.value = reason
    select.dispatchEvent(new Event('change', { bubbles: true }))
    await settle()
  }

  async press(id: string): Promise<void> {
    this.inner(id, 'button').click()
    await settle()
  }

  /** @returns whether the key got out of the dialog, to whatever is around it */
  key(key: string, id: string, selector?: string): boolean {
    let escaped = false
    const outside = () => (escaped = true)
    document.body.addEventListener('keydown', outside)
    const from = selector === undefined ? this.find(id)! : this.inner(id, selector)
    from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
    document.body.removeEventListener('keydown', outside)
    return escaped
  }

  get amountMessage(): string {
    return this.inner('amount', '#message, [id^="message"]').textContent ?? ''
  }

  get focused(): string | undefined {
    const root = this.element.shadowRoot!
    const active = root.activeElement as HTMLElement | null
    const inner = active?.tagName.startsWith('C-') ? active.shadowRoot!.activeElement : active
    return (inner as HTMLElement | null)?.dataset['id']
  }
}

/** What every later look ahead answers with. */
export function previewWith(preview: Partial<UndoPreview>): void {
  jest.mocked(previewRefund).mockResolvedValue({ ...USUAL, ...preview })
}

/** An open dialog that has read its form. */
export async function openDialog(
  form: Partial<RefundForm> = {},
  preview: Partial<UndoPreview> = {},
): Promise<OpenedDialog> {
  jest.mocked(getRefundForm).mockResolvedValue({ ...FORM, ...form })
  previewWith(preview)
  const dialog = new OpenedDialog()
  await settle()
  return dialog
}
