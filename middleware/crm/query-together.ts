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

/**
 * Up to five queries as one API call: in the body of a composite call a query may also be longer than an address, whose
 * limit is 16,384 bytes. Beyond 2,000 rows each further page of a query is one more call.
 * @param row what each row must look like
 * @returns the rows of each query, in the order of the queries
 * @throws CrmError also when one query fails: half an answer is none
 */
export async function queryTogether<Row>(
  session: SalesforceSession,
  row: z.ZodType<Row>,
  queries: readonly Soql[],
): Promise<readonly (readonly Row[])[]> {
  const answers = await sendTogether(
    session,
    queries.map(({ text }) => ({ method: 'GET', url: `${session.root}/query?q=${encodeURIComponent(text)}` })),
  )
  const results: Row[][] = []
  for (const { status, body } of answers) {
    if (status !== 200) throw wholeCallError(readFault(status, body), status)
    const parsed = z.array(row).safeParse(await readPages(session, body))
    if (!parsed.success) throw unreadable()
    results.push(parsed.data)
  }
  return results
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
