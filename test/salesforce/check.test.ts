import { checkApexTypes } from '../../scripts/salesforce/apex-ls.ts'
import { findJava } from '../../scripts/salesforce/java.ts'
import { checkSecurity } from '../../scripts/salesforce/pmd.ts'
import { runCheck } from './check-command.ts'
import { CLASS_METADATA, PlantedPackage } from './planted-package.ts'

describe('the command that checks the package', () => {
  let planted: PlantedPackage
  beforeEach(() => {
    planted = new PlantedPackage()
  })
  afterEach(() => planted.close())

  it('names file, line, mistake and check, counts, and fails', async () => {
    planted.replace('objects/Payment__c/fields/Amount__c.field-meta.xml', '<scale>3<', '<scale>three<')
    const { code, output } = await runCheck(['--directory', planted.directory, '--only', 'metadata-types'])
    expect(code).toBe(1)
    expect(output).toMatch(
      /Amount__c\.field-meta\.xml:\d+ {2}scale is "three"; it must be a number {2}\[metadata-types\]/,
    )
    expect(output).toMatch(/1 checks? over \d+ files, 1 finding /)
  }, 30_000)

  it('says in one line that Java is missing, and passes without it', async () => {
    const { code, output } = await runCheck(['--directory', planted.directory, '--only', 'apex-syntax,apex-ls,pmd'], {
      PATH: '',
    })
    expect(output).toMatch(/^Left out: apex-ls and pmd, because no Java 11 or newer was found/m)
    expect(code).toBe(0)
  }, 30_000)

  it('names the checks that there are when an unknown one is asked for', async () => {
    const { code, output } = await runCheck(['--only', 'everything'])
    expect(code).toBe(2)
    expect(output).toMatch(/There is no check everything\. Choose from: .*metadata-types/)
  }, 30_000)

  const withJava =
    findJava() === null
      ? 'are left out, for there is no Java here, and find nothing'
      : 'find what only types and taint show'
  it(`apex-ls and PMD ${withJava}`, async () => {
    planted
      .write('classes/Planted.cls-meta.xml', CLASS_METADATA)
      .write(
        'classes/Planted.cls',
        "public class Planted {\n  public Integer count = 'one';\n  public void run(String text) {\n    Database.query('SELECT Id FROM Payment__c WHERE Name = ' + text);\n  }\n}\n",
      )
    const types = (await planted.findings(checkApexTypes)).join('\n')
    const security = (await planted.findings(checkSecurity)).join('\n')
    if (findJava() === null) {
      expect(types + security).toBe('')
    } else {
      expect(types).toMatch(/Incompatible types in assignment/)
      expect(security).toMatch(/ApexSOQLInjection/)
    }
  }, 60_000)
})
