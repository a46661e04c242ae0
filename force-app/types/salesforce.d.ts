/** The few platform modules that are imported and that no published package declares as they are used here. */

declare module '@salesforce/label/*' {
  const label: string
  export default label
}

declare module '@salesforce/customPermission/*' {
  /** `undefined`, not `false`, for a user without the permission. */
  const granted: true | undefined
  export default granted
}

declare module '@salesforce/schema/*' {
  const field: { readonly objectApiName: string; readonly fieldApiName: string }
  export default field
}

declare module '@salesforce/i18n/lang' {
  /** Language of the user's labels, BCP 47. */
  const lang: string
  export default lang
}

declare module '@salesforce/i18n/locale' {
  /** How the user writes numbers and dates, BCP 47. */
  const locale: string
  export default locale
}

declare module '@salesforce/i18n/timeZone' {
  /** IANA name. */
  const timeZone: string
  export default timeZone
}

declare module 'lightning/actions' {
  /** Closes the dialog of a screen action; to be dispatched on the action's own component. */
  export class CloseActionScreenEvent extends CustomEvent<void> {
    constructor()
  }
}

declare module 'lightning/uiRecordApi' {
  import type { WireAdapterConstructor } from 'lwc'

  type FieldId = { readonly objectApiName: string; readonly fieldApiName: string }

  export interface UiRecord {
    readonly id: string
    readonly apiName: string
    readonly fields: Readonly<Record<string, { readonly value: unknown; readonly displayValue: string | null }>>
  }

  export interface ProvisionedRecord {
    readonly data?: UiRecord
    readonly error?: unknown
  }

  export const getRecord: WireAdapterConstructor<
    { recordId: string; fields?: FieldId[]; optionalFields?: FieldId[] },
    ProvisionedRecord
  >

  /** Tells the page's cache that these records changed on the server; every component that shows them follows. */
  export function notifyRecordUpdateAvailable(records: { recordId: string }[]): Promise<void>
}

declare module 'lightning/navigation' {
  import type { LightningElement } from 'lwc'

  export interface PageReference {
    readonly type: string
    readonly attributes?: Readonly<Record<string, string>>
  }

  /** What NavigationMixin adds, under the keys that it holds. */
  export interface Navigating {
    [key: symbol]: (page: PageReference) => Promise<string> | void
  }

  export const NavigationMixin: {
    <Base extends abstract new (...parameters: never[]) => LightningElement>(
      base: Base,
    ): Base & (new () => LightningElement)
    readonly Navigate: unique symbol
    readonly GenerateUrl: unique symbol
  }
}
