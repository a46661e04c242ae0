// Loaded into a middleware by --import: kills it, from inside and at once, where the environment says.
//   KILL_AT         <point>:<before|after>:<n>, several divided by commas: each only after the one before it has killed
//   KILL_DIRECTORY  where a kill is told, in one file for each of KILL_AT, so that of several processes only one dies
// It listens to the product's own channels (middleware/trace.ts) and to those of Node and undici; the product knows nothing of it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Order {
  readonly name: string
  readonly token: string
  left: number
}

const directory = process.env.KILL_DIRECTORY ?? ''
const orders: readonly Order[] = (process.env.KILL_AT ?? '').split(',').filter(Boolean).map(orderOf)

function orderOf(text: string, place: number): Order {
  const [, name, count] = /^([\w-]+:(?:before|after)):(\d+)$/.exec(text) ?? []
  if (name === undefined) throw new Error(`KILL_AT: "${text}" is not <point>:<before|after>:<n>`)
  return { name, token: join(directory, `killed-${place + 1}`), left: Number(count) }
}

/** This is the place; if it is the one ordered, nothing comes after it. */
function at(name: string): void {
  const order = orders.find(({ token }) => !existsSync(token))
  if (order?.name !== name || --order.left > 0) return
  try {
    writeFileSync(order.token, String(process.pid), { flag: 'wx' })
  } catch {
    return // another process was faster
  }
  process.kill(process.pid, 'SIGKILL')
}

interface Inside {
  readonly step: string
  readonly around: Inside | undefined
}

/** In which steps the present moment lies. */
const steps = new AsyncLocalStorage<Inside>()

function isInside(step: string): boolean {
  for (let inside = steps.getStore(); inside; inside = inside.around) if (inside.step === step) return true
  return false
}

function onStep(step: string, begins: (facts: { gateway?: string }) => void, ended: () => void): void {
  const told = tracingChannel(`refund-relay.${step}`)
  told.start.bindStore(steps, () => ({ step, around: steps.getStore() }))
  told.start.subscribe((facts) => begins(facts as { gateway?: string }))
  told.asyncEnd.subscribe((facts) => {
    if (!(facts as { error?: unknown }).error) ended()
  })
}

const nothing = () => {}
const step = (name: string, point: string) =>
  onStep(
    name,
    () => at(`${point}:before`),
    () => at(`${point}:after`),
  )

onStep('request', () => at('intake-received:after'), nothing)
onStep('reserve', nothing, nothing)
onStep('answer', () => at('intake-answer:before'), nothing)
onStep('submit', nothing, () => at('answer-read:after'))
onStep('webhook', () => at('webhook-received:after'), nothing)
onStep('apply', nothing, nothing)
onStep('write', nothing, nothing)
step('settle', 'result-commit')
step('inbox', 'inbox-commit')
step('look_up', 'look-up')
step('written', 'written-commit')
// At Adyen the sending is stored by one statement; where refunds wait for their turn, by a transaction.
onStep(
  'lease',
  ({ gateway }) => gateway === 'adyen' && at('lease-commit:before'),
  () => at('lease-commit:after'),
)
onStep(
  'commit',
  () => {
    if (isInside('reserve')) at('intake-commit:before')
    else if (isInside('lease')) at('lease-commit:before')
    else if (isInside('apply')) at('outcome-commit:before')
  },
  () => {
    if (isInside('reserve')) at('intake-commit:after')
    else if (isInside('apply')) at('outcome-commit:after')
  },
)

/** What comes in. */
channel('http.server.request.start').subscribe((message) => {
  const { request } = message as { request: IncomingMessage }
  if (isRefundRequest(request)) at('intake-received:before')
  else if (isWebhook(request)) at('webhook-received:before')
})
channel('http.server.response.finish').subscribe((message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  if (response.statusCode >= 300) return
  if (isRefundRequest(request)) at('intake-answer:after')
  else if (isWebhook(request)) at('webhook-answer:after')
})

function isRefundRequest(request: IncomingMessage): boolean {
  return request.method === 'POST' && pathOf(request) === '/v1/refunds'
}

function isWebhook(request: IncomingMessage): boolean {
  return pathOf(request).startsWith('/webhooks/')
}

/** express cuts the part that its routers have read off `url`. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? ''
}

/** What goes out: a call that moves money, or one that writes to the org; others are of no concern here. */
function pointOf(method: string | undefined, path: string): 'request-sent' | 'crm-request' | null {
  if (isInside('write')) return method === 'POST' && path.endsWith('/composite') ? 'crm-request' : null
  return isInside('submit') && method !== 'GET' ? 'request-sent' : null
}

// undici: Adyen, GoCardless and Salesforce.
interface UndiciRequest {
  readonly method: string
  readonly path: string
}
const watched = new WeakMap<UndiciRequest, 'request-sent' | 'crm-request'>()
const onUndici = (name: string, act: (point: 'request-sent' | 'crm-request') => void) =>
  channel(name).subscribe((message) => {
    const point = watched.get((message as { request: UndiciRequest }).request)
    if (point) act(point)
  })
channel('undici:request:create').subscribe((message) => {
  const { request } = message as { request: UndiciRequest }
  const point = pointOf(request.method, request.path)
  if (point) watched.set(request, point)
})
onUndici('undici:client:sendHeaders', (point) => at(`${point}:before`))
onUndici('undici:request:bodySent', (point) => at(`${point}:after`))
onUndici('undici:request:headers', (point) => point === 'request-sent' && at('answer-read:before'))

// node:http: Braintree's SDK.
channel('http.client.request.created').subscribe((message) => {
  const { request } = message as { request: ClientRequest }
  if (pointOf(request.method, request.path) !== 'request-sent') return
  at('request-sent:before')
  request.once('finish', () => at('request-sent:after'))
  request.once('response', () => at('answer-read:before'))
})
