import type { Crm, CrmRecord, PaymentRecord, PaymentReference, PermittedUserIds } from '../../middleware/crm/crm.ts'
import { startSalesforceRig } from './crm-rig-salesforce.ts'

/** Faults that every local CRM knows by these names. */
export type CrmFault =
  'down' | 'write_then_drop_answer' | 'daily_limit' | 'busy' | 'lock_some_rows' | 'refuse_some_rows'

/** What a permission set lets its holder do. */
export type CrmRight = keyof PermittedUserIds

/** What the CRM shows of one record. */
export interface ShownRecord {
  /** null for a credit, and for a break of a payment that nobody knows. */
  readonly paymentId: string | null
  readonly version: number
  /** null for an exposure and a break. */
  readonly stage: string | null
  /** In the record's own decimals, with its currency. */
  readonly amount: string
}

/** One adapter, connected to its local CRM. */
export interface CrmRig {
  readonly crm: Crm
  /** @param amount decimal text; what was taken */
  addPayment(currency?: string, amount?: string, reference?: PaymentReference): Promise<string>
  refundedOf(paymentId: string): string
  /** Money that is out twice. */
  exposedOf(paymentId: string): string
  /** As the record holds it: decimal text without a currency. */
  chargedBackOf(paymentId: string): string
  refundableOf(paymentId: string): string
  removePayment(paymentId: string): void
  shown(record: Pick<Exclude<CrmRecord, PaymentRecord>, 'type' | 'id'>): readonly ShownRecord[]
  /** A person ticks an exposure or a break off. */
  handle(id: string, how: string, note: string): void
  handlingOf(id: string): { readonly handled: boolean; readonly how: string; readonly note: string }
  /** For the next request, or for every one from now on; rows are hit when their id is among these. */
  fault(name: CrmFault, forEver?: boolean, ids?: readonly string[]): void
  heal(): void
  expireSessions(): void
  logins(): number
  apiCalls(): number
  /** @returns the user's id */
  addUser(fields?: { active?: boolean }): Promise<string>
  /** Gives the permission set that lets its holder refund, or credit. */
  permit(userId: string, how: 'directly' | 'by group' | 'expired' | 'until tomorrow', right?: CrmRight): Promise<void>
  withdraw(userId: string, right?: CrmRight): void
  stop(): Promise<void>
}

/** One line per CRM. */
export const CRM_RIGS: readonly { name: string; start: () => Promise<CrmRig> }[] = [
  { name: 'Salesforce', start: startSalesforceRig },
]
