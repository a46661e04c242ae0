import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'

/** An element of a metadata file: text, or children by name. */
export type Element = string | { [name: string]: Element | Element[] }

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, ignoreDeclaration: true })

/** The root element of one `-meta.xml` file. */
export function readMetadata(path: string): Element {
  const document = parser.parse(readFileSync(path, 'utf8')) as Record<string, Element>
  const root = Object.values(document)[0]
  if (root === undefined) throw new Error(`${path} has no root element: is it a metadata file?`)
  return root
}

/** All files of a folder with this ending, by name, in alphabetical order; none when there is no such folder. */
export function readFolder(folder: string, ending: string): { name: string; root: Element }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ name: file.slice(0, -ending.length), root: readMetadata(join(folder, file)) }))
}

export function children(element: Element, name: string): Element[] {
  if (typeof element === 'string') return []
  const found = element[name]
  if (found === undefined) return []
  return Array.isArray(found) ? found : [found]
}

export function child(element: Element, name: string): Element | undefined {
  return children(element, name)[0]
}

/** The text of a child, undefined when it is absent or empty. */
export function text(element: Element, name: string): string | undefined {
  const found = child(element, name)
  return typeof found === 'string' && found !== '' ? found : undefined
}

export function flag(element: Element, name: string): boolean {
  return text(element, name) === 'true'
}

export function integer(element: Element, name: string): number {
  return Number(text(element, name) ?? 0)
}
