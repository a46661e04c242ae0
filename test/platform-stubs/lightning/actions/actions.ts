export class CloseActionScreenEvent extends CustomEvent<void> {
  constructor() {
    super('lightning__actionsclosescreen', { bubbles: false, composed: false })
  }
}
