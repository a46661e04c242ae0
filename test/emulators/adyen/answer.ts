import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { answerWith, cut, failsBefore, headerOf } from '../gateway-wire.ts'
import type { Spoilt, WireAnswer } from '../gateway-wire.ts'
import { answerCall } from './api-call.ts'
import type { ApiAction, ApiAnswer, ApiState } from './api-call.ts'
import type { Faults, RequestFault } from './faults.ts'

const BUSY: WireAnswer = {
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '5' },
  body: JSON.stringify({ status: 429, errorCode: '429', message: 'Too many requests', errorType: 'internal' }),
}

/** Where a call came in. */
export interface Called {
  readonly path: string
  readonly pathReference: string
  readonly action: ApiAction
}

/** One API call on the wire, with the faults that were asked for. */
export async function answerOnWire(
  state: ApiState,
  faults: Faults,
  slowMs: number,
  { path, pathReference, action }: Called,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (state.schedule.paused) return cut(request)
  const body = await text(request)
  const fault = faults.takeForRequest()
  if (failsBefore(fault, BUSY, request, response)) return
  const key = headerOf(request, 'idempotency-key')
  const apiKey = headerOf(request, 'x-api-key')
  const answer = answerCall(state, action, { path, pathReference, apiKey, idempotencyKey: key, body })
  if (answer.decides === undefined) {
    response.writeHead(answer.status, answer.headers).end(answer.body)
    return
  }
  const isInFlight = key !== undefined && fault !== 'hang'
  if (isInFlight) state.inFlight.add(key)
  try {
    await beforeAnswer(state, faults, answer, answer.decides, fault, response)
    if (fault === 'slow') await state.schedule.sleep(slowMs)
  } finally {
    if (isInFlight) state.inFlight.delete(key)
  }
  answerWith(fault, answer, SPOILT, request, response)
}

/** The outcome waits for the answer, unless the fault says otherwise. */
async function beforeAnswer(
  state: ApiState,
  faults: Faults,
  { body }: ApiAnswer,
  decides: string,
  fault: RequestFault | null,
  response: ServerResponse,
): Promise<void> {
  if (faults.takeForWebhook(true)) {
    const { pspReference } = JSON.parse(body) as { pspReference: string }
    return state.schedule.runNow(
      ({ id, work }) =>
        id === decides ||
        (work.kind === 'deliver' &&
          // Of a credit the request's reference is the original.
          (work.item.pspReference === pspReference || work.item.originalReference === pspReference)),
    )
  }
  // An answer that never leaves holds nothing back.
  const answered = new Promise<void>((resolve) => response.once('close', resolve))
  state.schedule.holdUntil(decides, fault === 'hang' ? Promise.resolve() : answered)
}

const SPOILT: Spoilt = {
  withoutReference: (body) => body.replace(/"pspReference":"\w+",?/, ''),
  otherAmount: (body) => body.replace(/"value":(\d+)/, (_, value: string) => `"value":${Number(value) + 1}`),
}
