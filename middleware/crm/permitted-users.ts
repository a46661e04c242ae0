import { z } from 'zod'
import type { PermittedUserIds } from './crm.ts'
import { queryTogether } from './query-together.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import { soql, type Soql } from './soql.ts'

/** API names, with the namespace of their package if it has one. */
export interface PermissionSets {
  /** Its holders may refund. */
  readonly permissionSet: string
  /** Its holders may send money without a payment. */
  readonly creditsPermissionSet: string
}

const assignmentSchema = z.object({ AssigneeId: z.string().regex(/^005[a-zA-Z0-9]{15}$/) })

/**
 * Active users who hold each permission set, directly or by a permission set group, unexpired: four queries in one API
 * call, since SOQL allows no inner query beside an OR. A set that the org does not have is held by nobody.
 * @throws CrmError
 */
export async function permittedUsers(
  session: SalesforceSession,
  { permissionSet, creditsPermissionSet }: PermissionSets,
): Promise<PermittedUserIds> {
  const now = new Date()
  const queries = [...holdersOf(permissionSet, now), ...holdersOf(creditsPermissionSet, now)]
  const users = (await queryTogether(session, assignmentSchema, queries)).map((rows) =>
    rows.map(({ AssigneeId }) => AssigneeId),
  )
  return { refunds: new Set(users.slice(0, 2).flat()), credits: new Set(users.slice(2).flat()) }
}

/** Who holds it directly, who by a group. */
function holdersOf(name: string, now: Date): [Soql, Soql] {
  const [namespace, ownName] = splitName(name)
  // Without the namespace another package's set of the same name would do.
  return [
    soql`SELECT AssigneeId FROM PermissionSetAssignment
      WHERE PermissionSet.Name = ${ownName} AND PermissionSet.NamespacePrefix = ${namespace}
      AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`,
    soql`SELECT AssigneeId FROM PermissionSetAssignment
      WHERE PermissionSetGroupId IN (SELECT PermissionSetGroupId FROM PermissionSetGroupComponent
        WHERE PermissionSet.Name = ${ownName} AND PermissionSet.NamespacePrefix = ${namespace})
      AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`,
  ]
}

function splitName(name: string): [namespace: string | null, ownName: string] {
  const [namespace, ...rest] = name.split('__')
  return rest.length > 0 ? [namespace!, rest.join('__')] : [null, name]
}
