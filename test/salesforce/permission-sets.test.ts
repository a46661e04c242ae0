import { readFileSync } from 'node:fs'
import { checkPermissionSets } from '../../scripts/salesforce/permission-sets.ts'
import { itFindsEach } from './planted-mistakes.ts'
import { PACKAGE_FOLDER } from '../emulators/org/server.ts'
import { PlantedPackage } from './planted-package.ts'

const AGENT = 'permissionsets/Refunds.permissionset-meta.xml'
const VIEWER = 'permissionsets/Refunds_Viewer.permissionset-meta.xml'
const PAYMENTS = 'permissionsets/Payments_Import.permissionset-meta.xml'
const INTEGRATION = 'permissionsets/Refunds_Integration.permissionset-meta.xml'

describe('the check of permission sets', () => {
  itFindsEach(checkPermissionSets, [
    [
      'a grant of a master-detail field',
      AGENT,
      'Refund__c.Note__c',
      'Refund__c.Payment__c',
      /is a master-detail field, so everybody sees it/,
    ],
    [
      'a grant of a field that is not there',
      AGENT,
      'Refund__c.Note__c',
      'Refund__c.Notes__c',
      /There is no field Refund__c.Notes__c/,
    ],
    [
      'a formula that may be edited',
      INTEGRATION,
      '<editable>false</editable>\n    <field>Refund__c.Amount_Display__c',
      '<editable>true</editable>\n    <field>Refund__c.Amount_Display__c',
      /written by the platform; set editable to false/,
    ],
    ['a field that nobody may read', AGENT, 'Refund__c.Amount__c', 'Refund__c.Amounts__c', /There is no field/],
    [
      'Modify All without the deletion that it brings',
      INTEGRATION,
      '<modifyAllRecords>false</modifyAllRecords>\n    <object>Payment__c',
      '<modifyAllRecords>true</modifyAllRecords>\n    <object>Payment__c',
      /modifyAllRecords on Payment__c needs allowDelete/,
    ],
    [
      'a right without the one it needs',
      AGENT,
      '<allowDelete>false</allowDelete>\n    <allowEdit>false',
      '<allowDelete>true</allowDelete>\n    <allowEdit>false',
      /allowDelete on Payment__c needs allowEdit/,
    ],
    [
      'a class that is not there',
      AGENT,
      '>RefundController<',
      '>RefundControler<',
      /There is no Apex class RefundControler/,
    ],
    [
      'a custom permission that is not there',
      AGENT,
      '>Request_Refunds<',
      '>Ask_Refunds<',
      /There is no custom permission Ask_Refunds/,
    ],
    [
      'a principal that is not there',
      AGENT,
      'Refund_Relay-Agent',
      'Refund_Relay-Clerk',
      /There is no principal Refund_Relay-Clerk/,
    ],
  ])
})

it('finds a field that no permission set lets anybody read', async () => {
  const planted = new PlantedPackage()
  try {
    for (const set of [AGENT, VIEWER, INTEGRATION, PAYMENTS])
      planted.replace(set, 'Refund__c.Note__c', 'Refund__c.Kind__c')
    const findings = (await planted.findings(checkPermissionSets)).join('\n')
    expect(findings).toMatch(/No permission set lets anybody read Refund__c.Note__c/)
    expect(findings).toMatch(/Refund__c.Kind__c is granted twice/)
  } finally {
    planted.close()
  }
})

describe('what agents may write on a refund', () => {
  const editable = (file: string) =>
    [
      ...readFileSync(`${PACKAGE_FOLDER}/${file}`, 'utf8').matchAll(
        /<editable>true<\/editable>\s*<field>Refund__c\.(\w+)</g,
      ),
    ].map(([, name]) => name)

  it('is who looks after it and how it was dealt with; everything else is the integration user’s', () => {
    expect(editable(AGENT)).toEqual([
      'Attention_Closed_Reason__c',
      'Attention_Closed__c',
      'Attention_Note__c',
      'Attention_Owner__c',
    ])
    expect(editable(VIEWER)).toEqual([])
    expect(editable(INTEGRATION)).not.toContain('Attention_Owner__c')
  })
})
