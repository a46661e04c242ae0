import { LightningElement, api } from 'lwc'
import type { UiRecord } from 'lightning/uiRecordApi'
import { recordPath } from 'relay/router'
import { SUGGESTIONS } from './suggestions.ts'
import type { Act } from './suggestions.ts'

export type { Act }

interface Button {
  label: string
  isDisabled: boolean
}

/** What else the local gateways can do. Its buttons tell the panel by `act`, whose detail is an Act. */
export default class MoreToTry extends LightningElement {
  @api payments: UiRecord[] = []
  @api isBusy = false

  get suggestions(): { name: string; before: string; after: string; path: string; buttons: Button[] }[] {
    return SUGGESTIONS.map(({ payment: name, before, after, buttons }) => {
      const payment = this.paymentOf(name)
      return {
        name,
        before,
        after,
        path: payment ? recordPath(payment.id) : '/',
        buttons: buttons.map(({ label }) => ({ label, isDisabled: this.isBusy || this.referenceOf(name) === null })),
      }
    })
  }

  handleButton(event: Event): void {
    const { label } = (event.currentTarget as HTMLElement).dataset
    for (const { payment, buttons } of SUGGESTIONS) {
      const pressed = buttons.find((button) => button.label === label)
      const reference = this.referenceOf(payment)
      if (!pressed || reference === null) continue
      this.dispatchEvent(new CustomEvent<Act>('act', { detail: pressed.act(reference) }))
    }
  }

  private paymentOf(name: string): UiRecord | undefined {
    return this.payments.find(({ fields }) => fields['Name']?.value === name)
  }
  private referenceOf(name: string): string | null {
    const reference = this.paymentOf(name)?.fields['Gateway_Reference__c']?.value
    return typeof reference === 'string' ? reference : null
  }
}
