import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePage } from '../emulators/org/page/bundle.ts'
import { salesforceModules } from '../emulators/org/page/salesforce-modules.ts'
import { COLD_BUNDLE_MS, pageDirectory } from './page-directory.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGE = join(ROOT, 'force-app/main/default')

describe('bundling the page', () => {
  it(
    'takes no time when nothing has changed',
    async () => {
      const outDirectory = await pageDirectory()
      const lines: string[] = []
      const startedAt = performance.now()
      await bundlePage({ forceApp: join(ROOT, 'force-app'), outDirectory, onProgress: (line) => lines.push(line) })
      expect(performance.now() - startedAt).toBeLessThan(1_000)
      expect(lines).toEqual([])
    },
    COLD_BUNDLE_MS,
  )

  it('names an import that exists nowhere, and leaves nothing behind', async () => {
    // Below the repository: the LWC resolver wants a package.json above what it bundles.
    const folder = await mkdtemp(join(dirname(await pageDirectory()), 'a page '))
    try {
      const forceApp = join(folder, 'force-app')
      await cp(PACKAGE, join(forceApp, 'main/default'), { recursive: true })
      await writeFile(
        join(forceApp, 'main/default/lwc/refundHistory/refundHistory.ts'),
        "import 'lightning/noSuchThing'",
      )
      await expect(bundlePage({ forceApp, outDirectory: join(folder, 'page') })).rejects.toThrow(
        /lightning\/noSuchThing \(imported by .*refundHistory\.ts\) is neither a base component nor a module/,
      )
      expect(await readdir(folder)).toEqual(['force-app'])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})

describe('imports of the platform', () => {
  const load = salesforceModules(PACKAGE).load as unknown as (id: string) => string | null
  const resolved = (id: string): string | null => load(`\0@salesforce/${id}`)

  it.each([
    ['label/c.No_Such_Label', 'There is no custom label c.No_Such_Label.'],
    ['apex/NoSuchClass.method', 'There is no Apex class NoSuchClass'],
    ['apex/RefundController.noSuchMethod', 'RefundController has no static @AuraEnabled method noSuchMethod.'],
    ['schema/NoSuchObject__c', 'There is no object NoSuchObject__c'],
    ['schema/Payment__c.No_Such_Field__c', 'There is no field Payment__c.No_Such_Field__c'],
    ['customPermission/No_Such_Permission', 'There is no custom permission No_Such_Permission'],
    ['user/noSuchThing', '@salesforce/user/noSuchThing does not exist'],
  ])('%s fails the bundle by its name', (id, sentence) => {
    expect(() => resolved(id)).toThrow(sentence)
  })

  it('gives the label as it is deployed', () => {
    expect(resolved('label/c.Refund_No_Permission')).toBe(
      'export default "You need the Refunds permission set to refund payments. Ask your administrator."',
    )
  })
  it('gives an Apex method as a function of its name', () => {
    expect(resolved('apex/RefundController.getRefundForm')).toContain('apexMethod("RefundController.getRefundForm")')
  })
  it('gives fields and objects as the platform does, over a relationship too', () => {
    expect(resolved('schema/Payment__c.Amount__c')).toBe(
      'export default {"objectApiName":"Payment__c","fieldApiName":"Amount__c"}',
    )
    expect(resolved('schema/Refund__c.Payment__r.Name')).toContain('"fieldApiName":"Payment__r.Name"')
  })
})
