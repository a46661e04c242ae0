import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ApiUsage } from '../crm/crm.ts'
import type { Database } from '../database/database.ts'
import { LIMIT_ERRORS } from '../errors/limit-errors.ts'
import { LedgerReader } from './ledger-gauges.ts'
import type { LedgerGauges } from './ledger-gauges.ts'
import { watchSteps } from './watch-steps.ts'
import type { EndedStep } from './watch-steps.ts'

/** One org as the metrics show it: by its name in the configuration, never by its id. */
export interface MeteredOrg {
  readonly name: string
  readonly crm: { readonly apiUsage: ApiUsage | null }
}

export interface Metrics {
  readonly contentType: string
  /** The text that Prometheus reads. */
  text(): Promise<string>
  close(): void
}

/** Seconds: from an answer on the same network up to the deadline of a gateway. */
const CALL_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** Seconds: a webhook may take days, when its gateway had to repeat it. */
const LAG_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 86_400]

/** Everything that is measured. Labels are words from the code and the configuration; no id, no amount, nothing of a person. */
export function openMetrics(database: Database, orgs: readonly MeteredOrg[]): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const ends = [watchSteps(stepMetrics(registry))]
  ledgerMetrics(registry, new LedgerReader(database))
  orgMetrics(registry, orgs)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    close() {
      for (const end of ends) end()
      registry.clear()
    },
  }
}

