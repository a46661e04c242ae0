import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

export interface MetricsServerOptions {
  readonly host: string
  readonly port: number
  /** Whoever asks must bring it as a bearer token; left out: anybody who reaches the port may read. */
  readonly token?: string | undefined
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * `GET /metrics` on a port of its own, so that the door for the world can stay closed for it.
 * @throws NodeJS.ErrnoException from listen
 */
export async function startMetricsServer(metrics: Metrics, options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      // Nothing is read from it.
      request.resume()
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics')
        return void response.writeHead(404).end()
      if (!mayRead(request, options.token)) {
        return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
      }
      metrics.text().then(
        (text) =>
          response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text),
        () => response.writeHead(500).end(),
      )
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function mayRead(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true
  // Of equal length, so that neither the time nor the length tells anything.
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
}
