import { GatewayCallError, GatewayHttp } from '../../../middleware/gateways/gateway-http.ts'
import { startScriptedServer } from './scripted-server.ts'
import type { ScriptedServer } from './scripted-server.ts'

describe('what a gateway call says about having been sent', () => {
  let server: ScriptedServer
  afterEach(() => server.close())

  it('holds for ever: a call that was given up in the queue is never written afterwards', async () => {
    server = await startScriptedServer((response, { body }) => void (body === 'last' && response.end('ok')))
    const http = new GatewayHttp({ baseUrl: server.url, timeoutMs: 400, maxAnswerBytes: 1024 })
    const call = (body: string) => http.call({ method: 'POST', path: '/', headers: {}, body })
    // More calls than connections, none of them answered: when the first give up, the others would get their turn.
    const bodies = Array.from({ length: 120 }, (_, number) => `call ${number}`)
    const errors = await Promise.all(
      bodies.map((body) => call(body).catch((error: unknown) => error as GatewayCallError)),
    )
    const unsent = bodies.filter((_, number) => (errors[number] as GatewayCallError).sent === false)
    expect(unsent.length).toBeGreaterThan(0)
    expect((await call('last')).body).toBe('ok')
    const arrived = server.requests.map(({ body }) => body)
    expect(unsent.filter((body) => arrived.includes(body))).toEqual([])
  })
})
