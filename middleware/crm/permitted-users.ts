import { z } from 'zod'
import { readFault, unreadable, wholeCallError } from './salesforce-refusal.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import { soql, type Soql } from './soql.ts'

const assignments = z.array(z.object({ AssigneeId: z.string().regex(/^005[a-zA-Z0-9]{15}$/) }))

const pageSchema = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true), records: assignments }),
  z.object({ done: z.literal(false), records: assignments, nextRecordsUrl: z.string().regex(/^\/services\/data\//) }),
])

type Page = z.output<typeof pageSchema>

const compositeSchema = z.object({
  compositeResponse: z.array(z.object({ httpStatusCode: z.int(), body: z.unknown() })).length(2),
})

/**
 * Active users who hold a permission set, directly or by a permission set group, unexpired: two queries in one API
 * call, since SOQL allows no inner query beside an OR. Beyond 2,000 rows each further page is one more call.
 * @param name API name, with the namespace of its package if it has one
 * @throws CrmError
 */
export async function permittedUsers(session: SalesforceSession, name: string): Promise<ReadonlySet<string>> {
  const [namespace, ownName] = splitName(name)
  const now = new Date()
  // Without the namespace another package's set of the same name would do.
  const direct = soql`SELECT AssigneeId FROM PermissionSetAssignment
    WHERE PermissionSet.Name = ${ownName} AND PermissionSet.NamespacePrefix = ${namespace}
    AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`
  const byGroup = soql`SELECT AssigneeId FROM PermissionSetAssignment
    WHERE PermissionSetGroupId IN (SELECT PermissionSetGroupId FROM PermissionSetGroupComponent
      WHERE PermissionSet.Name = ${ownName} AND PermissionSet.NamespacePrefix = ${namespace})
    AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`
  const parsed = compositeSchema.safeParse(
    await session.send({
      method: 'POST',
      path: `${session.root}/composite`,
      body: {
        allOrNone: false,
        compositeRequest: [toGet(session, 'direct', direct), toGet(session, 'byGroup', byGroup)],
      },
    }),
  )
  if (!parsed.success) throw unreadable()
  const users = new Set<string>()
  for (const { httpStatusCode, body } of parsed.data.compositeResponse) {
    // Half an answer would lock out the other half.
    if (httpStatusCode !== 200) throw wholeCallError(readFault(httpStatusCode, body), httpStatusCode)
    await readPages(session, readPage(body), users)
  }
  return users
}

async function readPages(session: SalesforceSession, first: Page, users: Set<string>): Promise<void> {
  let page = first
  for (;;) {
    for (const { AssigneeId } of page.records) users.add(AssigneeId)
    if (page.done) return
    page = readPage(await session.send({ method: 'GET', path: page.nextRecordsUrl }))
  }
}

function readPage(body: unknown): Page {
  const parsed = pageSchema.safeParse(body)
  if (!parsed.success) throw unreadable()
  return parsed.data
}

function toGet(session: SalesforceSession, referenceId: string, query: Soql): object {
  return { method: 'GET', url: `${session.root}/query?q=${encodeURIComponent(query.text)}`, referenceId }
}

function splitName(name: string): [namespace: string | null, ownName: string] {
  const [namespace, ...rest] = name.split('__')
  return rest.length > 0 ? [namespace!, rest.join('__')] : [null, name]
}
