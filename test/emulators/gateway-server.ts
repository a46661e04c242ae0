import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerLocal } from './gateway-local-action.ts'
import type { LocalGateway } from './gateway-local-action.ts'

export interface GatewayFront {
  /** "Adyen" */
  readonly label: string
  /** 0, the default: any free one. */
  readonly port?: number
  /** The vendor's API. @returns whether the request was one of its own; a call that a fault cuts off is one too */
  answerApi(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  readonly local: LocalGateway
  /** HTML for a person. */
  page(): string
}

/** Listens on this machine: a gateway's API, its page at `/`, and the page's buttons at `/_local/`. */
export async function openGatewayServer(front: GatewayFront): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    answer(front, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`)
    })
  })
  server.listen(front.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(front: GatewayFront, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname.startsWith('/_local/')) return answerLocal(front.local, pathname, request, response)
  if (pathname === '/' && request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(front.page())
    return
  }
  if (await front.answerApi(request, response)) return
  response
    .writeHead(404, { 'content-type': 'text/plain' })
    .end(`The local ${front.label} has nothing at this address.\n`)
}
