import pino from 'pino'

/**
 * What may leave the process in a log line, and nothing else: ids, codes and counts. Never a body, a name, a note, an amount's owner,
 * a token or a key.
 */
const LOGGED_FIELDS = [
  'requestId',
  'refundId',
  'paymentId',
  'orgId',
  'userId',
  'gateway',
  'account',
  'method',
  'route',
  'status',
  'code',
  'state',
  'outcome',
  'event',
  'eventId',
  'events',
  'written',
  'refused',
  'detail',
  'count',
  'durationMs',
  'againInMs',
  'deliveryMs',
  'waitMs',
  'address',
  'instance',
] as const

export type LogFields = Partial<Record<(typeof LOGGED_FIELDS)[number], string | number>>

export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields & { readonly error?: unknown }, message: string): void
}

/** Many lines in one write, none later than a second, all of them at exit. The audit is in the database, and waits for nothing here. */
const WRITTEN = { dest: 1, sync: false, minLength: 8_192, periodicFlush: 1_000 }

/** @param level pino's level, e.g. "info", "silent" */
export function openLog(level: string, destination?: pino.DestinationStream): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination(WRITTEN),
  )
  const allowed = (fields: LogFields) =>
    Object.fromEntries(LOGGED_FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]))
  return {
    info: (fields, message) => logger.info(allowed(fields), message),
    warn: (fields, message) => logger.warn(allowed(fields), message),
    error: ({ error, ...fields }, message) => logger.error({ ...allowed(fields), ...describe(error) }, message),
  }
}

/** Name, code and stack: a stack names our own lines, an error's other properties may hold what was sent. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {}
  const code = (error as { code?: unknown }).code
  return { error: error.name, ...(typeof code === 'string' && { errorCode: code }), stack: error.stack }
}
