import type { Grants, ObjectGrant } from './permission-sets.ts'
import { passes } from './filter-items.ts'
import { findField, masterField, type FieldSchema, type ObjectSchema, type Row, type Schema } from './schema.ts'
import type { Store } from './store.ts'

export type ObjectRight = keyof ObjectGrant

/** The right to see who may do what. Source: Object Reference, PermissionSetAssignment, special access rules. */
const SETUP_RIGHTS = ['ViewSetup', 'AssignPermissionSets', 'ManageUsers']

/** What one user may see and do. */
export class Access {
  readonly userId: string
  readonly customPermissions: ReadonlySet<string>
  readonly #grants: readonly Grants[]
  readonly #system: ReadonlySet<string>
  readonly #principals: ReadonlySet<string>
  readonly #groups: ReadonlySet<string>
  readonly #schema: Schema
  readonly #store: Store

  constructor(userId: string, grants: readonly Grants[], groups: ReadonlySet<string>, schema: Schema, store: Store) {
    this.userId = userId
    this.#groups = groups
    this.#grants = grants
    this.#schema = schema
    this.#store = store
    this.customPermissions = new Set(grants.flatMap((each) => each.customPermissions))
    this.#system = new Set(grants.flatMap((each) => each.systemPermissions))
    this.#principals = new Set(grants.flatMap((each) => each.principals))
  }

  /** Whether the user may sign callouts as this principal: the principal itself, and read of the stored credentials. */
  mayUsePrincipal(principal: string): boolean {
    return this.#principals.has(principal) && this.#granted('UserExternalCredential', 'read')
  }

  /** Whether the user holds a system permission, e.g. `ApiEnabled`. */
  holds(systemPermission: string): boolean {
    return this.#system.has(systemPermission)
  }

  can(object: ObjectSchema, right: ObjectRight): boolean {
    if (object.custom) return this.#granted(object.name, right)
    if (right !== 'read') return false
    if (object.name.startsWith('PermissionSet')) return SETUP_RIGHTS.some((name) => this.#system.has(name))
    return true
  }

  reads(object: ObjectSchema, field: FieldSchema): boolean {
    return isAlwaysVisible(field) || this.#grants.some((each) => each.fields.has(`${object.name}.${field.name}`))
  }

  edits(object: ObjectSchema, field: FieldSchema): boolean {
    return (
      isAlwaysVisible(field) || this.#grants.some((each) => each.fields.get(`${object.name}.${field.name}`) === true)
    )
  }

  sees(object: ObjectSchema, row: Row): boolean {
    if (!object.custom || this.can(object, 'viewAll') || this.can(object, 'modifyAll')) return true
    const master = this.#master(object, row)
    if (master) return this.sees(master.object, master.row)
    return object.sharingModel !== 'Private' || row['OwnerId'] === this.userId
  }

  /** Whether sharing lets the user change this record; the right to the object is another question. */
  changes(object: ObjectSchema, row: Row): boolean {
    if (this.can(object, 'modifyAll')) return true
    const master = this.#master(object, row)
    if (master) {
      const readIsEnough = masterField(object)?.masterReadIsEnough ?? false
      return readIsEnough ? this.sees(master.object, master.row) : this.#edits(master.object, master.row)
    }
    return object.sharingModel.startsWith('ReadWrite') || row['OwnerId'] === this.userId || this.#isShared(object, row)
  }

  #isShared(object: ObjectSchema, row: Row): boolean {
    return object.sharingRules.some(
      ({ group, criteria }) =>
        this.#groups.has(group) && criteria.every((item) => passes(item, object, ({ name }) => row[name] ?? null)),
    )
  }

  #edits(object: ObjectSchema, row: Row): boolean {
    return this.can(object, 'edit') && this.changes(object, row)
  }

  #granted(object: string, right: ObjectRight): boolean {
    return this.#grants.some((each) => each.objects.get(object)?.[right] === true)
  }

  #master(object: ObjectSchema, row: Row): { object: ObjectSchema; row: Row } | undefined {
    const field = masterField(object)
    const master = field && this.#schema.get(field.referenceTo ?? '')
    const masterRow = master && this.#store.get(master.name, String(row[field.name]))
    return master && masterRow ? { object: master, row: masterRow } : undefined
  }
}

/** Required fields, masters and standard fields have no field security. */
function isAlwaysVisible(field: FieldSchema): boolean {
  return !field.custom || field.required
}

/** Reads from the rows who holds which permission set: directly or by group, unexpired. */
export class Security {
  readonly #schema: Schema
  readonly #store: Store
  readonly #permissionSets: ReadonlyMap<string, Grants>
  readonly #profiles: ReadonlyMap<string, Grants>

  constructor(schema: Schema, store: Store, permissionSets: readonly Grants[], profiles: readonly Grants[]) {
    this.#schema = schema
    this.#store = store
    this.#permissionSets = new Map(permissionSets.map((each) => [each.name, each]))
    this.#profiles = new Map(profiles.map((each) => [each.name, each]))
  }

  accessOf(userId: string): Access {
    const user = this.#store.get('User', userId)
    if (!user) throw new Error(`There is no user ${userId} in the local org.`)
    const profile = this.#store.get('Profile', String(user['ProfileId']))
    const held = [this.#profiles.get(String(profile?.['Name'])), ...this.#heldBy(userId)]
    return new Access(
      userId,
      held.filter((each) => each !== undefined),
      this.#groupsOf(userId),
      this.#schema,
      this.#store,
    )
  }

  isActive(userId: string): boolean {
    return this.#store.get('User', userId)?.['IsActive'] === true
  }

  /** Developer names of the public groups that the user is in. */
  #groupsOf(userId: string): ReadonlySet<string> {
    const memberships = this.#rows('GroupMember', 'UserOrGroupId', userId)
    return new Set(
      memberships.map(({ GroupId }) => String(this.#store.get('Group', String(GroupId))?.['DeveloperName'])),
    )
  }

  *#heldBy(userId: string): Generator<Grants | undefined> {
    for (const assignment of this.#rows('PermissionSetAssignment', 'AssigneeId', userId)) {
      const expires = assignment['ExpirationDate']
      if (typeof expires === 'string' && Date.parse(expires.replace('+0000', 'Z')) <= Date.now()) continue
      const group = assignment['PermissionSetGroupId']
      if (!group) yield this.#grantsOf(assignment['PermissionSetId'])
      else {
        const components = this.#rows('PermissionSetGroupComponent', 'PermissionSetGroupId', String(group))
        for (const component of components) yield this.#grantsOf(component['PermissionSetId'])
      }
    }
  }

  #grantsOf(permissionSetId: unknown): Grants | undefined {
    return this.#permissionSets.get(String(this.#store.get('PermissionSet', String(permissionSetId))?.['Name']))
  }

  #rows(objectName: string, fieldName: string, id: string): Row[] {
    const object = this.#schema.get(objectName)
    const field = object && findField(object, fieldName)
    return field ? this.#store.referring(objectName, field, id) : []
  }
}
