/** How one refusal is told: to the caller (status), to the agent (sentence, remedy) and in Salesforce (crmCode). */
export interface ErrorEntry {
  /** HTTP status of a request that stored nothing. None: this happens to a stored refund, and the caller gets the refund. */
  readonly httpStatus?: number
  /** Whether the very same request can succeed later. */
  readonly retryable: boolean
  /** What happened, for an agent. `{name}` is filled from the error's details. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
  /** The sanitised code in Refund__c.Error_Code__c. */
  readonly crmCode?: string
}
