/** What a base component of the form offers beyond an element. */
export interface Field extends HTMLElement {
  setCustomValidity(message: string): void
  reportValidity(): boolean
}

/** c-direct-debit-guard */
export interface Guard extends HTMLElement {
  demandAcknowledgement(): boolean
}
