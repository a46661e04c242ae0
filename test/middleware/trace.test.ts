import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { trace } from '../../middleware/trace.ts'

describe('trace', () => {
  it('tells that a step begins and ends, with its ids', async () => {
    const told: unknown[] = []
    const listen = (message: unknown, name: string | symbol) => told.push([name, { ...(message as object) }])
    const names = ['start', 'asyncEnd'].map((part) => `tracing:refund-relay.settle:${part}`)
    for (const name of names) subscribe(name, listen)
    await trace('settle', { refundId: 'r-1' }, async () => 'stored')
    for (const name of names) unsubscribe(name, listen)
    expect(told).toEqual([
      ['tracing:refund-relay.settle:start', { refundId: 'r-1' }],
      ['tracing:refund-relay.settle:asyncEnd', { refundId: 'r-1', result: 'stored' }],
    ])
  })

  it('hands on what the work returns or throws, whether or not anybody listens', async () => {
    await expect(trace('commit', {}, async () => 1)).resolves.toBe(1)
    await expect(trace('commit', {}, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
  })
})
