import { Router } from 'express'
import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'

/** live: the process answers. ready: refunds can be taken, because the database takes them. */
export function healthRoutes(database: Database): Router {
  const router = Router()
  router.get('/live', (_request, response) => void response.json({ status: 'live' }))
  router.get('/ready', async (_request, response) => {
    await database.query('SELECT 1').catch((cause: unknown) => {
      throw new RefundError('service_unavailable', {}, { cause })
    })
    response.json({ status: 'ready' })
  })
  return router
}
