import { z } from 'zod'
import type { PermittedUserIds } from './crm.ts'
import { queryTogether } from './query-together.ts'
import type { SalesforceSession } from './salesforce-session.ts'
import { soql } from './soql.ts'
import { recordIdSchema } from '../record-id.ts'

/** API names, with the namespace of their package if it has one. */
export interface PermissionSets {
  /** Its holders may refund. */
  readonly permissionSet: string
  /** Its holders may send money without a payment. */
  readonly creditsPermissionSet: string
  /** Its holders may settle by hand what no gateway tells any more. */
  readonly settlementsPermissionSet: string
}

const userSchema = z.string().regex(/^005[a-zA-Z0-9]{15}$/)
const setSchema = z.object({ Name: z.string(), NamespacePrefix: z.string().nullish() })
const directSchema = z.object({ AssigneeId: userSchema, PermissionSet: setSchema })
const memberSchema = z.object({ AssigneeId: userSchema, PermissionSetGroupId: recordIdSchema })
const componentSchema = z.object({ PermissionSetGroupId: recordIdSchema, PermissionSet: setSchema })

/**
 * Active users who hold each permission set, directly or by a permission set group, unexpired: three queries in one API
 * call. A set that the org does not have is held by nobody.
 * @throws CrmError
 */
export async function permittedUsers(session: SalesforceSession, sets: PermissionSets): Promise<PermittedUserIds> {
  const wanted = {
    refunds: splitName(sets.permissionSet),
    credits: splitName(sets.creditsPermissionSet),
    settlements: splitName(sets.settlementsPermissionSet),
  }
  const now = new Date()
  const names = Object.values(wanted).map(({ Name }) => Name)
  const [directly, members, components] = await queryTogether(session, [
    {
      row: directSchema,
      soql: soql`SELECT AssigneeId, PermissionSet.Name, PermissionSet.NamespacePrefix FROM PermissionSetAssignment
        WHERE PermissionSet.Name IN ${names}
        AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`,
    },
    {
      row: memberSchema,
      soql: soql`SELECT AssigneeId, PermissionSetGroupId FROM PermissionSetAssignment
        WHERE PermissionSetGroupId IN (SELECT PermissionSetGroupId FROM PermissionSetGroupComponent
          WHERE PermissionSet.Name IN ${names})
        AND Assignee.IsActive = true AND (ExpirationDate = NULL OR ExpirationDate > ${now})`,
    },
    {
      row: componentSchema,
      soql: soql`SELECT PermissionSetGroupId, PermissionSet.Name, PermissionSet.NamespacePrefix
        FROM PermissionSetGroupComponent WHERE PermissionSet.Name IN ${names}`,
    },
  ])

  function holdersOf(set: NamedSet): ReadonlySet<string> {
    const groups = new Set(components.filter((row) => isSet(row, set)).map((row) => row.PermissionSetGroupId))
    return new Set([
      ...directly.filter((row) => isSet(row, set)).map((row) => row.AssigneeId),
      ...members.filter((row) => groups.has(row.PermissionSetGroupId)).map((row) => row.AssigneeId),
    ])
  }
  return {
    refunds: holdersOf(wanted.refunds),
    credits: holdersOf(wanted.credits),
    settlements: holdersOf(wanted.settlements),
  }
}

type NamedSet = z.output<typeof setSchema>

/** Another package's set of the same name is another set. */
function isSet({ PermissionSet }: { readonly PermissionSet: NamedSet }, { Name, NamespacePrefix }: NamedSet): boolean {
  return PermissionSet.Name === Name && (PermissionSet.NamespacePrefix ?? null) === NamespacePrefix
}

function splitName(name: string): NamedSet {
  const [namespace, ...rest] = name.split('__')
  return rest.length > 0
    ? { Name: rest.join('__'), NamespacePrefix: namespace! }
    : { Name: name, NamespacePrefix: null }
}
