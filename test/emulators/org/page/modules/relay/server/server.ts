import type { ErrorAnswer } from '../../../endpoints.ts'

/** The shape in which the platform hands errors to components. */
export interface ServerError extends ErrorAnswer {
  status: number
}

/** The local org's, the middleware's and a local gateway's way of saying no. */
interface Refusal extends ErrorAnswer {
  message: string
  error: string
}

/** @throws ServerError – also when there was no answer at all (status 0). */
export const getJson = <Result>(path: string): Promise<Result> => ask(path, { headers: { accept: 'application/json' } })

/** @throws ServerError – also when there was no answer at all (status 0). */
export const postJson = <Result>(url: string, body: unknown): Promise<Result> =>
  ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** The sentence in anything that was thrown, for people to read. */
export function messageOf(error: unknown): string {
  const { body, message } = error as Partial<ServerError> & { message?: string }
  return body?.message ?? message ?? 'Something went wrong. Reload the page to try again.'
}

async function ask<Result>(url: string, init: RequestInit): Promise<Result> {
  let answer: Response
  try {
    answer = await fetch(url, init)
  } catch {
    throw serverError(0, 'The local org did not answer. Is "npm start" still running? Reload to try again.')
  }
  const text = await answer.text()
  const body = parsed(text)
  if (!answer.ok) {
    const { message, error, body: inner } = (body ?? {}) as Partial<Refusal>
    throw serverError(answer.status, inner?.message ?? message ?? error ?? `${url} was answered with ${answer.status}.`)
  }
  return body as Result
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// The platform throws plain objects with a body, not Errors, and components read them so.
const serverError = (status: number, message: string): ServerError => ({ status, body: { message } })
