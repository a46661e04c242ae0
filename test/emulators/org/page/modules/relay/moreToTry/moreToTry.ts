import { LightningElement, api } from 'lwc'
import type { UiRecord } from 'lightning/uiRecordApi'
import { recordPath } from 'relay/router'
import { SUGGESTIONS } from './suggestions.ts'
import type { Act } from './suggestions.ts'

export type { Act }

interface Button {
  label: string
  isDisabled: boolean
  press(): void
}

/** What else the local gateways can do. Its buttons tell the panel by `act`, whose detail is an Act. */
export default class MoreToTry extends LightningElement {
  @api payments: UiRecord[] = []
  @api isBusy = false

  get suggestions(): { name: string; before: string; after: string; path: string; buttons: Button[] }[] {
    return SUGGESTIONS.map(({ payment: name, before, after, buttons }) => {
      const payment = this.payments.find(({ fields }) => fields['Name']?.value === name)
      const reference = payment?.fields['Gateway_Reference__c']?.value
      return {
        name,
        before,
        after,
        path: payment ? recordPath(payment.id) : '/',
        buttons: buttons.map(({ label, act }) => ({
          label,
          isDisabled: this.isBusy || typeof reference !== 'string',
          press: () => this.tell(act(String(reference))),
        })),
      }
    })
  }

  private tell(act: Act): void {
    this.dispatchEvent(new CustomEvent('act', { detail: act }))
  }
}
