export const ShowToastEventName = 'lightning__showtoast'

export interface ToastDetail {
  title: string
  message?: string
  messageData?: unknown[]
  variant?: 'info' | 'success' | 'warning' | 'error'
  mode?: 'dismissible' | 'pester' | 'sticky'
}

export class ShowToastEvent extends CustomEvent<ToastDetail> {
  constructor(detail: ToastDetail) {
    super(ShowToastEventName, { detail, bubbles: true, composed: true, cancelable: true })
  }
}
