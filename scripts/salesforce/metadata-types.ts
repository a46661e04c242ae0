import type { Finding } from './finding.ts'
import { membersOf, readMetadataSchema, type MetadataSchema } from './metadata-schema.ts'
import type { MetadataFile, SalesforcePackage } from './salesforce-package.ts'
import { textOf, type XmlElement } from './xml-element.ts'

/** Raw XML that the platform takes as text. */
const FREE_FORM = new Set(['targetConfigs'])

/** Every metadata file against the Metadata API's own types: unknown, missing and repeated elements, bad values. */
export function checkMetadataTypes(salesforce: SalesforcePackage): readonly Finding[] {
  const schema = readMetadataSchema()
  return [...salesforce.unreadable, ...salesforce.metadata.flatMap((file) => checkFile(schema, file))]
}

function checkFile(schema: MetadataSchema, file: MetadataFile): readonly Finding[] {
  const at = (element: XmlElement, message: string): Finding => ({ file: file.path, line: element.line, message })
  if (membersOf(schema, file.root.name) === null) {
    return [at(file.root, `${file.root.name} is no type of the Metadata API; the root element names the type`)]
  }
  const fullName = textOf(file.root, 'fullName')
  const misnamed =
    fullName !== '' && fullName !== file.name
      ? [at(file.root, `fullName is ${fullName}, but the file is named ${file.name}; make them the same`)]
      : []
  return [...misnamed, ...checkElement(schema, file.root, file.root.name, at)]
}

type Report = (element: XmlElement, message: string) => Finding

function checkElement(schema: MetadataSchema, element: XmlElement, type: string, at: Report): readonly Finding[] {
  const members = membersOf(schema, type)
  if (members === null) return checkValue(schema, element, type, at)
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const child of element.children) {
    const member = members.get(child.name)
    if (member === undefined) {
      findings.push(at(child, `${type} has no element ${child.name}; remove it or correct its name`))
      continue
    }
    if (seen.has(child.name) && !member.many) findings.push(at(child, `${child.name} stands twice; keep one`))
    seen.add(child.name)
    if (!FREE_FORM.has(child.name)) findings.push(...checkElement(schema, child, member.type, at))
  }
  for (const [name, member] of members) {
    if (member.required && !seen.has(name)) findings.push(at(element, `${type} needs ${name}; add it`))
  }
  return findings
}

function checkValue(schema: MetadataSchema, element: XmlElement, type: string, at: Report): readonly Finding[] {
  const { name, text } = element
  if (element.children.length > 0) return [at(element, `${name} takes text, not elements`)]
  if (type === 'boolean' && text !== 'true' && text !== 'false') {
    return [at(element, `${name} is "${text}"; it must be true or false`)]
  }
  if (type === 'number' && !/^-?\d+(\.\d+)?$/.test(text)) {
    return [at(element, `${name} is "${text}"; it must be a number`)]
  }
  const found = schema.get(type)
  if (found?.kind === 'alias') return checkValue(schema, element, found.of, at)
  if (found?.kind === 'values' && !found.values.has(text)) {
    const allowed = [...found.values]
    const shown = allowed.length > 12 ? `${allowed.slice(0, 12).join(', ')}, …` : allowed.join(', ')
    return [at(element, `${name} is "${text}"; it must be one of ${shown}`)]
  }
  return []
}
