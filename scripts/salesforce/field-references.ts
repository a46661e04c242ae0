import { fieldProblem } from './custom-object.ts'
import type { Finding } from './finding.ts'
import { ofType, type MetadataFile, type SalesforcePackage } from './salesforce-package.ts'
import { all, deep, first, textOf, type XmlElement } from './xml-element.ts'

/** Names that only list views use for standard fields. */
const LIST_VIEW_NAMES = new Set(['NAME', 'CREATED_DATE', 'LAST_UPDATE', 'OWNER.ALIAS', 'CREATEDBY_USER'])
const SEARCH_LISTS = [
  'customTabListAdditionalFields',
  'lookupDialogsAdditionalFields',
  'lookupFilterFields',
  'searchFilterFields',
  'searchResultsAdditionalFields',
]

/** Every field that a layout, list view, compact layout, search layout, roll-up or record page names is there. */
export function checkFieldReferences(salesforce: SalesforcePackage): readonly Finding[] {
  return [
    ...ofType(salesforce, 'Layout').flatMap((file) => checkLayout(salesforce, file)),
    ...ofType(salesforce, 'CompactLayout').flatMap((file) => checkNames(salesforce, file, all(file.root, 'fields'))),
    ...ofType(salesforce, 'ListView').flatMap((file) => checkListView(salesforce, file)),
    ...ofType(salesforce, 'CustomObject').flatMap((file) => checkSearchLayouts(salesforce, file)),
    ...ofType(salesforce, 'CustomField').flatMap((file) => checkField(salesforce, file)),
    ...ofType(salesforce, 'FlexiPage').flatMap((file) => checkRecordPage(salesforce, file)),
  ]
}

/** The object in whose folder a decomposed component lies. */
export function objectOf(file: MetadataFile): string {
  return /\/objects\/([^/]+)\//.exec(file.path)?.[1] ?? ''
}

type Names = readonly XmlElement[]

function checkNames(salesforce: SalesforcePackage, file: MetadataFile, names: Names, object = objectOf(file)) {
  return names.flatMap((element) => problemAt(file, element, fieldProblem(salesforce.objects, object, element.text)))
}

function problemAt(file: MetadataFile, element: XmlElement, problem: string | null): readonly Finding[] {
  return problem === null ? [] : [{ file: file.path, line: element.line, message: problem }]
}

function checkLayout(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const object = file.name.slice(0, file.name.indexOf('-'))
  const items = deep(file.root, 'layoutItems').flatMap((item) => all(item, 'field'))
  const shown = new Set(items.map((item) => item.text))
  const missing = [...(salesforce.objects.get(object)?.fields.values() ?? [])]
    .filter((field) => field.required && !shown.has(field.name))
    .map((field) => ({ file: file.path, message: `The layout leaves out ${field.name}, which is required; add it` }))
  const related = all(file.root, 'relatedLists').flatMap((list) => checkRelatedList(salesforce, file, list, object))
  return [...checkNames(salesforce, file, items, object), ...missing, ...related]
}

function checkRelatedList(salesforce: SalesforcePackage, file: MetadataFile, list: XmlElement, parent: string) {
  const name = first(list, 'relatedList')
  const [child = '', lookup = ''] = name?.text.split('.') ?? []
  if (name === undefined || !child.endsWith('__c')) return []
  const problem = fieldProblem(salesforce.objects, child, lookup)
  const field = salesforce.objects.get(child)?.fields.get(lookup)
  if (problem === null && field?.referenceTo !== parent) {
    return problemAt(file, name, `${name.text} is no lookup to ${parent}`)
  }
  const columns = [...all(list, 'fields'), ...all(list, 'sortField')].filter(({ text }) => text !== 'NAME')
  return [...problemAt(file, name, problem), ...checkNames(salesforce, file, columns, child)]
}

function checkListView(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const filters = all(file.root, 'filters')
  const names = [...all(file.root, 'columns'), ...filters.flatMap((filter) => all(filter, 'field'))]
  const own = names.filter((element) => !LIST_VIEW_NAMES.has(element.text))
  return [
    ...checkNames(salesforce, file, own),
    ...filters.flatMap((filter) =>
      checkPicklistValues(salesforce, file, filter, objectOf(file), textOf(filter, 'field')),
    ),
  ]
}

/** A filter on a picklist that names a value which is not there would silently find nothing. */
function checkPicklistValues(
  salesforce: SalesforcePackage,
  file: MetadataFile,
  filter: XmlElement,
  object: string,
  fieldName: string,
): readonly Finding[] {
  const values = salesforce.objects.get(object)?.fields.get(fieldName)?.values
  const value = first(filter, 'value')
  if (values == null || value === undefined) return []
  return value.text
    .split(',')
    .filter((wanted) => !values.has(wanted.trim()))
    .flatMap((wanted) =>
      problemAt(file, value, `${object}.${fieldName} has no value "${wanted}"; use one of its values`),
    )
}

function checkSearchLayouts(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const layouts = first(file.root, 'searchLayouts')
  const names = SEARCH_LISTS.flatMap((list) => all(layouts, list)).filter(({ text }) => text !== 'NAME')
  return checkNames(salesforce, file, names, file.name)
}

function checkField(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const findings: Finding[] = []
  const target = first(file.root, 'referenceTo')
  if (target?.text.endsWith('__c') === true && !salesforce.objects.has(target.text)) {
    findings.push(...problemAt(file, target, `There is no object ${target.text} in the package`))
  }
  if (textOf(file.root, 'type') !== 'Summary') return findings
  const filters = all(file.root, 'summaryFilterItems')
  const key = first(file.root, 'summaryForeignKey')
  const paths = [key, first(file.root, 'summarizedField'), ...filters.map((filter) => first(filter, 'field'))]
  for (const element of paths) {
    if (element === undefined) continue
    const [object = '', name = ''] = element.text.split('.')
    findings.push(...problemAt(file, element, fieldProblem(salesforce.objects, object, name)))
  }
  const [child = '', master = ''] = key?.text.split('.') ?? []
  const field = salesforce.objects.get(child)?.fields.get(master)
  if (
    key !== undefined &&
    field !== undefined &&
    (field.type !== 'MasterDetail' || field.referenceTo !== objectOf(file))
  ) {
    findings.push(
      ...problemAt(file, key, `A roll-up needs a master-detail field to ${objectOf(file)}; ${key.text} is none`),
    )
  }
  for (const filter of filters) {
    const [object = '', name = ''] = textOf(filter, 'field').split('.')
    findings.push(...checkPicklistValues(salesforce, file, filter, object, name))
  }
  return findings
}

function checkRecordPage(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const object = textOf(file.root, 'sobjectType')
  return deep(file.root, 'fieldItem').flatMap((element) =>
    problemAt(file, element, fieldProblem(salesforce.objects, object, element.text.replace(/^Record\./, ''))),
  )
}
