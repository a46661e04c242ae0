import { Writable } from 'node:stream'
import { openLog } from '../../middleware/log.ts'

describe('the log', () => {
  const lines: Record<string, unknown>[] = []
  const log = openLog(
    'info',
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(JSON.parse(chunk.toString()))
        done()
      },
    }),
  )
  beforeEach(() => lines.splice(0))

  it('lets nothing out that is not on the list', () => {
    const smuggled = { refundId: 'r-1', apiKey: 'canary', note: 'canary', authorization: 'canary' }
    log.info(smuggled, 'stored')
    expect(lines).toEqual([{ level: 30, time: expect.any(String), refundId: 'r-1', msg: 'stored' }])
  })

  it('says of an error its name, code and place, and none of what it carries', () => {
    const error = Object.assign(new Error('refused'), {
      code: 'ECONNRESET',
      config: { headers: { 'x-api-key': 'canary' } },
    })
    log.error({ refundId: 'r-1', error }, 'failed')
    expect(lines[0]).toMatchObject({ error: 'Error', errorCode: 'ECONNRESET', refundId: 'r-1' })
    expect(JSON.stringify(lines)).not.toContain('canary')
  })
})
