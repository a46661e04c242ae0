import { field, type FieldSchema, type ObjectSchema } from './schema.ts'

const READ_ONLY = { createable: false, updateable: false } as const

function lookup(name: string, to: string, relationshipName: string, more: Partial<FieldSchema> = {}): FieldSchema {
  return field(name, 'reference', { referenceTo: to, relationshipName, length: 18, ...more })
}

/** The fields that every object has. */
export function systemFields(): FieldSchema[] {
  return [
    field('Id', 'id', { label: 'Record ID', length: 18, ...READ_ONLY }),
    field('IsDeleted', 'boolean', { label: 'Deleted', ...READ_ONLY }),
    field('CreatedDate', 'datetime', { label: 'Created Date', ...READ_ONLY }),
    lookup('CreatedById', 'User', 'CreatedBy', { label: 'Created By ID', ...READ_ONLY }),
    field('LastModifiedDate', 'datetime', { label: 'Last Modified Date', ...READ_ONLY }),
    lookup('LastModifiedById', 'User', 'LastModifiedBy', { label: 'Last Modified By ID', ...READ_ONLY }),
    field('SystemModstamp', 'datetime', { label: 'System Modstamp', ...READ_ONLY }),
  ]
}

export function ownerField(): FieldSchema {
  return lookup('OwnerId', 'User', 'Owner', { label: 'Owner ID' })
}

function standard(name: string, label: string, keyPrefix: string, fields: FieldSchema[]): ObjectSchema {
  return {
    name,
    label,
    labelPlural: `${label}s`,
    keyPrefix,
    custom: false,
    sharingModel: 'Read',
    sharingRules: [],
    fields: new Map([...systemFields(), ...fields].map((each) => [each.name, each])),
    validationRules: [],
  }
}

/**
 * The standard objects that a refund touches, with the fields that are asked for. A group's assignment points to the
 * permission set that stands for the group (Type `Group`), so that the sets in it are found by its components alone.
 * Source: Object Reference, API 64.0.
 */
export const STANDARD_OBJECTS: readonly ObjectSchema[] = [
  standard('User', 'User', '005', [
    field('Username', 'string', { length: 80, required: true, unique: true }),
    field('FirstName', 'string', { length: 40 }),
    field('LastName', 'string', { length: 80 }),
    field('Name', 'string', { length: 121 }),
    field('Email', 'email', { length: 128 }),
    field('IsActive', 'boolean'),
    field('UserType', 'picklist', READ_ONLY),
    lookup('ProfileId', 'Profile', 'Profile'),
  ]),
  standard('Profile', 'Profile', '00e', [field('Name', 'string', { required: true })]),
  standard('Organization', 'Organization', '00D', [
    field('Name', 'string', { length: 80 }),
    field('InstanceName', 'string', { length: 5 }),
    field('IsSandbox', 'boolean'),
    field('OrganizationType', 'picklist', READ_ONLY),
    field('DefaultLocaleSidKey', 'picklist'),
    field('TimeZoneSidKey', 'picklist'),
    field('LanguageLocaleKey', 'picklist'),
  ]),
  standard('PermissionSet', 'Permission Set', '0PS', [
    field('Name', 'string', { length: 80, required: true, unique: true }),
    field('Label', 'string', { length: 80 }),
    field('Type', 'picklist', READ_ONLY),
    field('IsOwnedByProfile', 'boolean', READ_ONLY),
    field('NamespacePrefix', 'string', { length: 15, ...READ_ONLY }),
    lookup('ProfileId', 'Profile', 'Profile', READ_ONLY),
    lookup('PermissionSetGroupId', 'PermissionSetGroup', 'PermissionSetGroup', READ_ONLY),
  ]),
  standard('PermissionSetGroup', 'Permission Set Group', '0PG', [
    field('DeveloperName', 'string', { length: 80, required: true, unique: true }),
    field('MasterLabel', 'string', { length: 80 }),
    field('Status', 'picklist', READ_ONLY),
  ]),
  standard('PermissionSetGroupComponent', 'Permission Set Group Component', '0PM', [
    lookup('PermissionSetGroupId', 'PermissionSetGroup', 'PermissionSetGroup', { required: true }),
    lookup('PermissionSetId', 'PermissionSet', 'PermissionSet', { required: true }),
  ]),
  standard('PermissionSetAssignment', 'Permission Set Assignment', '0Pa', [
    lookup('AssigneeId', 'User', 'Assignee', { required: true, childRelationshipName: 'PermissionSetAssignments' }),
    lookup('PermissionSetId', 'PermissionSet', 'PermissionSet', { childRelationshipName: 'Assignments' }),
    lookup('PermissionSetGroupId', 'PermissionSetGroup', 'PermissionSetGroup'),
    field('ExpirationDate', 'datetime'),
    field('IsActive', 'boolean', { defaultValue: 'TRUE', ...READ_ONLY }),
  ]),
  standard('Group', 'Group', '00G', [
    field('DeveloperName', 'string', { length: 80, required: true }),
    field('Name', 'string', { length: 40 }),
    field('Type', 'picklist', READ_ONLY),
  ]),
  standard('GroupMember', 'Group Member', '011', [
    lookup('GroupId', 'Group', 'Group', { required: true }),
    lookup('UserOrGroupId', 'User', 'UserOrGroup', { required: true }),
  ]),
]
