import type { Measure } from './measure.ts'
import { addedLatency } from './measures/added-latency.ts'
import { http } from './measures/http.ts'
import { inProcess } from './measures/in-process.ts'
import { instances } from './measures/instances.ts'
import { ledgerSize } from './measures/ledger-size.ts'
import { memory } from './measures/memory.ts'
import { salesforce } from './measures/salesforce.ts'
import { start } from './measures/start.ts'
import { webhooks } from './measures/webhooks.ts'

/** In the order in which they run and are told. */
export const MEASURES: readonly Measure[] = [
  inProcess,
  http,
  addedLatency,
  webhooks,
  salesforce,
  ledgerSize,
  instances,
  memory,
  start,
]
