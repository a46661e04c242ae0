export const CloseScreenEventName = 'lightning__actionsclosescreen'

/** As on the platform it neither bubbles nor crosses shadows, unless asked to. */
export class CloseActionScreenEvent extends CustomEvent<void> {
  constructor(init?: CustomEventInit<void>) {
    super(CloseScreenEventName, { bubbles: false, composed: false, ...init })
  }
}
