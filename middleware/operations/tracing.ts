import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from '@opentelemetry/api'
import type { Step, StepFacts } from '../trace.ts'
import { watchSteps } from './watch-steps.ts'

export interface Tracing {
  /** Sends what is still here, within a few seconds, and ends. */
  close(): Promise<void>
}

/** A collector that hangs must not hold the process at its end. */
const FLUSH_MS = 3_000
const BATCH_MS = 1_000

/** How the facts of a step are called on a span. Ids, words and counts: no other fact is taken. */
const ATTRIBUTES: Readonly<Partial<Record<keyof StepFacts, string>>> = {
  requestId: 'refund_relay.request_id',
  refundId: 'refund_relay.refund_id',
  orgId: 'refund_relay.org_id',
  gateway: 'refund_relay.gateway',
  account: 'refund_relay.account',
  event: 'refund_relay.event',
  count: 'refund_relay.count',
  state: 'refund_relay.state',
}

/** Steps that call somebody else. */
const CALLS: readonly Step[] = ['submit', 'look_up', 'write', 'read_org']

/**
 * Sends each step of this process as an OpenTelemetry span, inside the step that it is part of, to an OTLP collector over HTTP.
 * The packages are loaded here, and only here: who wants no traces carries none of them.
 * @param url where the collector takes traces, e.g. http://127.0.0.1:4318/v1/traces
 */
export async function startTracing(url: string, instance: string): Promise<Tracing> {
  const api = await import('@opentelemetry/api')
  const sdk = await import('@opentelemetry/sdk-trace')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'refund-relay', 'service.instance.id': instance }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: FLUSH_MS }),
        scheduledDelayMillis: BATCH_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('refund-relay')
  const current = new AsyncLocalStorage<Span>()
  const spans = new WeakMap<object, Span>()
  const end = watchSteps({
    storage: current,
    enter(step, token, facts) {
      const parent = current.getStore()
      const context = parent ? api.trace.setSpan(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT
      const kind = CALLS.includes(step)
        ? api.SpanKind.CLIENT
        : step === 'request' || step === 'webhook'
          ? api.SpanKind.SERVER
          : api.SpanKind.INTERNAL
      const span = tracer.startSpan(step, { kind, attributes: attributesOf(facts) }, context)
      spans.set(token, span)
      return span
    },
    onEnd({ error, result }, token) {
      const span = spans.get(token)
      if (!span) return
      const outcome = (result as { kind?: unknown } | null | undefined)?.kind ?? result
      if (typeof outcome === 'string') span.setAttribute('refund_relay.outcome', outcome)
      if (error !== undefined) {
        // Never its message: that may hold what was sent.
        const { code, name } = error as { code?: unknown; name?: unknown }
        span.setStatus({ code: api.SpanStatusCode.ERROR, message: String(code ?? name ?? 'error') })
      }
      span.end()
    },
  })
  return {
    async close() {
      end()
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_MS)))
      await Promise.race([provider.shutdown().catch(() => {}), patience])
      clearTimeout(timer)
    },
  }
}

function attributesOf(facts: StepFacts): Record<string, string | number> {
  const attributes: Record<string, string | number> = {}
  for (const [fact, name] of Object.entries(ATTRIBUTES)) {
    const value = facts[fact as keyof StepFacts]
    if (value !== undefined) attributes[name] = value
  }
  return attributes
}
