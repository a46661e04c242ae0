import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { REQUEST_FAULTS, WEBHOOK_FAULTS } from './faults.ts'
import type { PageState } from './page.ts'
import type { LocalAdyen } from './server.ts'

type Fields = Record<string, unknown>

/** What the buttons do, on this page and in the local org's panel. Not part of Adyen. */
const ACTIONS: Readonly<Record<string, (adyen: Omit<LocalAdyen, 'url' | 'close'>, fields: Fields) => void>> = {
  '/_local/clock': (adyen, { advanceMs }) => {
    const ms = Number(advanceMs)
    if (!Number.isSafeInteger(ms) || ms <= 0) throw new RangeError('advanceMs must be whole milliseconds above 0')
    adyen.advanceClock(ms)
  },
  '/_local/down': (adyen, { down }) => adyen.setDown(down === true || down === 'true'),
  '/_local/fail': (adyen, { pspReference }) => adyen.failRefund(String(pspReference)),
  '/_local/reverse': (adyen, { pspReference }) => adyen.reverseRefund(String(pspReference)),
  '/_local/repair': (adyen, { pspReference }) => adyen.repairRefund(String(pspReference)),
  '/_local/fault': (adyen, { name }) => {
    const request = REQUEST_FAULTS.find((fault) => fault === name)
    const webhook = WEBHOOK_FAULTS.find((fault) => fault === name)
    if (request) adyen.faultOnNextRequest(request)
    else if (webhook) adyen.webhookFault(webhook)
    else throw new RangeError(`no fault is called ${String(name)}`)
  },
}

// The local org's panel is another origin on this machine.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'content-type',
}

/** `GET /_local/ledger` and the actions: JSON in and out, or a form of the page, which is led back to it. */
export async function answerLocal(
  adyen: Omit<LocalAdyen, 'url' | 'close'>,
  state: PageState,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, body: unknown) =>
    response.writeHead(status, { ...CORS, 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.method === 'OPTIONS') {
    response.writeHead(204, CORS).end()
    return
  }
  if (path === '/_local/ledger' && request.method === 'GET') {
    const { ledger, schedule, deliveries } = state
    const now = new Date(schedule.now()).toISOString()
    reply(200, { now, down: schedule.paused, entries: ledger.entries, tasks: [...ledger.tasks.values()], deliveries })
    return
  }
  const act = request.method === 'POST' ? ACTIONS[path] : undefined
  if (!act) {
    reply(404, { error: `there is no ${request.method} ${path}` })
    return
  }
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  try {
    const body = await text(request)
    act(adyen, isForm ? Object.fromEntries(new URLSearchParams(body)) : (JSON.parse(body || '{}') as Fields))
  } catch (error) {
    reply(422, { error: (error as Error).message })
    return
  }
  if (isForm) response.writeHead(303, { location: '/' }).end()
  else reply(200, { now: new Date(state.schedule.now()).toISOString(), down: state.schedule.paused })
}
