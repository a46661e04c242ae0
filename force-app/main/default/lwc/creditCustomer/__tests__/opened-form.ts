import { createElement } from 'lwc'
import getCreditForm from '@salesforce/apex/CreditController.getCreditForm'
import type { CreditForm } from '@salesforce/apex/CreditController.getCreditForm'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import CreditCustomer from 'c/creditCustomer'

const METHOD = { label: 'Stored method', value: 'stored_method' } as const
export const FORM: CreditForm = {
  idempotencyKey: 'credit-key-1',
  accounts: [
    {
      gateway: 'adyen',
      gatewayLabel: 'Adyen',
      account: null,
      currencyCode: null,
      targets: [METHOD, { label: 'Bank account', value: 'bank_account' }],
    },
    {
      gateway: 'braintree',
      gatewayLabel: 'Braintree',
      account: 'refundrelay_eur',
      currencyCode: 'EUR',
      targets: [METHOD],
    },
  ],
  reasons: [{ label: 'Duplicate', value: 'duplicate' }],
}
export const SENT: RefundOutcome = {
  refundId: 'credit-1',
  state: 'pending',
  stage: 'Sent to gateway',
  amount: '50.00',
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

/** Lets everything that waits on promises happen; no time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** All that a person could read, base components included. */
function readAll(node: Node): string {
  const own = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '') : ''
  const inner = (node as Element).shadowRoot
  return [own, ...[...(inner?.childNodes ?? []), ...node.childNodes].map(readAll)].join(' ').replace(/\s+/g, ' ').trim()
}

export class OpenedForm {
  readonly element = createElement('c-credit-customer', { is: CreditCustomer })

  constructor() {
    document.body.appendChild(this.element)
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
  message(id: string): string {
    return this.inner(id, '[aria-live]').textContent ?? ''
  }
  async type(texts: Record<string, string>): Promise<void> {
    for (const [id, text] of Object.entries(texts)) {
      const input = this.inner<HTMLInputElement>(id, 'input')
      input.value = text
      input.dispatchEvent(new Event('input', { bubbles: true }))
      await settle()
    }
  }
  async choose(id: string, value: string): Promise<void> {
    const select = this.inner<HTMLSelectElement>(id, 'select')
    select.value = value
    select.dispatchEvent(new Event('change', { bubbles: true }))
    await settle()
  }
  async press(id: string): Promise<void> {
    this.inner(id, 'button').click()
    await settle()
  }
  get focused(): string | undefined {
    const active = this.element.shadowRoot!.activeElement as HTMLElement | null
    const inner = active?.tagName === 'C-REFUND-OUTCOME' ? active.shadowRoot!.activeElement : active
    return (inner as HTMLElement | null)?.dataset['id']
  }
}

/** An open form that has been read. */
export async function openForm(): Promise<OpenedForm> {
  jest.mocked(getCreditForm).mockResolvedValue(FORM)
  const form = new OpenedForm()
  await settle()
  return form
}
