import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { WebhookDelivery } from '../../middleware/gateways/gateway.ts'

export interface Inbox {
  readonly url: string
  /** Every arrival, in order, also those that were refused. */
  readonly deliveries: readonly WebhookDelivery[]
  /** The statuses of the next answers; 200 from then on. */
  answerNext(...statuses: number[]): void
  close(): Promise<void>
}

/** Where a local gateway sends its webhooks when no middleware is there. */
export async function openInbox(): Promise<Inbox> {
  const deliveries: WebhookDelivery[] = []
  const statuses: number[] = []
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      deliveries.push({ headers: request.headers, body })
      response.writeHead(statuses.shift() ?? 200).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    deliveries,
    answerNext: (...next) => void statuses.push(...next),
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
