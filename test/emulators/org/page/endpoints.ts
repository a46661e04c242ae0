/** What the page asks the local org for, beside its own files; errors are 4xx with an ErrorAnswer. */

/** GET /ui/session. POST /ui/session `{ userId }` becomes another user, by cookie. */
export interface Session {
  user: { id: string; name: string }
  users: {
    id: string
    name: string
    /** One sentence about what this user may do. */
    note: string
  }[]
  /** Names of the custom permissions that the user holds. */
  permissions: string[]
}

/**
 * GET /ui/records/{id}?fields=Payment__c.Name,Payment__c.Amount__c gives one; GET /ui/payments?search=,
 * /ui/refunds, /ui/exposures and /ui/credits (newest first) give arrays of them with every field. Fields that the user
 * may not read are left out.
 */
export interface UiRecord {
  readonly id: string
  readonly apiName: string
  /** By API name. displayValue: label of a picklist value, name of a record that is looked up, else null. */
  readonly fields: Readonly<Record<string, { readonly value: unknown; readonly displayValue: string | null }>>
}

/** GET /ui/simulator */
export interface Simulator {
  gateways: { name: string; label: string; url: string }[]
  middlewareUrl: string
}

/** POST /ui/apex/Class.method answers with the method's result as JSON, or 400 and this, as the platform throws it. */
export interface ErrorAnswer {
  body: { message: string }
}
