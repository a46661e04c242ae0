import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { parts, startScriptedOrg, subrequests, type ScriptedOrg } from './scripted-org.ts'

describe('the users who may refund, and those who may credit', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())
  const queries = () => subrequests(org.requests.at(-1)!).map(({ url }) => decodeURIComponent(url))

  it('asks four queries in one call: who holds each set directly, who by a group', async () => {
    const holders = ['1', '2', '3', '4'].map((last) => `00500000000000${last}AAA`)
    org = await startScriptedOrg(({ path }) =>
      path.endsWith('/composite')
        ? parts(...holders.map((AssigneeId) => [200, { records: [{ AssigneeId }], done: true }] as const))
        : undefined,
    )
    const permitted = await new SalesforceCrm(org.settings).permittedUsers()
    expect(permitted).toEqual({ refunds: new Set(holders.slice(0, 2)), credits: new Set(holders.slice(2)) })
    expect(org.requests).toHaveLength(2)
    expect(queries().map((query) => [/Name = '(\w+)'/.exec(query)![1], /GroupId IN/.test(query)])).toEqual([
      ['Refunds', false],
      ['Refunds', true],
      ['Refunds_Credits', false],
      ['Refunds_Credits', true],
    ])
  })

  it('asks for the holders of that set alone, not of another package’s set of that name', async () => {
    org = await startScriptedOrg(() => undefined)
    const crm = new SalesforceCrm({ ...org.settings, creditsPermissionSet: 'relay__Refunds_Credits' })
    expect(await crm.permittedUsers()).toEqual({ refunds: new Set(), credits: new Set() })
    for (const [place, query] of queries().entries()) {
      expect(query).toContain(
        place < 2
          ? "PermissionSet.Name = 'Refunds' AND PermissionSet.NamespacePrefix = NULL"
          : "PermissionSet.Name = 'Refunds_Credits' AND PermissionSet.NamespacePrefix = 'relay'",
      )
    }
  })

  const empty = [200, { records: [], done: true }] as const
  const unsupported = { errorCode: 'INVALID_TYPE', message: "sObject type 'X' is not supported." }

  it.each<[string, string, readonly (readonly [number, unknown])[]]>([
    ['half an answer', 'refused', [empty, [400, [unsupported]], empty, empty]],
    ['a refusal about the other set', 'refused', [empty, empty, empty, [400, [unsupported]]]],
    [
      'an outage of a part',
      'unavailable',
      [empty, empty, [503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'x' }]], empty],
    ],
    ['answers to two queries of four', 'unavailable', [empty, empty]],
    [
      'ids that are none',
      'unavailable',
      Array(4).fill([200, { records: [{ AssigneeId: '001000000000001AAA' }], done: true }]),
    ],
    [
      'a next page on another host',
      'unavailable',
      Array(4).fill([200, { records: [], done: false, nextRecordsUrl: '//evil.example.com/' }]),
    ],
    [
      'a page that is not the last and names no next',
      'unavailable',
      Array(4).fill([200, { records: [], done: false }]),
    ],
  ])('lets nobody refund on %s', async (_, kind, answers) => {
    org = await startScriptedOrg(({ path }) => (path.endsWith('/composite') ? parts(...answers) : undefined))
    await expect(new SalesforceCrm(org.settings).permittedUsers()).rejects.toMatchObject({ name: 'CrmError', kind })
  })
})
