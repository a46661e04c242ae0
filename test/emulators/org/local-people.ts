import type { Grants } from './permission-sets.ts'
import type { Store } from './store.ts'
import type { SystemRows } from './system-rows.ts'

export const ORG_ID = '00D000000000001EAA'
export const AVA_AGENT = '005000000000001AAA'
export const OLU_OBSERVER = '005000000000002AAA'
export const INTEGRATION_USER = '005000000000003AAA'
export const ADA_ADMIN = '005000000000004AAA'

/** People who can sign in to the page; who settles by hand does so through the API. */
export const PEOPLE: readonly { readonly id: string; readonly note: string }[] = [
  { id: AVA_AGENT, note: 'May refund and send credits: has the permission sets Refunds and Refunds Credits.' },
  { id: OLU_OBSERVER, note: 'May look only: has the permission set Refunds Viewer.' },
]

/** Profiles belong to a customer's org, never to the package; this one is the local org's own. */
const MINIMUM_ACCESS = 'Minimum Access'

/** Grants nothing: what its users can do, their permission sets say. */
export const LOCAL_PROFILES: readonly Grants[] = [
  {
    name: MINIMUM_ACCESS,
    label: '',
    objects: new Map(),
    fields: new Map(),
    customPermissions: [],
    systemPermissions: [],
    principals: [],
  },
]

/** Who holds what at first. */
const ASSIGNMENTS = [
  [AVA_AGENT, 'Refunds'],
  [AVA_AGENT, 'Refunds_Credits'],
  [ADA_ADMIN, 'Refunds_Admin'],
  [OLU_OBSERVER, 'Refunds_Viewer'],
  [INTEGRATION_USER, 'Refunds_Integration'],
] as const

/** As a deployment leaves it. */
const MEMBERS = [[INTEGRATION_USER, 'Refunds_Integration']] as const

/** The org, its profile and its people, once; permission sets that are new in force-app, at every start. */
export function seed(
  store: Store,
  rows: SystemRows,
  permissionSets: readonly Grants[],
  integrationUsername: string,
): void {
  if (store.isEmpty) seedPeople(rows, integrationUsername)
  const known = new Set([...store.all('PermissionSet')].map((row) => row['Name']))
  for (const { name, label } of permissionSets.filter((each) => !known.has(each.name))) {
    rows.insert('PermissionSet', { Name: name, Label: label, Type: 'Regular', IsOwnedByProfile: false })
    for (const [userId, held] of ASSIGNMENTS) if (held === name) rows.setPermission(userId, name, true)
  }
}

/** Public groups that are new in force-app, with their members. */
export function seedGroups(store: Store, rows: SystemRows, groups: readonly { name: string; label: string }[]): void {
  const known = new Set([...store.all('Group')].map((row) => row['DeveloperName']))
  for (const { name, label } of groups.filter((each) => !known.has(each.name))) {
    const GroupId = rows.insert('Group', { DeveloperName: name, Name: label, Type: 'Regular' })
    for (const [userId, group] of MEMBERS) {
      if (group === name) rows.insert('GroupMember', { GroupId, UserOrGroupId: userId })
    }
  }
}

function seedPeople(rows: SystemRows, integrationUsername: string): void {
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
  const profile = rows.insert('Profile', { Name: MINIMUM_ACCESS })
  person(rows, AVA_AGENT, 'Ava', 'Agent', 'ava@refund-relay.local', profile)
  person(rows, ADA_ADMIN, 'Ada', 'Admin', 'ada@refund-relay.local', profile)
  person(rows, OLU_OBSERVER, 'Olu', 'Observer', 'olu@refund-relay.local', profile)
  person(rows, INTEGRATION_USER, 'Refund Relay', 'Integration', integrationUsername, profile)
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
