import { randomUUID } from 'node:crypto'
import type { OrgData } from './org-data.ts'
import type { RestAnswer, RestRequest } from './rest.ts'
import { refusal } from './salesforce-error.ts'

const MOST_ROWS = 2_000
const MOST_CURSORS = 10

/** GET /query?q= */
export function query(org: OrgData, request: RestRequest): RestAnswer {
  const soql = request.parameters.get('q')
  if (soql === null) throw refusal('MALFORMED_QUERY', 'SOQL statements cannot be empty or null')
  const { totalSize, records } = org.soql.query(soql, request.access, request.version)
  return page(org, request, records, totalSize, 0, null)
}

/** GET /query/{locator}-{from} */
export function queryMore(org: OrgData, request: RestRequest, locator: string): RestAnswer {
  const [cursor = '', from] = locator.split(/-(?=\d+$)/)
  const records = org.cursors.get(cursor)
  if (!records) throw refusal('INVALID_QUERY_LOCATOR', 'invalid query locator')
  return page(org, request, records, records.length, Number(from), cursor)
}

function page(
  org: OrgData,
  request: RestRequest,
  records: readonly unknown[],
  totalSize: number,
  from: number,
  cursor: string | null,
): RestAnswer {
  const size = batchSize(request)
  const shown = records.slice(from, from + size)
  if (from + size >= records.length) return { status: 200, body: { totalSize, done: true, records: shown } }
  const name = cursor ?? keep(org, records)
  const nextRecordsUrl = `/services/data/${request.version}/query/${name}-${from + size}`
  return { status: 200, body: { totalSize, done: false, nextRecordsUrl, records: shown } }
}

function keep(org: OrgData, records: readonly unknown[]): string {
  const name = `0r8${randomUUID().replaceAll('-', '').slice(0, 12)}AAA`
  org.cursors.set(name, records)
  for (const oldest of org.cursors.keys()) {
    if (org.cursors.size <= MOST_CURSORS) break
    org.cursors.delete(oldest)
  }
  return name
}

/** `Sforce-Query-Options: batchSize=500`, from 200 to 2,000. */
function batchSize(request: RestRequest): number {
  const asked = /batchSize=(\d+)/i.exec(request.headers['sforce-query-options'] ?? '')?.[1]
  return asked === undefined ? MOST_ROWS : Math.min(MOST_ROWS, Math.max(200, Number(asked)))
}
