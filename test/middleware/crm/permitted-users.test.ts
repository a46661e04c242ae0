import { SalesforceCrm } from '../../../middleware/crm/salesforce-crm.ts'
import { startScriptedOrg, type ScriptedOrg } from './scripted-org.ts'

describe('the users who may refund', () => {
  let org: ScriptedOrg
  afterEach(() => org.close())

  it.each([
    ['Refunds', "PermissionSet.Name = 'Refunds' AND PermissionSet.NamespacePrefix = NULL"],
    ['relay__Refunds', "PermissionSet.Name = 'Refunds' AND PermissionSet.NamespacePrefix = 'relay'"],
  ])(
    'asks for the holders of %s alone, not of another package’s set of that name',
    async (permissionSet, condition) => {
      const page = { httpStatusCode: 200, body: { records: [{ AssigneeId: '005000000000001AAA' }], done: true } }
      org = await startScriptedOrg(({ path }) =>
        path.endsWith('/composite') ? { body: { compositeResponse: [page, page] } } : undefined,
      )
      const crm = new SalesforceCrm({ ...org.settings, permissionSet })
      expect(await crm.permittedUsers()).toEqual(new Set(['005000000000001AAA']))
      const { compositeRequest } = org.requests.at(-1)!.body as { compositeRequest: { url: string }[] }
      for (const { url } of compositeRequest) expect(decodeURIComponent(url)).toContain(condition)
    },
  )

  it.each<[string, string, unknown]>([
    [
      'half an answer',
      'refused',
      [
        { httpStatusCode: 200, body: { records: [], done: true } },
        {
          httpStatusCode: 400,
          body: [
            { errorCode: 'INVALID_TYPE', message: "sObject type 'PermissionSetGroupComponent' is not supported." },
          ],
        },
      ],
    ],
    [
      'an outage of a part',
      'unavailable',
      [
        { httpStatusCode: 200, body: { records: [], done: true } },
        { httpStatusCode: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'x' }] },
      ],
    ],
    [
      'ids that are none',
      'unavailable',
      Array(2).fill({ httpStatusCode: 200, body: { records: [{ AssigneeId: '001000000000001AAA' }], done: true } }),
    ],
    [
      'a next page on another host',
      'unavailable',
      Array(2).fill({ httpStatusCode: 200, body: { records: [], done: false, nextRecordsUrl: '//evil.example.com/' } }),
    ],
    [
      'a page that is not the last and names no next',
      'unavailable',
      Array(2).fill({ httpStatusCode: 200, body: { records: [], done: false } }),
    ],
  ])('lets nobody refund on %s', async (_, kind, compositeResponse) => {
    org = await startScriptedOrg(({ path }) =>
      path.endsWith('/composite') ? { body: { compositeResponse } } : undefined,
    )
    await expect(new SalesforceCrm(org.settings).permittedUsers()).rejects.toMatchObject({ name: 'CrmError', kind })
  })
})
