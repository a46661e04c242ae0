import type { Crm } from '../../middleware/crm/crm.ts'
import { startSalesforceRig } from './crm-rig-salesforce.ts'

/** Faults that every local CRM knows by these names. */
export type CrmFault =
  'down' | 'write_then_drop_answer' | 'daily_limit' | 'busy' | 'lock_some_rows' | 'refuse_some_rows'

/** What the CRM shows of one refund. */
export interface ShownRefund {
  readonly paymentId: string
  readonly version: number
  readonly stage: string
  /** In the payment's decimals, with its currency. */
  readonly amount: string
}

/** One adapter, connected to its local CRM. */
export interface CrmRig {
  readonly crm: Crm
  /** @param amount decimal text; what was taken */
  addPayment(currency?: string, amount?: string): Promise<string>
  refundedOf(paymentId: string): string
  shown(refundId: string): readonly ShownRefund[]
  /** For the next request, or for every one from now on; rows are hit when their refund is among these. */
  fault(name: CrmFault, forEver?: boolean, refundIds?: readonly string[]): void
  heal(): void
  expireSessions(): void
  logins(): number
  apiCalls(): number
  /** @returns the user's id */
  addUser(fields?: { active?: boolean }): Promise<string>
  /** Gives the permission set that lets its holder refund. */
  permit(userId: string, how: 'directly' | 'by group' | 'expired' | 'until tomorrow'): Promise<void>
  withdraw(userId: string): void
  stop(): Promise<void>
}

/** One line per CRM. */
export const CRM_RIGS: readonly { name: string; start: () => Promise<CrmRig> }[] = [
  { name: 'Salesforce', start: startSalesforceRig },
]
