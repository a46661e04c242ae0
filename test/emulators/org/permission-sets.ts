import { join } from 'node:path'
import { children, flag, readFolder, text, type Element } from './metadata.ts'

export interface ObjectGrant {
  readonly create: boolean
  readonly read: boolean
  readonly edit: boolean
  readonly delete: boolean
  readonly viewAll: boolean
  readonly modifyAll: boolean
}

/** What a permission set, or a profile, grants. */
export interface Grants {
  readonly name: string
  readonly label: string
  readonly objects: ReadonlyMap<string, ObjectGrant>
  /** `Object.Field` → may it be edited; fields that are not listed cannot be read. */
  readonly fields: ReadonlyMap<string, boolean>
  readonly customPermissions: readonly string[]
  /** System permissions, e.g. `ViewSetup`. */
  readonly systemPermissions: readonly string[]
  /** External credential principals, e.g. `Refund_Relay-Agent`. */
  readonly principals: readonly string[]
}

/** Every permission set of a package folder. */
export function readPermissionSets(packageFolder: string): Grants[] {
  const files = readFolder(join(packageFolder, 'permissionsets'), '.permissionset-meta.xml')
  return files.map(({ name, root }) => ({
    name,
    label: text(root, 'label') ?? name,
    objects: new Map(
      children(root, 'objectPermissions').map((each) => [
        text(each, 'object') ?? '',
        {
          create: flag(each, 'allowCreate'),
          read: flag(each, 'allowRead'),
          edit: flag(each, 'allowEdit'),
          delete: flag(each, 'allowDelete'),
          viewAll: flag(each, 'viewAllRecords'),
          modifyAll: flag(each, 'modifyAllRecords'),
        },
      ]),
    ),
    fields: new Map(
      children(root, 'fieldPermissions')
        .filter((each) => flag(each, 'readable') || flag(each, 'editable'))
        .map((each) => [text(each, 'field') ?? '', flag(each, 'editable')]),
    ),
    customPermissions: enabled(root, 'customPermissions', 'name'),
    systemPermissions: enabled(root, 'userPermissions', 'name'),
    principals: enabled(root, 'externalCredentialPrincipalAccesses', 'externalCredentialPrincipal'),
  }))
}

/** Public groups of a package folder, developer name and label. */
export function readGroups(packageFolder: string): { name: string; label: string }[] {
  const files = readFolder(join(packageFolder, 'groups'), '.group-meta.xml')
  return files.map(({ name, root }) => ({ name, label: text(root, 'name') ?? name }))
}

function enabled(root: Element, list: string, key: string): string[] {
  return children(root, list)
    .filter((each) => flag(each, 'enabled'))
    .map((each) => text(each, key) ?? '')
}
