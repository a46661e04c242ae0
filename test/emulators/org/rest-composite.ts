import type { OrgData } from './org-data.ts'
import { answer, type RestAnswer, type RestRequest } from './rest.ts'
import { refusal } from './salesforce-error.ts'

const MOST_SUBREQUESTS = 25
/** Collections and queries among them. */
const MOST_COLLECTIONS = 5

interface Subrequest {
  readonly method?: unknown
  readonly url?: unknown
  readonly referenceId?: unknown
  readonly body?: unknown
}

interface SubAnswer extends RestAnswer {
  readonly referenceId: string
}

/** POST /composite: subrequests in order, each may use what earlier ones answered. One API call. */
export function composite(org: OrgData, request: RestRequest): RestAnswer {
  const body = request.body as { compositeRequest?: unknown; allOrNone?: unknown } | null
  if (!Array.isArray(body?.compositeRequest)) throw refusal('MISSING_ARGUMENT', 'compositeRequest is required')
  const subrequests = body.compositeRequest as Subrequest[]
  limit(subrequests)
  const answers: SubAnswer[] = []
  const run = (): void => {
    for (const each of subrequests) answers.push(one(org, request, each, answers))
  }
  if (body.allOrNone !== true) run()
  else {
    try {
      org.store.atomically(() => {
        run()
        if (answers.some(failed)) throw new Halted()
      })
    } catch (error) {
      if (!(error instanceof Halted)) throw error
      for (const [place, each] of answers.entries()) if (!failed(each)) answers[place] = { ...each, ...HALTED }
    }
  }
  const compositeResponse = answers.map(({ status, body, referenceId }) => ({
    body: body ?? null,
    httpHeaders: {},
    httpStatusCode: status,
    referenceId,
  }))
  return { status: 200, body: { compositeResponse } }
}

/** POST /composite/batch: subrequests on their own. Each counts as an API call. */
export function compositeBatch(org: OrgData, request: RestRequest): RestAnswer {
  const body = request.body as { batchRequests?: unknown } | null
  if (!Array.isArray(body?.batchRequests)) throw refusal('MISSING_ARGUMENT', 'batchRequests is required')
  const subrequests = body.batchRequests as { method?: unknown; url?: unknown; richInput?: unknown }[]
  if (subrequests.length > MOST_SUBREQUESTS) throw tooMany(`at most ${MOST_SUBREQUESTS} subrequests`)
  org.usage.count(Math.max(0, subrequests.length - 1))
  const results = subrequests.map(({ method, url, richInput }) => {
    const { status, body } = answer(org, { ...request, ...target(request, method, url), body: richInput })
    return { statusCode: status, result: body ?? null }
  })
  return { status: 200, body: { hasErrors: results.some(({ statusCode }) => statusCode >= 400), results } }
}

class Halted extends Error {}

const HALTED: RestAnswer = {
  status: 400,
  body: [
    {
      errorCode: 'PROCESSING_HALTED',
      message: 'The transaction was rolled back since another operation in the same transaction failed.',
    },
  ],
}

/** A collection of which a row failed has failed too, when the request is all or none. */
function failed({ status, body }: RestAnswer): boolean {
  return (
    status >= 400 ||
    (Array.isArray(body) && body.some((row) => (row as { success?: unknown } | null)?.success === false))
  )
}

function limit(subrequests: readonly Subrequest[]): void {
  if (subrequests.length > MOST_SUBREQUESTS) throw tooMany(`at most ${MOST_SUBREQUESTS} subrequests`)
  const collections = subrequests.filter(({ url }) =>
    /\/(composite\/sobjects|query|queryAll)([/?]|$)/.test(String(url)),
  )
  if (collections.length > MOST_COLLECTIONS) {
    throw tooMany(`at most ${MOST_COLLECTIONS} of the subrequests may be collections or queries`)
  }
  const ids = subrequests.map(({ referenceId }) => referenceId)
  if (ids.some((id) => typeof id !== 'string' || id === '') || new Set(ids).size < ids.length) {
    throw refusal('INVALID_REQUEST', 'Each subrequest needs a referenceId of its own.')
  }
}

function tooMany(rule: string): Error {
  return refusal('LIMIT_EXCEEDED', `A composite request may hold ${rule}.`)
}

function one(org: OrgData, request: RestRequest, sub: Subrequest, earlier: readonly SubAnswer[]): SubAnswer {
  const referenceId = String(sub.referenceId)
  let missing: string | null = null
  const fill = (text: string): unknown => {
    const whole = /^@\{([^}]+)\}$/.exec(text)
    const found = (path: string): unknown => {
      const value = lookUp(earlier, path)
      if (value === undefined) missing ??= path
      return value
    }
    return whole ? found(whole[1] as string) : text.replace(/@\{([^}]+)\}/g, (_, path: string) => String(found(path)))
  }
  const url = fill(String(sub.url))
  const body = filled(sub.body, fill)
  if (missing !== null) {
    const message = `Invalid reference specified. No value for ${missing as string} found.`
    return { referenceId, status: 400, body: [{ errorCode: 'PROCESSING_HALTED', message }] }
  }
  return { referenceId, ...answer(org, { ...request, ...target(request, sub.method, url), body }) }
}

function filled(value: unknown, fill: (text: string) => unknown): unknown {
  if (typeof value === 'string') return value.includes('@{') ? fill(value) : value
  if (Array.isArray(value)) return value.map((each) => filled(each, fill))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, fill)]))
}

/** `refund.id`, `refunds[0].id`: a value of an earlier answer. */
function lookUp(earlier: readonly SubAnswer[], path: string): unknown {
  const [referenceId, ...steps] = path.split(/[.[\]]+/).filter((step) => step !== '')
  const found = earlier.find((each) => each.referenceId === referenceId)
  if (!found || found.status >= 400) return undefined
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], found.body)
}

function target(
  request: RestRequest,
  method: unknown,
  url: unknown,
): Pick<RestRequest, 'method' | 'path' | 'parameters'> {
  const { pathname, searchParams } = new URL(String(url), 'http://org')
  const [, version, rest] = /^(?:\/services\/data)?\/?(v\d+\.\d+)\/(.*)$/.exec(pathname) ?? []
  if (version === undefined || rest === undefined) {
    throw refusal(
      'INVALID_REQUEST',
      `A subrequest's url must start with /services/data/${request.version}/: ${String(url)}`,
    )
  }
  const path = rest.split('/').filter((segment) => segment !== '')
  return { method: String(method).toUpperCase(), path: path.map(decodeURIComponent), parameters: searchParams }
}
