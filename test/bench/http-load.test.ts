import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HttpLoad, prepareRequest } from './http-load.ts'

const REQUEST = prepareRequest('/v1/refunds', '{"note":"Größe"}', { authorization: 'Bearer a.b.c' })

async function against(listener: RequestListener, work: (load: HttpLoad) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const load = new HttpLoad(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    await work(load)
  } finally {
    load.close()
    server.close()
    await once(server, 'close')
  }
}

describe('The load of the bench', () => {
  it('sends what was prepared, on one connection for who asks one after the other', async () => {
    const seen: unknown[] = []
    const listener: RequestListener = async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString('utf8')
      seen.push([request.method, request.url, request.headers.authorization, body, request.socket.remotePort])
      response.end('[accepted]')
    }
    await against(listener, async (load) => {
      for (let time = 0; time < 2; time++) await load.send(REQUEST, 200)
    })
    const [first, second] = seen as [unknown[], unknown[]]
    expect(first).toEqual(['POST', '/v1/refunds', 'Bearer a.b.c', '{"note":"Größe"}', expect.any(Number)])
    expect(second).toEqual(first)
  })

  it('waits for the whole of an answer that comes in pieces', async () => {
    const begun: ServerResponse[] = []
    const listener: RequestListener = (request, response) => {
      if (request.url === '/other') return void response.end()
      begun.push(response.writeHead(200, { 'content-length': 10 }))
      response.write('[acce')
    }
    await against(listener, async (load) => {
      let isAnswered = false
      const sent = load.send(REQUEST, 200).then(() => (isAnswered = true))
      // Asked later, and answered: by then the first piece of the other answer has come.
      await load.send(prepareRequest('/other', ''), 200)
      await load.send(prepareRequest('/other', ''), 200)
      expect([begun.length, isAnswered]).toEqual([1, false])
      begun[0]!.end('pted]')
      await sent
    })
  })

  it('fails at an answer that was not expected, and tells it', async () => {
    await against(
      (_request, response) => response.writeHead(409, { 'content-length': 5 }).end('taken'),
      async (load) => {
        await expect(load.send(REQUEST, 202)).rejects.toThrow(/\/v1\/refunds was answered 409: .*taken/s)
      },
    )
  })

  it('fails at an answer that does not tell its length', async () => {
    await against(
      (_request, response) => response.writeHead(200).end('in chunks'),
      async (load) => {
        await expect(load.send(REQUEST, 200)).rejects.toThrow('an answer of unknown length')
      },
    )
  })

  it('fails where the connection closes before the answer, and asks the next on another', async () => {
    let isFirst = true
    const listener: RequestListener = (request, response) => {
      if (isFirst) request.socket.destroy()
      else response.end()
      isFirst = false
    }
    await against(listener, async (load) => {
      await expect(load.send(REQUEST, 200)).rejects.toThrow('the connection was closed before the answer')
      await load.send(REQUEST, 200)
    })
  })
})
