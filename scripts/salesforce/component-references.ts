import { objectOf } from './field-references.ts'
import type { Finding } from './finding.ts'
import { namesOf, ofType, type MetadataFile, type SalesforcePackage } from './salesforce-package.ts'
import { all, deep, first, textOf, type XmlElement } from './xml-element.ts'

/** Every component that another names is in the package, and may be used there. */
export function checkComponentReferences(salesforce: SalesforcePackage): readonly Finding[] {
  return [
    ...ofType(salesforce, 'Layout').flatMap((file) => checkActions(salesforce, file)),
    ...ofType(salesforce, 'QuickAction').flatMap((file) => checkQuickAction(salesforce, file)),
    ...ofType(salesforce, 'FlexiPage').flatMap((file) => checkPage(salesforce, file)),
    ...ofType(salesforce, 'LightningComponentBundle').flatMap((file) => checkBundle(salesforce, file)),
    ...ofType(salesforce, 'CustomObject').flatMap((file) => checkObject(salesforce, file)),
    ...ofType(salesforce, 'CustomTab').flatMap((file) => checkTab(salesforce, file)),
    ...ofType(salesforce, 'CustomApplication').flatMap((file) => checkApplication(salesforce, file)),
    ...ofType(salesforce, 'NamedCredential').flatMap((file) => checkNamedCredential(salesforce, file)),
    ...ofType(salesforce, 'ValidationRule').flatMap((file) => checkErrorField(salesforce, file)),
  ]
}

function missing(file: MetadataFile, element: XmlElement | undefined, kind: string, known: ReadonlySet<string>) {
  if (element === undefined || known.has(element.text)) return []
  const message = `There is no ${kind} ${element.text} in the package; correct the name`
  return [{ file: file.path, line: element.line, message }]
}

function checkActions(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const object = file.name.slice(0, file.name.indexOf('-'))
  const items = deep(file.root, 'platformActionListItems')
  const own = items.filter((item) => textOf(item, 'actionType') === 'QuickAction')
  const quickActions = namesOf(salesforce, 'QuickAction')
  return [
    ...own.flatMap((item) => missing(file, first(item, 'actionName'), 'quick action', quickActions)),
    ...own
      .filter((item) => textOf(item, 'actionName').split('.')[0] !== object)
      .map((item) => ({ file: file.path, line: item.line, message: `This action is not one of ${object}; remove it` })),
  ]
}

function checkQuickAction(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const component = first(file.root, 'lightningWebComponent')
  const object = file.name.split('.')[0] ?? ''
  const unknownObject =
    object.endsWith('__c') && !salesforce.objects.has(object)
      ? [{ file: file.path, message: `There is no object ${object} in the package; correct the file's name` }]
      : []
  if (component === undefined) return unknownObject
  return [...unknownObject, ...checkTarget(salesforce, file, component, 'lightning__RecordAction', null)]
}

/** A component serves a place only if its own metadata names that place as a target, and the object where it lists objects. */
function checkTarget(
  salesforce: SalesforcePackage,
  file: MetadataFile,
  component: XmlElement,
  target: string,
  object: string | null,
): readonly Finding[] {
  const bundle = ofType(salesforce, 'LightningComponentBundle').find((other) => other.name === component.text)
  if (bundle === undefined) return missing(file, component, 'Lightning web component', new Set())
  const at = (message: string) => [{ file: file.path, line: component.line, message }]
  if (textOf(bundle.root, 'isExposed') !== 'true') return at(`${component.text} is not exposed; set isExposed to true`)
  if (!all(first(bundle.root, 'targets'), 'target').some(({ text }) => text === target)) {
    return at(`${component.text} does not have the target ${target}; add it to ${bundle.path}`)
  }
  const objects = all(first(bundle.root, 'targetConfigs'), 'targetConfig').flatMap((config) =>
    deep(config, 'object').map(({ text }) => text),
  )
  return object !== null && objects.length > 0 && !objects.includes(object)
    ? at(`${component.text} is not meant for ${object}; add the object to ${bundle.path}`)
    : []
}

function checkPage(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  // RecordPage, AppPage, HomePage: a component's targets are named after them.
  const target = `lightning__${textOf(file.root, 'type')}`
  const object = first(file.root, 'sobjectType')
  const objects = new Set(salesforce.objects.keys())
  const own = deep(file.root, 'componentName').filter(({ text }) => !text.includes(':'))
  const identifiers = deep(file.root, 'identifier')
  const twice = identifiers.filter(({ text }, index) => identifiers.findIndex((other) => other.text === text) < index)
  return [
    ...(object?.text.endsWith('__c') === true ? missing(file, object, 'object', objects) : []),
    ...own.flatMap((name) => checkTarget(salesforce, file, name, target, object?.text ?? null)),
    ...twice.map((element) => ({
      file: file.path,
      line: element.line,
      message: `The identifier ${element.text} stands twice`,
    })),
  ]
}

function checkBundle(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const objects = new Set(salesforce.objects.keys())
  const own = deep(file.root, 'object').filter(({ text }) => text.endsWith('__c'))
  return own.flatMap((element) => missing(file, element, 'object', objects))
}

function checkObject(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const pages = all(file.root, 'actionOverrides').filter((override) => textOf(override, 'type') === 'Flexipage')
  const layouts = ofType(salesforce, 'CompactLayout').filter((layout) => objectOf(layout) === file.name)
  const assigned = first(file.root, 'compactLayoutAssignment')
  const known = new Set(['SYSTEM', ...layouts.map((layout) => layout.name)])
  return [
    ...pages.flatMap((page) => missing(file, first(page, 'content'), 'record page', namesOf(salesforce, 'FlexiPage'))),
    ...missing(file, assigned, 'compact layout', known),
  ]
}

function checkTab(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  if (textOf(file.root, 'customObject') !== 'true' || salesforce.objects.has(file.name)) return []
  return [{ file: file.path, message: `There is no object ${file.name} in the package; correct the file's name` }]
}

function checkApplication(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const tabs = [...all(file.root, 'tabs'), ...all(file.root, 'defaultLandingTab')]
  const own = tabs.filter(({ text }) => !text.startsWith('standard-'))
  const pages = all(file.root, 'actionOverrides').flatMap((override) => all(override, 'content'))
  return [
    ...own.flatMap((tab) => missing(file, tab, 'tab', namesOf(salesforce, 'CustomTab'))),
    ...pages.flatMap((page) => missing(file, page, 'record page', namesOf(salesforce, 'FlexiPage'))),
  ]
}

function checkNamedCredential(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  return deep(file.root, 'externalCredential').flatMap((element) =>
    missing(file, element, 'external credential', namesOf(salesforce, 'ExternalCredential')),
  )
}

function checkErrorField(salesforce: SalesforcePackage, file: MetadataFile): readonly Finding[] {
  const fields = new Set(salesforce.objects.get(objectOf(file))?.fields.keys())
  return missing(file, first(file.root, 'errorDisplayField'), 'field', fields)
}
