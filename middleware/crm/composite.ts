import { z } from 'zod'
import { unreadable } from './salesforce-refusal.ts'
import type { SalesforceSession } from './salesforce-session.ts'

export interface Subrequest {
  readonly method: 'GET' | 'PATCH'
  /** Beginning with /services/data/. */
  readonly url: string
  readonly body?: unknown
}

export interface SubAnswer {
  readonly status: number
  readonly body: unknown
}

/** Of the 25 subrequests of one composite call, this many may be collections or queries. */
export const MOST_COLLECTIONS = 5

const compositeSchema = z.object({
  compositeResponse: z.array(z.object({ httpStatusCode: z.int(), body: z.unknown() })),
})

/**
 * Several requests as one API call, in the order given; each succeeds or fails on its own.
 * @returns one answer per request, in the same order
 * @throws CrmError
 */
export async function sendTogether(
  session: SalesforceSession,
  subrequests: readonly Subrequest[],
): Promise<readonly SubAnswer[]> {
  const answer = await session.send({
    method: 'POST',
    path: `${session.root}/composite`,
    body: {
      allOrNone: false,
      // Collated subrequests run in an order of the org's own.
      collateSubrequests: false,
      compositeRequest: subrequests.map((each, place) => ({ ...each, referenceId: `part${place}` })),
    },
  })
  const parsed = compositeSchema.safeParse(answer)
  if (!parsed.success || parsed.data.compositeResponse.length !== subrequests.length) throw unreadable()
  return parsed.data.compositeResponse.map(({ httpStatusCode, body }) => ({ status: httpStatusCode, body }))
}
