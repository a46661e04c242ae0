import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import helmet from 'helmet'
import { v7 as uuidv7 } from 'uuid'
import { RefundError } from '../errors.ts'
import { atMostAtOnce, perMinute } from './admission.ts'
import type { Limits } from './admission.ts'
import { authenticate } from './authenticate.ts'
import type { TrustedOrg } from './authenticate.ts'
import { healthRoutes } from './health-routes.ts'
import type { HealthOptions } from './health-routes.ts'
import { openApi } from './openapi.ts'
import { problemHandler } from './problem.ts'
import { creditRoutes } from './credit-routes.ts'
import { paymentRoutes } from './payment-routes.ts'
import { refundRoutes } from './refund-routes.ts'
import type { RouteOptions } from './route-options.ts'
import { settlementRoutes } from './settlement-routes.ts'
import { webhookRoutes } from './webhook-routes.ts'

export interface ServerOptions extends RouteOptions, HealthOptions {
  readonly host: string
  readonly port: number
  readonly audience: string
  readonly orgs: readonly TrustedOrg[]
  readonly limits: Limits
}

export interface RunningServer {
  readonly url: string
  /** Takes no new connection, answers what is under way, then closes. */
  close(): Promise<void>
}

/** How long a request may take to finish while the server closes: longer than an agent waits for a gateway. */
const DRAIN_MS = 15_000

/** @throws NodeJS.ErrnoException `EADDRINUSE` and the like, from listen */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(helmet())
  app.use((request, response, next) => {
    const started = performance.now()
    response.locals.requestId = uuidv7()
    response.set('X-Request-Id', response.locals.requestId)
    response.on('finish', () => {
      const { requestId, requester, code } = response.locals
      options.log.info(
        {
          requestId,
          ...requester,
          method: request.method,
          route: request.baseUrl + (request.route?.path ?? ''),
          status: response.statusCode,
          ...(code !== undefined && { code }),
          durationMs: Math.round(performance.now() - started),
        },
        'answered',
      )
    })
    next()
  })
  app.use('/health', healthRoutes(options))
  app.get('/openapi.json', (_request, response) => void response.json(openApi()))
  const { limits } = options
  app.use('/webhooks', atMostAtOnce(limits.webhooksAtOnce), webhookRoutes(options))
  app.use('/v1', atMostAtOnce(limits.requestsAtOnce), authenticate(options.orgs, options.audience))
  app.use('/v1', perMinute(limits.requestsPerMinute))
  app.use('/v1/refunds', refundRoutes(options))
  app.use('/v1/payments', paymentRoutes(options))
  app.use('/v1/credits', creditRoutes(options))
  app.use('/v1/settlements', settlementRoutes(options))
  app.use(() => {
    throw new RefundError('route_not_found')
  })
  app.use(problemHandler(options.log))

  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
      // Node looks every half minute for those that are too slow; a flood of them would be welcome for that long.
      connectionsCheckingInterval: 1_000,
    },
    app,
  )
  await listen(server, options.host, options.port)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // A connection that has its answer would stay open for the next request, and hold the door.
        const sweep = setInterval(() => server.closeIdleConnections(), 50)
        const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
        server.close(() => {
          clearInterval(sweep)
          clearTimeout(patience)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
