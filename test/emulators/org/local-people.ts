import { readValues, type Values } from './field-values.ts'
import type { Grants } from './permission-sets.ts'
import type { RecordWriter } from './record-writer.ts'
import { findField, type FieldValue, type ObjectSchema, type Schema } from './schema.ts'
import type { Store } from './store.ts'

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

/** Writes rows as the system does. */
export class SystemRows {
  readonly #schema: Schema
  readonly #store: Store
  readonly #writer: RecordWriter

  constructor(schema: Schema, store: Store, writer: RecordWriter) {
    this.#schema = schema
    this.#store = store
    this.#writer = writer
  }

  insert(objectName: string, values: Record<string, FieldValue>): string {
    const object = this.object(objectName)
    const id = this.#writer.create(
      object,
      this.values(object, { ...values, ...this.#standingForGroup(objectName, values) }),
      null,
    )
    if (objectName === 'PermissionSetGroup') {
      const Name = String(values['DeveloperName'])
      this.insert('PermissionSet', {
        Name,
        Label: Name,
        Type: 'Group',
        IsOwnedByProfile: false,
        PermissionSetGroupId: id,
      })
    }
    return id
  }

  /** A group's assignment also names the permission set that stands for the group. */
  #standingForGroup(objectName: string, values: Record<string, FieldValue>): Record<string, FieldValue> {
    const group = values['PermissionSetGroupId']
    if (objectName !== 'PermissionSetAssignment' || !group) return {}
    const set = [...this.#store.all('PermissionSet')].find((row) => row['PermissionSetGroupId'] === group)
    return { PermissionSetId: set?.Id ?? null }
  }

  object(name: string): ObjectSchema {
    const object = this.#schema.get(name)
    if (!object) throw new Error(`There is no object ${name}: is it in force-app?`)
    return object
  }

  /** @throws SalesforceError when the object has no such field, or the field cannot hold such a value */
  values(object: ObjectSchema, values: Readonly<Record<string, FieldValue>>): Values {
    return readValues(object, values, () => true)
  }

  /** The row of `objectName` whose unique field has this value, made when there is none. */
  ensure(objectName: string, key: string, values: Record<string, FieldValue>): string {
    const object = this.object(objectName)
    const found = this.#store.having(objectName, known(object, key), values[key] ?? null)[0]
    return found?.Id ?? this.insert(objectName, values)
  }

  setPermission(userId: string, permissionSet: string, held: boolean): void {
    const set = [...this.#store.all('PermissionSet')].find((row) => row['Name'] === permissionSet)
    if (!set) throw new Error(`There is no permission set ${permissionSet} in force-app.`)
    const direct = [...this.#store.all('PermissionSetAssignment')].filter(
      (row) => row['AssigneeId'] === userId && row['PermissionSetId'] === set.Id,
    )
    if (held && direct.length === 0) {
      this.insert('PermissionSetAssignment', { AssigneeId: userId, PermissionSetId: set.Id, IsActive: true })
    }
    if (!held) for (const row of direct) this.#writer.remove(this.object('PermissionSetAssignment'), row.Id, null)
  }
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

function known(object: ObjectSchema, name: string): NonNullable<ReturnType<typeof findField>> {
  const field = findField(object, name)
  if (!field) throw new Error(`${object.name} has no field ${name}: is it in force-app?`)
  return field
}
