import { LightningElement, api, wire } from 'lwc'
import { getFieldValue, getRecord } from 'lightning/uiRecordApi'
import type { UiRecord } from 'lightning/uiRecordApi'
import type { Act } from 'relay/moreToTry'
import { getJson } from 'relay/server'
import type { Simulator } from '../../../endpoints.ts'
import type { Situation, Step } from '../../../../../gateway-step.ts'

const GATEWAY = 'Payment__c.Gateway__c'
const REFERENCE = 'Payment__c.Gateway_Reference__c'
const LOOK_EVERY_MS = 2_000

interface Shown extends Situation {
  readonly buttons: readonly { readonly key: string; readonly label: string; readonly step: Step }[]
}

/** The payment that is open, as its gateway sees it, with all that can happen to it there. Tells the panel by `act`. */
export default class AtTheGateway extends LightningElement {
  @api paymentId = ''
  @api gateways: Simulator['gateways'] = []
  @api isBusy = false

  payment: UiRecord | undefined
  situations: Shown[] = []
  private looking: ReturnType<typeof setInterval> | undefined

  @wire(getRecord, { recordId: '$paymentId', fields: ['Payment__c.Name'], optionalFields: [GATEWAY, REFERENCE] })
  handlePayment({ data }: { data?: UiRecord | undefined }): void {
    if (data?.id !== this.payment?.id) this.situations = []
    this.payment = data
    void this.look()
  }

  override connectedCallback(): void {
    // What is on its way at the gateway changes by itself.
    this.looking = setInterval(() => void this.look(), LOOK_EVERY_MS)
  }
  override disconnectedCallback(): void {
    clearInterval(this.looking)
  }

  get gateway(): Simulator['gateways'][number] | undefined {
    const name = getFieldValue(this.payment, GATEWAY)
    return this.gateways.find((gateway) => gateway.name === name)
  }
  get gatewayLabel(): string {
    return this.gateway?.label ?? ''
  }
  get heading(): string {
    return `${String(getFieldValue(this.payment, 'Payment__c.Name'))} at ${this.gatewayLabel}`
  }

  handleButton(event: Event): void {
    const { key } = (event.currentTarget as HTMLElement).dataset
    for (const { what, buttons } of this.situations) {
      const pressed = buttons.find((button) => button.key === key)
      if (!pressed) continue
      const { path, fields, amount } = pressed.step
      const body = amount === undefined ? fields : { ...fields, amount }
      const done = `Done at ${this.gatewayLabel}: ${what}, ${pressed.label}.`
      this.dispatchEvent(new CustomEvent<Act>('act', { detail: { gateway: this.gateway!.name, path, body, done } }))
    }
  }

  /** @throws nothing: while the gateway cannot be asked, what it said last stays. */
  @api async look(): Promise<void> {
    const { payment, gateway } = this
    const reference = getFieldValue(payment, REFERENCE)
    if (!gateway || typeof reference !== 'string' || document.hidden) return
    try {
      const url = `${gateway.url}/_local/payments/${encodeURIComponent(reference)}`
      const situations = await getJson<Situation[]>(url)
      if (payment !== this.payment) return
      this.situations = situations.map((situation) => ({
        ...situation,
        buttons: situation.steps.map((step) => ({
          key: `${situation.reference} ${step.label}`,
          label: step.label,
          step,
        })),
      }))
    } catch {
      // The panel says so when a button is pressed.
    }
  }
}
