/** One refusal in Salesforce's own words. */
export interface SalesforceFault {
  readonly errorCode: string
  readonly message: string
  readonly fields?: readonly string[]
}

/** A refused request or row. `status` is the HTTP status of a single-record request. */
export class SalesforceError extends Error {
  readonly status: number
  readonly faults: readonly SalesforceFault[]

  constructor(status: number, ...faults: SalesforceFault[]) {
    super(faults.map((fault) => `${fault.errorCode}: ${fault.message}`).join('; '))
    this.name = 'SalesforceError'
    this.status = status
    this.faults = faults
  }
}

export function refusal(errorCode: string, message: string, fields?: readonly string[], status = 400): SalesforceError {
  return new SalesforceError(status, fields ? { errorCode, message, fields } : { errorCode, message })
}

/** A row's refusal: collections show `fields` even when there are none. */
export function rowRefusal(errorCode: string, message: string, fields: readonly string[] = []): SalesforceError {
  return new SalesforceError(400, { errorCode, message, fields })
}
