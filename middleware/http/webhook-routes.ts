import express, { Router } from 'express'
import type { Request } from 'express'
import type { Database } from '../database/database.ts'
import { RefundError } from '../errors.ts'
import type { Log } from '../log.ts'
import { EventInbox } from '../refunds/event-inbox.ts'
import type { GatewayAccounts } from '../refunds/gateway-accounts.ts'
import { receiveWebhook } from '../refunds/receive-webhook.ts'
import { trace } from '../trace.ts'

export interface WebhookRoutesOptions {
  readonly database: Database
  readonly accounts: GatewayAccounts
  readonly log: Log
  /** Something is to be applied: a worker may look at once. */
  readonly onWork: () => void
}

/** GoCardless sends up to 250 events in one delivery. */
const LARGEST_BODY_BYTES = 524_288

export function webhookRoutes({ database, accounts, log, onWork }: WebhookRoutesOptions): Router {
  const router = Router()
  const inbox = new EventInbox(database)
  const accountOf = (request: Request) => {
    const { gateway, account } = request.params as { gateway: string; account: string }
    const found = accounts.find(gateway, account)
    // The same answer as for a wrong signature: a stranger learns nothing of which accounts there are.
    if (!found) throw new RefundError('webhook_not_authentic')
    return found
  }
  router.post(
    '/:gateway/:account',
    // A stranger's bytes are not even read.
    (request, _response, next) => {
      accountOf(request)
      next()
    },
    // The raw bytes are what is signed; nothing may parse them first.
    express.raw({ limit: LARGEST_BODY_BYTES, type: () => true }),
    async (request, response) => {
      const { gateway, account } = accountOf(request)
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const delivery = { headers: request.headers, body }
      const requestId = response.locals.requestId as string
      const { fresh, due } = await trace('webhook', { requestId, gateway: gateway.name, account }, () =>
        receiveWebhook(inbox, gateway, account, delivery),
      )
      if (due > 0) onWork()
      log.info({ requestId, gateway: gateway.name, account, events: fresh }, 'webhook stored')
      response.type('text/plain').send('[accepted]')
    },
  )
  return router
}
