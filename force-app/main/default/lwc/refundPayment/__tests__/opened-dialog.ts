import { createElement } from 'lwc'
import getRefundForm from '@salesforce/apex/RefundController.getRefundForm'
import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
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
  voided: false,
  route: 'Card',
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
    const outcome = root.querySelector('c-refund-outcome')?.shadowRoot
    return root.querySelector<E>(`[data-id="${id}"]`) ?? outcome?.querySelector<E>(`[data-id="${id}"]`) ?? null
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
    if (active?.tagName === 'C-REFUND-OUTCOME') return (active.shadowRoot!.activeElement as HTMLElement)?.dataset['id']
    return active?.dataset['id']
  }
}

/** An open dialog that has read its form. */
export async function openDialog(form: Partial<RefundForm> = {}): Promise<OpenedDialog> {
  jest.mocked(getRefundForm).mockResolvedValue({ ...FORM, ...form })
  const dialog = new OpenedDialog()
  await settle()
  return dialog
}
