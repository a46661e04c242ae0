import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element of a metadata file; attributes are of no use here. */
export interface XmlElement {
  readonly name: string
  readonly line: number
  /** Text with its entities resolved; empty where there are children. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

export class XmlError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.name = 'XmlError'
    this.line = line
  }
}

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: true,
  // Metadata uses the five entities of XML and character references, nothing of its own.
  processEntities: true,
  htmlEntities: true,
})
// The published type is the wrapper object; the value is a plain symbol.
const POSITION = XMLParser.getMetaDataSymbol() as unknown as symbol

type ParsedNode = Record<string | symbol, unknown>

/** @throws XmlError where the text is not well-formed */
export function parseXml(source: string): XmlElement {
  const wellFormed = XMLValidator.validate(source)
  if (wellFormed !== true) throw new XmlError(wellFormed.err.line, wellFormed.err.msg)
  const lineAt = (index: number) => source.slice(0, index).split('\n').length
  const [root] = (parser.parse(source) as ParsedNode[]).filter((node) => elementName(node) !== undefined)
  if (root === undefined) throw new XmlError(1, 'the file holds no element')
  return toElement(root, lineAt)
}

function elementName(node: ParsedNode): string | undefined {
  return Object.keys(node).find((key) => key !== '#text' && key !== ':@' && !key.startsWith('#'))
}

function toElement(node: ParsedNode, lineAt: (index: number) => number): XmlElement {
  const name = elementName(node) as string
  const content = node[name] as ParsedNode[]
  const position = node[POSITION] as { startIndex: number } | undefined
  const children = content.filter((child) => elementName(child) !== undefined)
  return {
    name,
    line: lineAt(position?.startIndex ?? 0),
    text: children.length > 0 ? '' : content.map((child) => String(child['#text'] ?? '')).join(''),
    children: children.map((child) => toElement(child, lineAt)),
  }
}

/** The children of that name. */
export function all(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** The first element at the end of a path of names. */
export function first(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => all(at, name)[0], element)
}

/** The text at the end of a path of names; empty when there is none. */
export function textOf(element: XmlElement | undefined, ...path: readonly string[]): string {
  return first(element, ...path)?.text ?? ''
}

/** Every element of that name, however deep. */
export function deep(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...deep(child, name)])
}
