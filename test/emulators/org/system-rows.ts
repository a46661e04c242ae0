import { readValues, type Values } from './field-values.ts'
import type { RecordWriter } from './record-writer.ts'
import type { FieldValue, ObjectSchema, Schema } from './schema.ts'
import type { Store } from './store.ts'

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
