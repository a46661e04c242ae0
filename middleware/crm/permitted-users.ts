import { z } from 'zod'
import { CrmError } from './crm.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import { soql, type Soql } from './soql.ts'

const pageSchema = z.object({
  records: z.array(z.object({ AssigneeId: z.string().regex(/^005[a-zA-Z0-9]{15}$/) })),
  done: z.boolean(),
  nextRecordsUrl: z
    .string()
    .regex(/^\/services\/data\//)
    .nullish(),
})

const compositeSchema = z.object({
  compositeResponse: z.array(z.object({ httpStatusCode: z.literal(200), body: pageSchema })).length(2),
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
  const answer = await session.send({
    method: 'POST',
    path: `${session.root}/composite`,
    body: {
      allOrNone: false,
      compositeRequest: [toGet(session, 'direct', direct), toGet(session, 'byGroup', byGroup)],
    },
  })
  const parsed = compositeSchema.safeParse(answer)
  // Half an answer would lock out the other half.
  if (!parsed.success)
    throw new CrmError('refused', `Salesforce did not say who holds ${name}: ${firstMessage(answer)}`)
  const users = new Set<string>()
  for (const { body } of parsed.data.compositeResponse) await readPages(session, body, users)
  return users
}

async function readPages(
  session: SalesforceSession,
  first: z.output<typeof pageSchema>,
  users: Set<string>,
): Promise<void> {
  for (let page = first; ;) {
    for (const { AssigneeId } of page.records) users.add(AssigneeId)
    if (page.done || !page.nextRecordsUrl) return
    const next = pageSchema.safeParse(await session.send({ method: 'GET', path: page.nextRecordsUrl }))
    if (!next.success) throw new CrmError('unavailable', 'Salesforce answered a query in a form that nobody knows.')
    page = next.data
  }
}

function toGet(session: SalesforceSession, referenceId: string, query: Soql): object {
  return { method: 'GET', url: `${session.root}/query?q=${encodeURIComponent(query.text)}`, referenceId }
}

function splitName(name: string): [namespace: string | null, ownName: string] {
  const [namespace, ...rest] = name.split('__')
  return rest.length > 0 ? [namespace!, rest.join('__')] : [null, name]
}

function firstMessage(answer: unknown): string {
  const refusal = z.object({ compositeResponse: z.array(z.object({ body: z.unknown() })) }).safeParse(answer)
  const bodies = refusal.success ? refusal.data.compositeResponse.map(({ body }) => body) : []
  const fault = z.array(z.object({ errorCode: z.string(), message: z.string() }))
  for (const body of bodies) {
    const parsed = fault.safeParse(body)
    if (parsed.success && parsed.data[0]) return `${parsed.data[0].errorCode}: ${parsed.data[0].message.slice(0, 300)}`
  }
  return 'its answer cannot be read.'
}
