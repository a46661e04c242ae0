import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AVA_AGENT, INTEGRATION_USER, OLU_OBSERVER } from './local-people.ts'
import { connect, insertPayment, refundOf, send, startOrg } from './org-rig.ts'
import { PACKAGE_FOLDER, type LocalOrg } from './server.ts'

const HOLDERS = `SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Refunds' AND Assignee.IsActive = true
  AND (ExpirationDate = null OR ExpirationDate > 2026-01-01T00:00:00Z)`
const HOLDERS_BY_GROUP = `SELECT AssigneeId, PermissionSet.Type FROM PermissionSetAssignment WHERE PermissionSetGroupId IN
  (SELECT PermissionSetGroupId FROM PermissionSetGroupComponent WHERE PermissionSet.Name = 'Refunds')`

describe('what the integration user may do', () => {
  let org: LocalOrg
  afterEach(() => org.close())

  it('reads payments, and writes what was charged back and nothing else, whoever owns them', async () => {
    org = await startOrg()
    const payments = (await connect(org)).sobject('Payment__c')
    const id = await insertPayment(org, { OwnerId: AVA_AGENT })
    expect(await payments.retrieve(id)).toMatchObject({ Amount__c: 120.5 })
    expect(await payments.update({ Id: id, Charged_Back__c: 20.5 })).toMatchObject({ success: true })
    expect(org.find('Payment__c', id)).toMatchObject({ Charged_Back__c: 20.5, Refundable_Display__c: 'EUR 100.00' })
    const others = { Amount__c: 1, Currency__c: 'USD', Voided__c: true, Stage__c: 'Failed', Gateway_Reference__c: 'x' }
    for (const [field, value] of Object.entries(others)) {
      await expect(payments.update({ Id: id, Charged_Back__c: 1, [field]: value })).rejects.toMatchObject({
        errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
        data: { fields: [field] },
      })
    }
    expect(org.find('Payment__c', id)).toMatchObject({ Charged_Back__c: 20.5, Amount__c: 120.5, Currency__c: 'EUR' })
    await expect(payments.destroy(id)).rejects.toMatchObject({ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' })
    await expect(payments.create({ Amount__c: 1 })).rejects.toMatchObject({
      errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    })
  })

  it('does not write payments that no gateway took, nor any once it has left the group of the sharing rule', async () => {
    org = await startOrg()
    const payments = (await connect(org)).sobject('Payment__c')
    const cash = await insertPayment(org, { OwnerId: AVA_AGENT, Gateway__c: null })
    const refusal = { errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' }
    await expect(payments.update({ Id: cash, Charged_Back__c: 1 })).rejects.toMatchObject(refusal)
    const card = await insertPayment(org, { OwnerId: AVA_AGENT })
    const member = org.rows('GroupMember').find((row) => row['UserOrGroupId'] === INTEGRATION_USER)
    org.remove('GroupMember', String(member?.['Id']))
    await expect(payments.update({ Id: card, Charged_Back__c: 1 })).rejects.toMatchObject(refusal)
  })

  it('never deletes a refund, nor sets what the org works out', async () => {
    org = await startOrg()
    const connection = await connect(org)
    const payment = await insertPayment(org)
    const id = await org.insert('Refund__c', refundOf(payment, 'kept'))
    await expect(connection.sobject('Refund__c').destroy(id)).rejects.toMatchObject({
      errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
    })
    for (const field of ['Amount_Display__c', 'Name', 'CreatedDate']) {
      const value = field === 'CreatedDate' ? '2026-01-01T00:00:00Z' : 'x'
      await expect(connection.sobject('Refund__c').update({ Id: id, [field]: value })).rejects.toMatchObject({
        errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
        data: { fields: [field] },
      })
    }
  })

  it('is refused per row where field security lets it read only, and per request where it may not even read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refund-relay-org-'))
    cpSync(PACKAGE_FOLDER, folder, { recursive: true })
    const path = join(folder, 'permissionsets', 'Refunds_Integration.permissionset-meta.xml')
    const narrowed = readFileSync(path, 'utf8')
      .replace(/<editable>true<\/editable>(\s*<field>Refund__c.Remedy__c<)/, '<editable>false</editable>$1')
      .replace('<field>Refund__c.Note__c<', '<field>Refund__c.Other__c<')
    writeFileSync(path, narrowed)
    org = await startOrg({ packageFolder: folder })
    rmSync(folder, { recursive: true })
    const connection = await connect(org)
    const payment = await insertPayment(org)
    const upsert = (fields: object): Promise<unknown> =>
      send(connection, 'PATCH', '/composite/sobjects/Refund__c/Refund_Key__c', {
        records: [{ attributes: { type: 'Refund__c' }, ...refundOf(payment, 'narrow'), ...fields }],
      })
    expect(await upsert({ Remedy__c: 'Wait.' })).toMatchObject([
      { success: false, errors: [{ statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Remedy__c'] }] },
    ])
    await expect(upsert({ Note__c: 'x' })).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' })
    await expect(connection.query('SELECT Note__c FROM Refund__c')).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    })
    const { fields } = await connection.sobject('Refund__c').describe()
    expect(fields.map(({ name }) => name)).not.toContain('Note__c')
    expect(fields.find(({ name }) => name === 'Remedy__c')).toMatchObject({ updateable: false })
  })

  it('may do nothing at all without its permission set', async () => {
    org = await startOrg()
    const connection = await connect(org)
    org.setPermission(INTEGRATION_USER, 'Refunds_Integration', false)
    await expect(connection.query('SELECT Id FROM Refund__c')).rejects.toMatchObject({
      errorCode: 'API_DISABLED_FOR_ORG',
    })
  })
})

describe('who holds the Refunds permission set', () => {
  let org: LocalOrg
  beforeEach(async () => {
    org = await startOrg()
  })
  afterEach(() => org.close())

  async function assignees(soql: string): Promise<unknown[]> {
    return (await (await connect(org)).query(soql)).records.map((record) => record['AssigneeId'])
  }

  it('is seen by the integration user: those assigned, active, unexpired', async () => {
    expect(await assignees(HOLDERS)).toEqual([AVA_AGENT])
    org.setPermission(OLU_OBSERVER, 'Refunds', true)
    expect(await assignees(HOLDERS)).toEqual([AVA_AGENT, OLU_OBSERVER])
    org.update('User', AVA_AGENT, { IsActive: false })
    expect(await assignees(HOLDERS)).toEqual([OLU_OBSERVER])
    const refunds = org.rows('PermissionSet').find(({ Name }) => Name === 'Refunds')?.['Id']
    const assignment = org
      .rows('PermissionSetAssignment')
      .find((row) => row['AssigneeId'] === OLU_OBSERVER && row['PermissionSetId'] === refunds)
    org.update('PermissionSetAssignment', String(assignment?.['Id']), {
      ExpirationDate: '2025-01-01T00:00:00.000+0000',
    })
    expect(await assignees(HOLDERS)).toEqual([])
  })

  it('counts groups, whose assignments name the set that stands for the group', async () => {
    const set = org.rows('PermissionSet').find(({ Name }) => Name === 'Refunds')
    const group = await org.insert('PermissionSetGroup', { DeveloperName: 'Service_Desk' })
    await org.insert('PermissionSetGroupComponent', {
      PermissionSetGroupId: group,
      PermissionSetId: String(set?.['Id']),
    })
    await org.insert('PermissionSetAssignment', { AssigneeId: OLU_OBSERVER, PermissionSetGroupId: group })
    expect(await assignees(HOLDERS)).toEqual([AVA_AGENT])
    expect(await assignees(HOLDERS_BY_GROUP)).toEqual([OLU_OBSERVER])
    const session = await fetch(`${org.url}/ui/session`, { headers: { cookie: `user=${OLU_OBSERVER}` } })
    expect(await session.json()).toMatchObject({ permissions: ['Request_Refunds'] })
  })
})
