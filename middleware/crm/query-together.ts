import { z } from 'zod'
import { sendTogether } from './composite.ts'
import { readFault, unreadable, wholeCallError } from './salesforce-refusal.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import type { Soql } from './soql.ts'

const pageSchema = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true), records: z.array(z.unknown()) }),
  z.object({
    done: z.literal(false),
    records: z.array(z.unknown()),
    nextRecordsUrl: z.string().regex(/^\/services\/data\//),
  }),
])

export interface Query<Row> {
  readonly soql: Soql
  /** What each row must look like. */
  readonly row: z.ZodType<Row>
}

type RowsOf<Queries> = {
  readonly [Place in keyof Queries]: Queries[Place] extends Query<infer Row> ? readonly Row[] : never
}

/**
 * Up to five queries as one API call: in the body of a composite call a query may also be longer than an address, whose
 * limit is 16,384 bytes. Beyond 2,000 rows each further page of a query is one more call.
 * @returns the rows of each query, in the order of the queries
 * @throws CrmError also when one query fails: half an answer is none
 */
export async function queryTogether<const Queries extends readonly Query<unknown>[]>(
  session: SalesforceSession,
  queries: Queries,
): Promise<RowsOf<Queries>> {
  const answers = await sendTogether(
    session,
    queries.map(({ soql }) => ({ method: 'GET', url: `${session.root}/query?q=${encodeURIComponent(soql.text)}` })),
  )
  const results: unknown[][] = []
  for (const [place, { status, body }] of answers.entries()) {
    if (status !== 200) throw wholeCallError(readFault(status, body), status)
    const parsed = z.array(queries[place]!.row).safeParse(await readPages(session, body))
    if (!parsed.success) throw unreadable()
    results.push(parsed.data)
  }
  return results as unknown as RowsOf<Queries>
}

async function readPages(session: SalesforceSession, first: unknown): Promise<unknown[]> {
  const rows: unknown[] = []
  let body = first
  for (;;) {
    const page = pageSchema.safeParse(body)
    if (!page.success) throw unreadable()
    for (const each of page.data.records) rows.push(each)
    if (page.data.done) return rows
    body = await session.send({ method: 'GET', path: page.data.nextRecordsUrl })
  }
}
