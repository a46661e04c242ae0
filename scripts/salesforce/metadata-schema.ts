import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ts from 'typescript'

/** One element that a metadata type may hold. */
export interface SchemaMember {
  /** Name of its type: `string`, `number`, `boolean`, or one in the schema. */
  readonly type: string
  /** Missing means that the platform refuses the file. Lists may always be empty. */
  readonly required: boolean
  readonly many: boolean
}

export type SchemaType =
  | {
      readonly kind: 'structure'
      readonly parents: readonly string[]
      readonly members: ReadonlyMap<string, SchemaMember>
    }
  | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'alias'; readonly of: string }

/** The types of Salesforce's Metadata API, by name. */
export type MetadataSchema = ReadonlyMap<string, SchemaType>

/** Reads the types that `@salesforce/types` publishes for the Metadata API. */
export function readMetadataSchema(): MetadataSchema {
  const path = createRequire(import.meta.url)
    .resolve('@salesforce/types/metadata')
    .replace(/\.js$/, '.d.ts')
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const schema = new Map<string, SchemaType>()
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement)) continue
    const type = toSchemaType(statement.type)
    if (type !== null) schema.set(statement.name.text, type)
  }
  return schema
}

/** Everything that a type may hold, its parents' elements included; null when it is no structure. */
export function membersOf(schema: MetadataSchema, name: string): ReadonlyMap<string, SchemaMember> | null {
  const type = schema.get(name)
  if (type?.kind === 'alias') return membersOf(schema, type.of)
  if (type?.kind !== 'structure') return null
  return new Map([...type.parents.flatMap((parent) => [...(membersOf(schema, parent) ?? [])]), ...type.members])
}

function toSchemaType(node: ts.TypeNode): SchemaType | null {
  if (ts.isTypeLiteralNode(node)) return { kind: 'structure', parents: [], members: toMembers(node) }
  if (ts.isIntersectionTypeNode(node)) {
    const parents = node.types.filter((part) => ts.isTypeReferenceNode(part)).map(referenceName)
    const literals = node.types.filter((part) => ts.isTypeLiteralNode(part))
    return { kind: 'structure', parents, members: new Map(literals.flatMap((literal) => [...toMembers(literal)])) }
  }
  if (ts.isTypeReferenceNode(node)) return { kind: 'alias', of: referenceName(node) }
  const values = (ts.isUnionTypeNode(node) ? node.types : [node]).flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  )
  if (values.length > 0) return { kind: 'values', values: new Set(values) }
  return { kind: 'alias', of: scalarName(node) }
}

function toMembers(literal: ts.TypeLiteralNode): ReadonlyMap<string, SchemaMember> {
  const members = new Map<string, SchemaMember>()
  for (const member of literal.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined || !ts.isIdentifier(member.name)) continue
    const many = ts.isArrayTypeNode(member.type)
    const element = ts.isArrayTypeNode(member.type) ? member.type.elementType : member.type
    const type = ts.isTypeReferenceNode(element) ? referenceName(element) : scalarName(element)
    members.set(member.name.text, { type, many, required: member.questionToken === undefined && !many })
  }
  return members
}

function referenceName(node: ts.TypeReferenceNode): string {
  return ts.isIdentifier(node.typeName) ? node.typeName.text : ''
}

function scalarName(node: ts.TypeNode): string {
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return 'boolean'
  if (node.kind === ts.SyntaxKind.NumberKeyword) return 'number'
  return 'string'
}
