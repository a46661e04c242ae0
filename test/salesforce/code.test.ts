import { checkApexNames } from '../../scripts/salesforce/apex-names.ts'
import { checkApexQueries } from '../../scripts/salesforce/apex-queries.ts'
import { checkApexSyntax } from '../../scripts/salesforce/apex-syntax.ts'
import { checkConversion } from '../../scripts/salesforce/conversion.ts'
import { checkLabels } from '../../scripts/salesforce/labels.ts'
import { checkLightningImports } from '../../scripts/salesforce/lightning-imports.ts'
import { runCheck } from './check-command.ts'
import { CLASS_METADATA, PlantedPackage } from './planted-package.ts'

const BUNDLE = `<?xml version="1.0" encoding="UTF-8" ?>
<LightningComponentBundle xmlns="http://soap.sforce.com/2006/04/metadata">
  <apiVersion>64.0</apiVersion>
  <isExposed>false</isExposed>
</LightningComponentBundle>
`

/** A class with these statements in one method. */
const apex = (body: string) =>
  `public with sharing class Planted {\n  public static Object run(Id paymentId) {\n    ${body}\n  }\n}\n`
/** A component whose class has this body, after these imports. */
const component = (body: string, imports = '') =>
  `import { LightningElement, api } from 'lwc'\n${imports}\nexport default class Planted extends LightningElement {\n${body}\n}\n`

