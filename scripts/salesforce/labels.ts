import { apexClasses } from './apex-class.ts'
import type { Finding } from './finding.ts'
import { importsOf } from './lightning-imports.ts'
import { ofType, type SalesforcePackage } from './salesforce-package.ts'
import { all, textOf } from './xml-element.ts'

interface LabelUse {
  readonly file: string
  readonly line: number
  readonly name: string
}

/** Every custom label that is used is there, and every one that is there is used. */
export function checkLabels(salesforce: SalesforcePackage): readonly Finding[] {
  const uses = [...usesInComponents(salesforce), ...usesInApex(salesforce), ...usesInMetadata(salesforce)]
  const used = new Set(uses.map((use) => use.name.toLowerCase()))
  const labels = ofType(salesforce, 'CustomLabels').flatMap((file) =>
    all(file.root, 'labels').map((label) => ({ file: file.path, line: label.line, name: textOf(label, 'fullName') })),
  )
  const known = new Set(labels.map((label) => label.name.toLowerCase()))
  const twice = labels.filter((label, index) => labels.findIndex((other) => other.name === label.name) < index)
  return [
    ...uses
      .filter((use) => !known.has(use.name.toLowerCase()))
      .map(({ name, ...place }) => ({
        ...place,
        message: `There is no custom label ${name}; add it or correct the name`,
      })),
    ...labels
      .filter((label) => !used.has(label.name.toLowerCase()))
      .map(({ name, ...place }) => ({
        ...place,
        message: `Nothing uses the custom label ${name}; use it or remove it`,
      })),
    ...twice.map(({ name, ...place }) => ({ ...place, message: `The custom label ${name} stands twice; keep one` })),
  ]
}

function usesInComponents(salesforce: SalesforcePackage): readonly LabelUse[] {
  return importsOf(salesforce)
    .filter(({ module }) => module.startsWith('@salesforce/label/'))
    .map(({ file, line, module }) => ({ file, line, name: module.split('.').at(-1) ?? '' }))
}

function usesInApex(salesforce: SalesforcePackage): readonly LabelUse[] {
  return apexClasses(salesforce).flatMap(({ file, code }) => matches(file, code, /\b(?:System\.)?Label\.(\w+)/gi))
}

function usesInMetadata(salesforce: SalesforcePackage): readonly LabelUse[] {
  return salesforce.metadata.flatMap(({ path }) => matches(path, salesforce.read(path), /\$Label\.(?:c\.)?(\w+)/g))
}

function matches(file: string, text: string, pattern: RegExp): readonly LabelUse[] {
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    name: match[1] ?? '',
  }))
}
