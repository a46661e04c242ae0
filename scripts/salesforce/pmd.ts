import { join, relative } from 'node:path'
import {
  CodeAnalyzer,
  CodeAnalyzerConfig,
  EventType,
  LogLevel,
  type EngineLogEvent,
} from '@salesforce/code-analyzer-core'
import { createEnginePlugin } from '@salesforce/code-analyzer-pmd-engine'
import type { Finding } from './finding.ts'
import { findJava } from './java.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

const RULES = ['pmd:Security', 'pmd:AppExchange']

/** Findings that were looked at and are none: rule, end of the path, why. */
const ACCEPTED: readonly (readonly [string, string, string])[] = [
  ['ProtectSensitiveData', 'Gateway_Key__c.field-meta.xml', 'names a payment at the gateway; opens nothing'],
  ['ProtectSensitiveData', 'Refund_Key__c.field-meta.xml', 'the id of a refund; opens nothing'],
  ['ProtectSensitiveData', 'Credit_Key__c.field-meta.xml', 'the id of a credit; opens nothing'],
  ['ProtectSensitiveData', 'Exposure_Key__c.field-meta.xml', 'the id of an exposure; opens nothing'],
  ['ProtectSensitiveData', 'Break_Key__c.field-meta.xml', 'the id of a break; opens nothing'],
]

/** PMD's security and AppExchange rules. Nothing without Java. */
export async function checkSecurity(salesforce: SalesforcePackage): Promise<readonly Finding[]> {
  const java = findJava()
  if (java === null) return []
  const analyzer = new CodeAnalyzer(
    CodeAnalyzerConfig.fromObject({ engines: { pmd: { java_command: java }, cpd: { disable_engine: true } } }),
  )
  const failures: Finding[] = []
  analyzer.onEvent(EventType.EngineLogEvent, (event) => {
    const { logLevel, message } = event as EngineLogEvent
    if (logLevel <= LogLevel.Error) failures.push({ file: 'force-app', message: `PMD: ${message}` })
  })
  await analyzer.addEnginePlugin(createEnginePlugin())
  // Its JavaScript parser knows no decorators or private fields, and the TypeScript has gates of its own.
  const targets = salesforce.files.filter((file) => /\.(cls|trigger|xml)$/.test(file))
  const workspace = await analyzer.createWorkspace(
    [join(salesforce.directory, 'force-app')],
    targets.map((file) => join(salesforce.directory, file)),
  )
  const results = await analyzer.run(await analyzer.selectRules(RULES, { workspace }), { workspace })
  const findings = results.getViolations().map((violation) => {
    const place = violation.getPrimaryLocation()
    const path = relative(salesforce.directory, place.getFile() ?? salesforce.directory).replaceAll('\\', '/')
    const message = `${violation.getMessage().replace(/\s+/g, ' ').trim()} (PMD ${violation.getRule().getName()})`
    return { file: path || 'force-app', line: place.getStartLine() ?? 1, message, rule: violation.getRule().getName() }
  })
  const open = findings.filter(
    ({ rule, file }) => !ACCEPTED.some(([accepted, end]) => accepted === rule && file.endsWith(end)),
  )
  return [...failures, ...open.map(({ file, line, message }) => ({ file, line, message }))]
}