/** What the steps of this process tell: counts and times since it started. */
function stepMetrics(registry: Registry) {
  const registers = [registry]
  const requests = new Histogram({
    name: 'refund_relay_request_seconds',
    help: 'Requests for a refund, from arrival to answer; code is "answered", or the error that was answered.',
    labelNames: ['code'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const limits = new Counter({
    name: 'refund_relay_limit_refusals_total',
    help: 'Refunds and credits that a limit of the org did not let out; code is the error that was answered.',
    labelNames: ['gateway', 'code'],
    registers,
  })
  const states = new Counter({
    name: 'refund_relay_refund_states_total',
    help: 'How often a refund came to a state through this process.',
    labelNames: ['gateway', 'state'],
    registers,
  })
  const gatewayCalls = new Histogram({
    name: 'refund_relay_gateway_call_seconds',
    help: 'Calls to gateways, by what was called and what the answer meant.',
    labelNames: ['gateway', 'call', 'outcome'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const orgCalls = new Histogram({
    name: 'refund_relay_org_call_seconds',
    help: 'Calls to Salesforce; outcome is "answered", "unavailable", "limit" or "refused".',
    labelNames: ['call', 'outcome'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const orgRows = new Counter({
    name: 'refund_relay_org_rows_total',
    help: 'Rows sent to Salesforce, by what became of each.',
    labelNames: ['outcome'],
    registers,
  })
  const webhooks = new Counter({
    name: 'refund_relay_webhooks_total',
    help: 'Deliveries to the webhook addresses: "stored" and acknowledged, or the error that was answered.',
    labelNames: ['gateway', 'outcome'],
    registers,
  })
  const events = new Counter({
    name: 'refund_relay_events_total',
    help: 'Events applied, by what became of each.',
    labelNames: ['gateway', 'outcome'],
    registers,
  })
  const delivery = new Histogram({
    name: 'refund_relay_webhook_delivery_seconds',
    help: "From an event's happening, by its gateway's clock, to its arrival.",
    labelNames: ['gateway'],
    buckets: LAG_BUCKETS,
    registers,
  })
  const apply = new Histogram({
    name: 'refund_relay_webhook_apply_seconds',
    help: "From an event's arrival to its being applied to the ledger.",
    labelNames: ['gateway'],
    buckets: LAG_BUCKETS,
    registers,
  })
  return {
    onState: ({ gateway, state }: { gateway: string; state: string }) => states.inc({ gateway, state }),
    onEnd(ended: EndedStep) {
      const { step, facts, durationMs } = ended
      const seconds = durationMs / 1_000
      const gateway = facts.gateway === undefined ? 'unknown' : String(facts.gateway)
      switch (step) {
        case 'request':
          return requests.observe({ code: codeOf(ended.error) ?? 'answered' }, seconds)
        case 'reserve': {
          const code = codeOf(ended.error)
          return code !== null && code in LIMIT_ERRORS ? limits.inc({ gateway, code }) : undefined
        }
        case 'submit':
        case 'look_up':
          return gatewayCalls.observe({ gateway, call: step, outcome: kindOf(ended) }, seconds)
        case 'write':
          for (const { outcome } of rowsOf(ended.result)) orgRows.inc({ outcome })
          return orgCalls.observe({ call: step, outcome: orgOutcome(ended.error) }, seconds)
        case 'read_org':
          return orgCalls.observe({ call: step, outcome: orgOutcome(ended.error) }, seconds)
        case 'webhook':
          return webhooks.inc({ gateway, outcome: codeOf(ended.error) ?? 'stored' })
        case 'apply':
          events.inc({ gateway, outcome: ended.error === undefined ? String(ended.result) : 'error' })
          // A clock that is behind ours would make an event arrive before it happened.
          if (facts.deliveryMs !== undefined)
            delivery.observe({ gateway }, Math.max(0, Number(facts.deliveryMs)) / 1_000)
          if (facts.waitMs !== undefined) apply.observe({ gateway }, (Number(facts.waitMs) + durationMs) / 1_000)
      }
    },
  }
}

/** Asked of the database when Prometheus asks. A database that does not answer leaves the rest of the page as it is. */
function ledgerMetrics(registry: Registry, ledger: LedgerReader): void {
  const gauge = (name: string, help: string, labelNames: string[], tell: (read: LedgerGauges, gauge: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset()
        const read = await ledger.read().catch(() => null)
        if (read) tell(read, this)
      },
    })
  gauge(
    'refund_relay_refunds_open',
    'Refunds that have not ended, of all processes on this database.',
    ['gateway', 'state'],
    (read, gauge) => read.open.forEach(({ gateway, state, count }) => gauge.set({ gateway, state }, count)),
  )
  gauge(
    'refund_relay_oldest_open_seconds',
    'Age of the oldest refund in a state.',
    ['gateway', 'state'],
    (read, gauge) => read.open.forEach(({ gateway, state, age }) => gauge.set({ gateway, state }, Math.max(0, age))),
  )
  gauge(
    'refund_relay_attention',
    'What needs a person, by reason: refunds, events, and rows that Salesforce refuses.',
    ['code'],
    (read, gauge) => read.attention.forEach(({ code, count }) => gauge.set({ code }, count)),
  )
  gauge('refund_relay_due', 'Rows that are due now, counted up to 10000.', ['work'], (read, gauge) =>
    read.due.forEach(({ work, count }) => gauge.set({ work }, count)),
  )
  gauge(
    'refund_relay_overdue_seconds',
    'For how long the longest waiting row has been due: 0 when nothing is late.',
    ['work'],
    (read, gauge) => read.due.forEach(({ work, age }) => gauge.set({ work }, age)),
  )
  new Gauge({
    name: 'refund_relay_database_answers',
    help: '1 when the database answered this scrape; 0: the gauges of the ledger are missing.',
    registers: [registry],
    async collect() {
      const read = await ledger.read().catch(() => null)
      this.set(read ? 1 : 0)
    },
  })
}

function orgMetrics(registry: Registry, orgs: readonly MeteredOrg[]): void {
  const limit = new Gauge({
    name: 'refund_relay_org_api_calls_limit',
    help: 'API calls that the org may take in 24 hours, as its last answer said.',
    labelNames: ['org'],
    registers: [registry],
    collect: () => each((name, usage) => limit.set({ org: name }, usage.limit)),
  })
  const used = new Gauge({
    name: 'refund_relay_org_api_calls_used',
    help: 'API calls of the last 24 hours, of everybody who calls the org, as its last answer said.',
    labelNames: ['org'],
    registers: [registry],
    collect: () => each((name, usage) => used.set({ org: name }, usage.used)),
  })
  const each = (tell: (name: string, usage: ApiUsage) => void) => {
    for (const { name, crm } of orgs) if (crm.apiUsage) tell(name, crm.apiUsage)
  }
}

/** The stable code of an error of ours, or "error"; null when there was none. */
function codeOf(error: unknown): string | null {
  if (error === undefined) return null
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^[a-z_]+$/.test(code) ? code : 'error'
}

function kindOf({ error, result }: EndedStep): string {
  const kind = (result as { kind?: unknown } | undefined)?.kind
  return error === undefined && typeof kind === 'string' ? kind : 'error'
}

function orgOutcome(error: unknown): string {
  if (error === undefined) return 'answered'
  const kind = (error as { kind?: unknown }).kind
  return typeof kind === 'string' ? kind : 'error'
}

function rowsOf(result: unknown): readonly { outcome: string }[] {
  return Array.isArray(result) ? (result as { outcome: string }[]) : []
}
