import type { Grants } from './permission-sets.ts'
import type { Schema } from './schema.ts'
import type { Store } from './store.ts'
import type { SystemRows } from './system-rows.ts'

export const ORG_ID = '00D000000000001EAA'
export const AVA_AGENT = '005000000000001AAA'
export const OLU_OBSERVER = '005000000000002AAA'
export const INTEGRATION_USER = '005000000000003AAA'

/** People who can sign in to the page. */
export const PEOPLE: readonly { readonly id: string; readonly note: string }[] = [
  { id: AVA_AGENT, note: 'May refund: has the permission set Refunds.' },
  { id: OLU_OBSERVER, note: 'May look only: has no permission set.' },
]

/** Grants nothing: what its users can do, their permission sets say. */
const MINIMUM_ACCESS = 'Minimum Access'
const RECORDS_READER = 'Records Reader'

/** Profiles belong to a customer's org, never to the package; these two are the local org's own. */
export function localProfiles(schema: Schema): Grants[] {
  const none = { label: '', customPermissions: [], systemPermissions: [], principals: [] }
  const objects = [...schema.values()].filter((object) => object.custom)
  const reader = { create: false, read: true, edit: false, delete: false, viewAll: true, modifyAll: false }
  return [
    { ...none, name: MINIMUM_ACCESS, objects: new Map(), fields: new Map() },
    {
      ...none,
      name: RECORDS_READER,
      objects: new Map(objects.map((object) => [object.name, reader])),
      fields: new Map(
        objects.flatMap(({ name, fields }) =>
          // What can be refunded is shown only to those who may refund.
          [...fields.keys()]
            .filter((each) => !each.startsWith('Refundable_'))
            .map((each) => [`${name}.${each}`, false]),
        ),
      ),
    },
  ]
}

/** The org, its profiles and its people, once; permission sets that are new in force-app, at every start. */
export function seed(
  store: Store,
  rows: SystemRows,
  permissionSets: readonly Grants[],
  integrationUsername: string,
): void {
  const isNew = store.isEmpty
  for (const { name, label } of permissionSets) {
    rows.ensure('PermissionSet', 'Name', { Name: name, Label: label, Type: 'Regular', IsOwnedByProfile: false })
  }
  if (!isNew) return
  rows.insert('Organization', {
    Id: ORG_ID,
    Name: 'Refund Relay (local)',
    InstanceName: 'LOCAL',
    IsSandbox: false,
    OrganizationType: 'Developer Edition',
    DefaultLocaleSidKey: 'en_IE',
    TimeZoneSidKey: 'GMT',
    LanguageLocaleKey: 'en_US',
  })
  const minimum = rows.insert('Profile', { Name: MINIMUM_ACCESS })
  const reader = rows.insert('Profile', { Name: RECORDS_READER })
  person(rows, AVA_AGENT, 'Ava', 'Agent', 'ava@refund-relay.local', minimum)
  person(rows, OLU_OBSERVER, 'Olu', 'Observer', 'olu@refund-relay.local', reader)
  person(rows, INTEGRATION_USER, 'Refund Relay', 'Integration', integrationUsername, minimum)
  const deployed = new Set(permissionSets.map(({ name }) => name))
  if (deployed.has('Refunds')) rows.setPermission(AVA_AGENT, 'Refunds', true)
  if (deployed.has('Refunds_Integration')) rows.setPermission(INTEGRATION_USER, 'Refunds_Integration', true)
}

function person(rows: SystemRows, id: string, first: string, last: string, username: string, profileId: string): void {
  rows.insert('User', {
    Id: id,
    Username: username,
    FirstName: first,
    LastName: last,
    Name: `${first} ${last}`,
    Email: username,
    IsActive: true,
    UserType: 'Standard',
    ProfileId: profileId,
  })
}