describe('the checks of the code', () => {
  let planted: PlantedPackage
  beforeEach(() => {
    planted = new PlantedPackage()
  })
  afterEach(() => planted.close())

  const withClass = (body: string) =>
    planted.write('classes/Planted.cls', apex(body)).write('classes/Planted.cls-meta.xml', CLASS_METADATA)
  const withComponent = (name: string, source: string, html = '<template></template>\n') =>
    planted
      .write(`lwc/${name}/${name}.ts`, source)
      .write(`lwc/${name}/${name}.html`, html)
      .write(`lwc/${name}/${name}.js-meta.xml`, BUNDLE)

  it.each([
    ['a syntax error', checkApexSyntax, 'return [SELECT Id FROM Payment__c', /The Apex does not parse/],
    [
      'a queried field that is not there',
      checkApexQueries,
      'return [SELECT Amonut__c FROM Payment__c];',
      /Payment__c has no field Amonut__c/,
    ],
    [
      'a queried object that is not there',
      checkApexQueries,
      'return [SELECT Id FROM Paymnt__c];',
      /There is no object Paymnt__c/,
    ],
    [
      'a filter on a field that is not there',
      checkApexQueries,
      'return [SELECT Id FROM Refund__c WHERE Held__c = TRUE AND (NOT Key__c = :paymentId)];',
      /Refund__c has no field Key__c/,
    ],
    [
      'an order by a field that is not there',
      checkApexQueries,
      'return [SELECT Id FROM Refund__c ORDER BY Asked_At__c DESC];',
      /has no field Asked_At__c/,
    ],
    [
      'a parent field that is not there',
      checkApexQueries,
      'return [SELECT Payment__r.Total__c FROM Refund__c];',
      /Payment__c has no field Total__c/,
    ],
    [
      'a child field that is not there',
      checkApexQueries,
      'return [SELECT Id, (SELECT Sum__c FROM Refunds__r) FROM Payment__c];',
      /Refund__c has no field Sum__c/,
    ],
    [
      'a child relationship that is not there',
      checkApexQueries,
      'return [SELECT Id, (SELECT Id FROM Payments__r) FROM Payment__c];',
      /no child relationship Payments__r/,
    ],
    [
      'a query that does not parse',
      checkApexQueries,
      'return [SELECT Id FORM Payment__c];',
      /The query does not parse/,
    ],
    [
      'a field name anywhere else',
      checkApexNames,
      'return new Refund__c(Noted__c = null);',
      /There is no field, object or relationship Noted__c/,
    ],
    [
      'a custom permission that is not there',
      checkApexNames,
      "return FeatureManagement.checkPermission('Refund_All');",
      /There is no custom permission Refund_All/,
    ],
    [
      'a named credential that is not there',
      checkApexNames,
      "return 'callout:Relay/v1/refunds';",
      /There is no named credential Relay/,
    ],
    [
      'a label that is not there',
      checkLabels,
      'return System.Label.Refund_Nowhere;',
      /There is no custom label Refund_Nowhere/,
    ],
  ])('find in Apex %s', async (_what, check, body, finding) => {
    withClass(body)
    expect((await planted.findings(check)).join('\n')).toMatch(finding)
  })

  it('leave alone a name that stands in a comment or in text', async () => {
    withClass("// Old__c and [SELECT Old__c FROM Payment__c]\n    return 'Older__c';")
    expect(await planted.findings(checkApexNames)).toEqual([])
    expect(await planted.findings(checkApexQueries)).toEqual([])
  })

  it('find a class without its metadata', async () => {
    planted.write('classes/Planted.cls', apex('return null;'))
    expect((await planted.findings(checkApexNames)).join('\n')).toMatch(/no Planted.cls-meta.xml beside it/)
    expect((await planted.findings(checkConversion)).join('\n')).toMatch(
      /classes\/Planted.cls: No component would deploy/,
    )
  })

  it.each([
    [
      'an Apex class that is not there',
      "import run from '@salesforce/apex/Nowhere.run'",
      /There is no Apex class Nowhere/,
    ],
    [
      'an Apex method that is not there',
      "import run from '@salesforce/apex/RefundController.run'",
      /RefundController has no static @AuraEnabled method run/,
    ],
    [
      'a field that is not there',
      "import FIELD from '@salesforce/schema/Payment__c.Sum__c'",
      /Payment__c has no field Sum__c/,
    ],
    [
      'a custom permission that is not there',
      "import may from '@salesforce/customPermission/Nothing'",
      /There is no custom permission Nothing/,
    ],
    ['a component that is not there', "import { x } from 'c/nowhere'", /There is no component c\/nowhere/],
  ])('find an import of %s', async (_what, statement, finding) => {
    withComponent('planted', component('', statement))
    expect((await planted.findings(checkLightningImports)).join('\n')).toMatch(finding)
  })

  it('find a child component that is not there', async () => {
    withComponent('planted', component(''), '<template><c-refund-nowhere></c-refund-nowhere></template>\n')
    expect((await planted.findings(checkLightningImports)).join('\n')).toMatch(/There is no component refundNowhere/)
  })

  it('find a label that is imported and is not there', async () => {
    withComponent('planted', component('', "import text from '@salesforce/label/c.Refund_Nowhere'"))
    expect((await planted.findings(checkLabels)).join('\n')).toMatch(/There is no custom label Refund_Nowhere/)
  })

  it('find a label that nothing uses', async () => {
    planted.replace(
      'labels/CustomLabels.labels-meta.xml',
      '</CustomLabels>',
      '<labels><fullName>Refund_Unused</fullName><language>en_US</language><protected>true</protected>' +
        '<shortDescription>x</shortDescription><value>x</value></labels></CustomLabels>',
    )
    expect((await planted.findings(checkLabels)).join('\n')).toMatch(/Nothing uses the custom label Refund_Unused/)
  })

  it('find what the platform would refuse of a component', async () => {
    withComponent('methods', component('  #secret(): void {}'))
    withComponent('properties', component('  @api part = 1'))
    withComponent('template', component(''), '<template><p></template>')
    withComponent('imports', component('', "import { x } from './elsewhere.ts'"))
    withComponent('unnamed', component('')).remove('lwc/unnamed/unnamed.js-meta.xml')
    // The compiler loads ES modules in a way that jest cannot, so it runs in a process of its own.
    const { output } = await runCheck(['--directory', planted.directory, '--only', 'lightning-compiler'])
    expect(output).toMatch(/methods\/methods\.ts.*private method/i)
    expect(output).toMatch(/properties\/properties\.ts.*reserved property/)
    expect(output).toMatch(/template\/template\.html:1.*<p> has no matching closing tag/)
    expect(output).toMatch(/imports\/imports\.ts.*elsewhere/)
    expect(output).toMatch(/unnamed .*has no unnamed\.js-meta\.xml/)
    expect(output).toMatch(/ 5 findings /)
  }, 60_000)

  it('find a file that no component would deploy', async () => {
    planted.write('tabs/Payments.tabs-meta.xml', '<x/>')
    expect((await planted.findings(checkConversion)).join('\n')).toMatch(
      /tabs\/Payments.tabs-meta.xml|does not convert/,
    )
  })
})
