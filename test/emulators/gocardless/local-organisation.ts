import { randomUUID } from 'node:crypto'
import { GoCardlessClient } from 'gocardless-nodejs'
import { Environments } from 'gocardless-nodejs/constants'
import { openInbox } from '../../contracts/gateway-inbox.ts'
import type { Inbox } from '../../contracts/gateway-inbox.ts'
import { startLocalGoCardless } from './server.ts'
import type { LocalGoCardless, LocalGoCardlessOptions } from './server.ts'

export const TOKEN = 'sandbox_local'
export const SECRET = 'endpoint-secret'

export interface LocalOrganisation {
  readonly goCardless: LocalGoCardless
  readonly inbox: Inbox
  close(): Promise<void>
}

/** A local GoCardless with two creditors, and somebody who takes its webhooks. */
export async function openOrganisation(options: Partial<LocalGoCardlessOptions> = {}): Promise<LocalOrganisation> {
  const inbox = await openInbox()
  const creditors = [{ id: 'CR1' }, { id: 'CR2', canCreateRefunds: false }]
  const webhook = { url: () => inbox.url, secret: SECRET }
  const goCardless = await startLocalGoCardless({ accessToken: TOKEN, creditors, webhook, ...options })
  return {
    goCardless,
    inbox,
    async close() {
      await goCardless.close()
      await inbox.close()
    },
  }
}

/** The vendor's own SDK, which only has its address changed. */
export function vendorsClient({ url }: LocalGoCardless, raiseOnIdempotencyConflict = true): GoCardlessClient {
  const client = new GoCardlessClient(TOKEN, Environments.Sandbox, { raiseOnIdempotencyConflict })
  // There is no public option for it.
  Reflect.set(Reflect.get(client, '_api') as object, '_baseUrl', url)
  return client
}

/** The API by plain HTTP. */
export async function ask(
  { url }: LocalGoCardless,
  path: string,
  body?: unknown,
  { key = randomUUID(), headers = {} }: { key?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url + path, {
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'gocardless-version': '2015-07-06',
      'idempotency-key': key,
      ...headers,
    },
  })
  const answer = (await response.json()) as { error?: { type: string; errors: Record<string, unknown>[] } }
  return { status: response.status, headers: response.headers, answer, reason: answer.error?.errors[0]?.['reason'] }
}

/** The body that asks for a refund. */
export function refundOf(payment: string, amount: unknown, confirmation: unknown = amount, more: object = {}) {
  return { refunds: { amount, total_amount_confirmation: confirmation, links: { payment }, ...more } }
}
