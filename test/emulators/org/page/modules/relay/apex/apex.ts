import { postJson } from 'relay/server'

type Params = Record<string, unknown>
type Provide = (provisioned: { data: unknown; error: unknown }) => void

/** Calls `Class.method` at the local org. Errors arrive as the platform throws them: `{ body: { message } }`. */
const call = (name: string, params: Params = {}): Promise<unknown> => postJson(`/ui/apex/${name}`, params)

/** What `@salesforce/apex/Class.method` exports: a function that is a wire adapter as well. */
export function apexMethod(name: string) {
  class ApexAdapter {
    readonly provide: Provide
    constructor(provide: Provide) {
      this.provide = provide
      provide({ data: undefined, error: undefined })
    }
    connect(): void {}
    disconnect(): void {}
    async update(params: Params): Promise<void> {
      // The platform waits until every reactive parameter has a value.
      if (Object.values(params).includes(undefined)) return
      try {
        this.provide({ data: Object.freeze(await call(name, params)), error: undefined })
      } catch (error) {
        this.provide({ data: undefined, error })
      }
    }
  }
  return Object.assign((params?: Params) => call(name, params), { adapter: ApexAdapter })
}

/** Nothing is cached here, so there is nothing to refresh. */
export const refreshApex = async (): Promise<void> => {}

export const getSObjectValue = (record: Params | undefined, field: { fieldApiName: string }): unknown =>
  record?.[field.fieldApiName]
