import { Router } from 'express'
import { RefundError } from '../errors.ts'
import type { Log } from '../log.ts'

export interface HealthOptions {
  /** Null: refunds can be taken. Otherwise why not. */
  readonly readiness: () => Promise<string | null>
  readonly log: Log
}

/** live: the process answers. ready: refunds can be taken, because the database takes writes and has room for them. */
export function healthRoutes({ readiness, log }: HealthOptions): Router {
  const router = Router()
  let wasReady = true
  router.get('/live', (_request, response) => void response.json({ status: 'live' }))
  router.get('/ready', async (_request, response) => {
    const obstacle = await readiness()
    // Told when it changes, not at every probe; and never to the one who asks.
    if ((obstacle === null) !== wasReady) {
      wasReady = obstacle === null
      if (obstacle === null) log.info({}, 'ready again')
      else log.warn({ detail: obstacle }, 'not ready')
    }
    if (obstacle !== null) throw new RefundError('service_unavailable')
    response.json({ status: 'ready' })
  })
  return router
}
