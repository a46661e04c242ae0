import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import type { FieldDescription, LayoutSection, ListView, ObjectDescription } from './objects.d.ts'

interface LayoutMetadata {
  layoutSections?: {
    label?: string
    style?: string
    layoutColumns?: { layoutItems?: { field?: string }[] }[]
  }[]
}

const LISTS = ['layoutSections', 'layoutColumns', 'layoutItems', 'columns']
const parser = new XMLParser({ parseTagValue: false, isArray: (tag) => LISTS.includes(tag) })
const read = <Metadata>(file: string, root: string): Metadata =>
  (parser.parse(readFileSync(file, 'utf8')) as Record<string, Metadata>)[root]!

const SYSTEM_FIELDS: Record<string, FieldDescription> = {
  CreatedById: { label: 'Created By', type: 'Lookup', referenceTo: 'User' },
  CreatedDate: { label: 'Created Date', type: 'DateTime' },
  LastModifiedById: { label: 'Last Modified By', type: 'Lookup', referenceTo: 'User' },
  LastModifiedDate: { label: 'Last Modified Date', type: 'DateTime' },
  OwnerId: { label: 'Owner', type: 'Lookup', referenceTo: 'User' },
}

/** Describes every object under `objects/` of the package. */
export function objectDescriptions(forceApp: string): Record<string, ObjectDescription> {
  const folder = join(forceApp, 'objects')
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, `${name}.object-meta.xml`)))
  return Object.fromEntries(names.map((name) => [name, describe(forceApp, name)]))
}

function describe(forceApp: string, name: string): ObjectDescription {
  const folder = join(forceApp, 'objects', name)
  const object = read<{ label: string; pluralLabel: string; nameField?: { label?: string } }>(
    join(folder, `${name}.object-meta.xml`),
    'CustomObject',
  )
  const files = existsSync(join(folder, 'fields')) ? readdirSync(join(folder, 'fields')).sort() : []
  const fields: Record<string, FieldDescription> = {
    ...SYSTEM_FIELDS,
    Name: { label: object.nameField?.label ?? object.label, type: 'Text' },
  }
  for (const file of files) {
    const field = read<FieldDescription & { fullName: string }>(join(folder, 'fields', file), 'CustomField')
    const { label, type, referenceTo } = field
    fields[field.fullName] = { label, type, ...(referenceTo ? { referenceTo } : {}) }
  }
  const own = Object.keys(fields).filter((field) => !(field in SYSTEM_FIELDS))
  return {
    label: object.label,
    pluralLabel: object.pluralLabel,
    fields,
    sections: layoutSections(forceApp, name, fields) ?? [{ label: 'Details', columns: [own] }],
    listViews: listViews(join(folder, 'listViews')),
  }
}

function listViews(folder: string): Record<string, ListView> {
  if (!existsSync(folder)) return {}
  return Object.fromEntries(
    readdirSync(folder).map((file) => {
      const view = read<ListView & { fullName: string }>(join(folder, file), 'ListView')
      const columns = (view.columns ?? []).map((column) => (column === 'NAME' ? 'Name' : column))
      return [view.fullName, { label: view.label, columns }]
    }),
  )
}

function layoutSections(
  forceApp: string,
  name: string,
  known: Record<string, FieldDescription>,
): LayoutSection[] | undefined {
  const folder = join(forceApp, 'layouts')
  const file = existsSync(folder) ? readdirSync(folder).find((layout) => layout.startsWith(`${name}-`)) : undefined
  if (!file) return undefined
  return (read<LayoutMetadata>(join(folder, file), 'Layout').layoutSections ?? [])
    .filter(({ style }) => style !== 'CustomLinks')
    .map(({ label, layoutColumns }) => ({
      label: label ?? 'Details',
      columns: (layoutColumns ?? [])
        .map(({ layoutItems }) => (layoutItems ?? []).flatMap(({ field }) => (field && field in known ? [field] : [])))
        .filter((fields) => fields.length > 0),
    }))
    .filter(({ columns }) => columns.length > 0)
}
