import { execFile } from 'node:child_process'
import { relative } from 'node:path'
import { z } from 'zod'
import type { Finding } from './finding.ts'
import { analyzerClassPath, findJava } from './java.ts'
import type { SalesforcePackage } from './salesforce-package.ts'

const reportSchema = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      messages: z.array(z.object({ start: z.object({ line: z.number() }), message: z.string() })),
    }),
  ),
})

/** Types, methods, fields, labels and arguments of the Apex, as apex-ls sees them. Nothing without Java. */
export async function checkApexTypes(salesforce: SalesforcePackage): Promise<readonly Finding[]> {
  const java = findJava()
  if (java === null) return []
  const output = await run(java, salesforce.directory)
  let report: z.output<typeof reportSchema>
  try {
    report = reportSchema.parse(JSON.parse(output))
  } catch {
    return [{ file: 'force-app', message: `apex-ls did not answer in JSON: ${output.slice(0, 200) || '(nothing)'}` }]
  }
  return report.files.flatMap(({ path, messages }) => {
    const file = relative(salesforce.directory, path).replaceAll('\\', '/')
    return messages.map(({ start, message }) => ({ file, line: start.line, message }))
  })
}

/** Its output; issues give an exit code of their own, so that is no failure. */
function run(java: string, directory: string): Promise<string> {
  const main = 'io.github.apexdevtools.apexls.CheckForIssues'
  const options = ['-cp', analyzerClassPath(), main, '-n', '-d', 'warnings', '-f', 'json', '-w', '.']
  return new Promise((resolve) => {
    execFile(java, options, { cwd: directory, encoding: 'utf8', maxBuffer: 1e8 }, (_, stdout, stderr) =>
      resolve(stdout.trim() === '' ? stderr : stdout),
    )
  })
}
