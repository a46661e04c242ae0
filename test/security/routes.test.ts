import { connect } from 'node:net'
import { openApi } from '../../middleware/http/openapi.ts'
import { startWorld } from '../journeys/world.ts'
import type { World } from '../journeys/world.ts'

const POSTS = Object.entries((openApi() as { paths: Record<string, object> }).paths).flatMap(([path, methods]) =>
  'post' in methods ? [path] : [],
)

describe('every route', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.close())

  it.each(POSTS)('POST %s takes no body beyond its limit', async (path) => {
    const filled = path
      .replace('{gateway}', 'adyen')
      .replace('{account}', 'RefundRelayECOM')
      .replaceAll(/\{\w+\}/g, 'a01000000000001AAA')
    const answer = await world.post(filled, {}, { raw: JSON.stringify({ note: 'x'.repeat(1_048_576) }) })
    // Without a body to read there is nothing to limit; nothing of it is taken either way.
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  it('waits for no slow header: the connection is closed', async () => {
    const { hostname, port } = new URL(world.relay().url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    const closed = new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += String(chunk)))
      socket.on('close', () => resolve(text))
    })
    socket.write('GET /health/live HTTP/1.1\r\nhost: relay\r\n')
    const drip = setInterval(() => socket.write('x-slow: 1\r\n'), 500)
    expect(await closed).toMatch(/^HTTP\/1\.1 408|^$/)
    clearInterval(drip)
  }, 60_000)
})
