import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readObjects, type CustomObject } from './custom-object.ts'
import type { Finding } from './finding.ts'
import { parseXml, XmlError, type XmlElement } from './xml-element.ts'

/** One `*-meta.xml`. */
export interface MetadataFile {
  /** Path from the project's folder, with forward slashes. */
  readonly path: string
  /** The component's own name: the file's name without its suffixes. */
  readonly name: string
  /** The root element is named like the metadata type. */
  readonly root: XmlElement
}

/** The deployable package under `force-app`, read once. */
export interface SalesforcePackage {
  /** The project's folder, which holds sfdx-project.json. */
  readonly directory: string
  /** Every file under force-app, from the project's folder. */
  readonly files: readonly string[]
  readonly metadata: readonly MetadataFile[]
  /** Metadata files that are not well-formed XML. */
  readonly unreadable: readonly Finding[]
  readonly objects: ReadonlyMap<string, CustomObject>
  /** The text of one of `files`. */
  read(file: string): string
}

const PACKAGE_FOLDER = 'force-app'

export function readPackage(directory: string): SalesforcePackage {
  const files = readdirSync(join(directory, PACKAGE_FOLDER), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, '/').length).replaceAll('\\', '/'))
    .sort()
  const read = (file: string) => readFileSync(join(directory, file), 'utf8')
  const metadata: MetadataFile[] = []
  const unreadable: Finding[] = []
  for (const path of files.filter((file) => file.endsWith('-meta.xml'))) {
    try {
      metadata.push({ path, name: basename(path).replace(/\.[^.]+-meta\.xml$/, ''), root: parseXml(read(path)) })
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      unreadable.push({ file: path, line: error.line, message: `The file is not well-formed XML: ${error.message}` })
    }
  }
  return { directory, files, metadata, unreadable, objects: readObjects(metadata), read }
}

/** The files of one metadata type. */
export function ofType(salesforce: SalesforcePackage, type: string): readonly MetadataFile[] {
  return salesforce.metadata.filter((file) => file.root.name === type)
}

/** The names of all components of one metadata type. */
export function namesOf(salesforce: SalesforcePackage, type: string): ReadonlySet<string> {
  return new Set(ofType(salesforce, type).map((file) => file.name))
}
