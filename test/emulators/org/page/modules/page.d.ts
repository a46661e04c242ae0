/** Modules that the bundle makes, and those of the base components that ship without types. */

declare module '@lwc/synthetic-shadow'

declare module '@salesforce/i18n/locale' {
  const locale: string
  export default locale
}

declare module '@salesforce/i18n/timeZone' {
  const timeZone: string
  export default timeZone
}

declare module 'lightning/modal' {
  import { LightningElement } from 'lwc'

  export default abstract class LightningModal extends LightningElement {
    /** Any further property is set on the modal. Resolves with what `close` was given. */
    static open(properties: {
      label: string
      size?: 'small' | 'medium' | 'large'
      [property: string]: unknown
    }): Promise<unknown>
    close(result?: unknown): void
    override connectedCallback(): void
  }
}

declare module 'lightning/toast' {
  import type { LightningElement } from 'lwc'

  const Toast: {
    show(
      toast: { label: string; message?: string | undefined; variant: string; mode: string },
      shownBy: LightningElement,
    ): Promise<void>
  }
  export default Toast
}
