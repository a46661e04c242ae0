import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTracing } from '../../../middleware/operations/tracing.ts'
import { trace } from '../../../middleware/trace.ts'
import { until } from '../../until.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
}

/** A collector that keeps what OTLP's JSON brings it. */
async function startCollector() {
  const spans: Span[] = []
  let raw = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      raw += text
      const body = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
      for (const { scopeSpans } of body.resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    raw: () => raw,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

describe('traces', () => {
  it('show a request with its steps inside it, ids as attributes, and nothing of an answer or an error message', async () => {
    const collector = await startCollector()
    const tracing = await startTracing(collector.url, 'instance-1')
    await trace('request', { requestId: 'request-1' }, async () => {
      await trace('reserve', { refundId: 'refund-1' }, () => trace('commit', {}, async () => ({ body: 'canary' })))
      await trace('submit', { refundId: 'refund-1', gateway: 'adyen' }, async () => ({ kind: 'pending' }))
      const refused = Object.assign(new Error('canary'), { code: 'outcome_unknown' })
      await trace('settle', {}, () => Promise.reject(refused)).catch(() => {})
    })
    await tracing.close()
    const named = (name: string) => collector.spans.find((span) => span.name === name)!
    await collector.close()

    const request = named('request')
    expect(request.parentSpanId).toBeUndefined()
    for (const inside of ['reserve', 'submit', 'settle']) {
      expect(named(inside)).toMatchObject({ traceId: request.traceId, parentSpanId: request.spanId })
    }
    expect(named('commit').parentSpanId).toBe(named('reserve').spanId)
    expect(named('submit').attributes).toEqual(
      expect.arrayContaining([
        { key: 'refund_relay.refund_id', value: { stringValue: 'refund-1' } },
        { key: 'refund_relay.outcome', value: { stringValue: 'pending' } },
      ]),
    )
    expect(named('settle').status).toMatchObject({ code: 2, message: 'outcome_unknown' })
    expect(collector.raw()).not.toContain('canary')
  })

  it('are sent while the process runs, and a collector that is gone stops nothing', async () => {
    const collector = await startCollector()
    const tracing = await startTracing(collector.url, 'instance-1')
    await trace('lease', { refundId: 'refund-2' }, async () => null)
    await until(() => expect(collector.spans.map(({ name }) => name)).toEqual(['lease']))
    await collector.close()
    await expect(trace('lease', {}, async () => 'done')).resolves.toBe('done')
    await tracing.close()
  })
})
