import type { ParseArgsConfig } from 'node:util'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { recordIdSchema } from '../record-id.ts'

/** What a command works with. */
export interface CommandContext {
  readonly database: Database
  readonly config: Config
}

export interface CommandResult {
  /** For programs. */
  readonly data: unknown
  /** For people. */
  readonly text: string
}

export interface Command {
  /** "show REFUND" */
  readonly usage: string
  readonly about: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /**
   * Reads what was typed, before anything is opened.
   * @throws UsageError, z.ZodError
   */
  prepare(
    positionals: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ): (context: CommandContext) => Promise<CommandResult>
}

/** What was typed is not a command; the message says what would be one. */
export class UsageError extends Error {}

const refundIdSchema = z.uuid()

/** @throws UsageError */
export function refundIdOf(positionals: readonly string[], usage: string): string {
  const id = refundIdSchema.safeParse(positionals[0])
  if (!id.success || positionals.length > 1) {
    throw new UsageError(`${usage}: give the id of one refund, as list and Refund__c.Refund_Key__c show it`)
  }
  return id.data
}

/** @throws UsageError */
export function anyIdOf(positionals: readonly string[], usage: string): string {
  // A payment is known by its record in Salesforce.
  const id = z.union([refundIdSchema, recordIdSchema]).safeParse(positionals[0])
  if (!id.success || positionals.length > 1) {
    throw new UsageError(`${usage}: give one id, of a refund, exposure, break or payment, as list shows it`)
  }
  return id.data
}
