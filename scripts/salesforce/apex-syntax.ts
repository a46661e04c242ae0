import { ApexErrorListener, ApexParserFactory } from '@apexdevtools/apex-parser'
import { apexClasses } from './apex-class.ts'
import type { Finding } from './finding.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

/** Every class and trigger parses. */
export function checkApexSyntax(salesforce: SalesforcePackage): readonly Finding[] {
  return apexClasses(salesforce).flatMap(({ file, source }) => {
    const errors = new SyntaxErrors(file)
    const { parser } = ApexParserFactory.createLexerAndParser(source, errors)
    if (file.endsWith('.trigger')) parser.triggerUnit()
    else parser.compilationUnit()
    return errors.findings
  })
}

class SyntaxErrors extends ApexErrorListener {
  readonly findings: Finding[] = []
  readonly #file: string

  constructor(file: string) {
    super()
    this.#file = file
  }

  override apexSyntaxError(line: number, _column: number, message: string): void {
    this.findings.push({ file: this.#file, line, message: `The Apex does not parse: ${message}` })
  }
}
