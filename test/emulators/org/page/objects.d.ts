/** The module `@refund-relay/objects`, which the bundle makes from the package's metadata. */

/** What the shell shows of an object: its words, its fields and their order, all from the package's metadata. */
export interface ObjectDescription {
  label: string
  pluralLabel: string
  fields: Record<string, FieldDescription>
  /** Fields of the page layout by section and column; without a layout one section with every field. */
  sections: LayoutSection[]
  /** By API name. */
  listViews: Record<string, ListView>
}

export interface ListView {
  label: string
  /** API names of the fields. */
  columns: string[]
}

export interface LayoutSection {
  label: string
  columns: string[][]
}

export interface FieldDescription {
  label: string
  type: string
  /** API name of the object a lookup or master-detail field points to. */
  referenceTo?: string
}

declare const objects: Readonly<Record<string, ObjectDescription>>
export default objects
