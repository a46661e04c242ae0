import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { parts, startScriptedOrg, subrequests, type ScriptedOrg } from './scripted-org.ts'

describe('the users who may refund, and those who may credit', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())
  const queries = () => subrequests(org.requests.at(-1)!).map(({ url }) => decodeURIComponent(url))
  const page = (...records: object[]) => [200, { records, done: true }] as const
  const set = (Name: string, NamespacePrefix: string | null = null) => ({ PermissionSet: { Name, NamespacePrefix } })
  const [AVA, BO, CY] = ['1', '2', '3'].map((last) => `00500000000000${last}AAA`)
  const [NIGHT, FOREIGN] = ['1', '2'].map((last) => `0PG00000000000${last}AAA`)

  it('asks three queries in one call: who holds the sets directly, who by a group, and what each group holds', async () => {
    org = await startScriptedOrg(({ path }) =>
      path.endsWith('/composite')
        ? parts(
            page({ AssigneeId: AVA, ...set('Refunds') }, { AssigneeId: BO, ...set('Refunds_Admin') }),
            page({ AssigneeId: CY, PermissionSetGroupId: NIGHT }),
            page(
              { PermissionSetGroupId: NIGHT, ...set('Refunds') },
              { PermissionSetGroupId: NIGHT, ...set('Refunds_Credits') },
            ),
          )
        : undefined,
    )
    const permitted = await new SalesforceCrm(org.settings).permittedUsers()
    expect(permitted).toEqual({
      refunds: new Set([AVA, CY]),
      credits: new Set([CY]),
      settlements: new Set([BO]),
    })
    expect(org.requests).toHaveLength(2)
    expect(queries()).toHaveLength(3)
    for (const query of queries()) {
      expect(query).toContain("PermissionSet.Name IN ('Refunds', 'Refunds_Credits', 'Refunds_Admin')")
    }
  })

  it('counts the holders of that set alone, not of another package’s set of that name', async () => {
    org = await startScriptedOrg(({ path }) =>
      path.endsWith('/composite')
        ? parts(
            page({ AssigneeId: AVA, ...set('Refunds', 'other') }, { AssigneeId: BO, ...set('Refunds_Credits') }),
            page({ AssigneeId: CY, PermissionSetGroupId: FOREIGN }, { AssigneeId: AVA, PermissionSetGroupId: NIGHT }),
            page(
              { PermissionSetGroupId: FOREIGN, ...set('Refunds_Credits') },
              { PermissionSetGroupId: NIGHT, ...set('Refunds_Credits', 'relay') },
            ),
          )
        : undefined,
    )
    const crm = new SalesforceCrm({ ...org.settings, creditsPermissionSet: 'relay__Refunds_Credits' })
    expect(await crm.permittedUsers()).toEqual({
      refunds: new Set(),
      credits: new Set([AVA]),
      settlements: new Set(),
    })
  })

  const empty = [200, { records: [], done: true }] as const
  const unsupported = { errorCode: 'INVALID_TYPE', message: "sObject type 'X' is not supported." }

  it.each<[string, string, readonly (readonly [number, unknown])[]]>([
    ['half an answer', 'refused', [empty, [400, [unsupported]], empty]],
    ['a refusal about the groups', 'refused', [empty, empty, [400, [unsupported]]]],
    ['an outage of a part', 'unavailable', [empty, [503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'x' }]], empty]],
    ['answers to two queries of three', 'unavailable', [empty, empty]],
    [
      'ids that are none',
      'unavailable',
      Array(3).fill([200, { records: [{ AssigneeId: '001000000000001AAA' }], done: true }]),
    ],
    [
      'a next page on another host',
      'unavailable',
      Array(3).fill([200, { records: [], done: false, nextRecordsUrl: '//evil.example.com/' }]),
    ],
    [
      'a page that is not the last and names no next',
      'unavailable',
      Array(3).fill([200, { records: [], done: false }]),
    ],
  ])('lets nobody refund on %s', async (_, kind, answers) => {
    org = await startScriptedOrg(({ path }) => (path.endsWith('/composite') ? parts(...answers) : undefined))
    await expect(new SalesforceCrm(org.settings).permittedUsers()).rejects.toMatchObject({ name: 'CrmError', kind })
  })
})
