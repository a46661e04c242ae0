import { refusedRow, wholeCallError } from '../../../middleware/crm/salesforce-refusal.ts'

const fault = (code: string, message = 'words', fields: string[] = []) => ({ code, message, fields })

describe('what a refusal of Salesforce means', () => {
  it.each([
    ['newer', fault('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'The record holds a newer version.', ['State_Version__c'])],
    ['retry', fault('UNABLE_TO_LOCK_ROW')],
    ['retry', fault('DUPLICATE_VALUE')],
    ['retry', fault('REQUEST_LIMIT_EXCEEDED')],
    ['retry', fault('SERVER_UNAVAILABLE')],
    [
      'retry',
      fault('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Rollup: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW'),
    ],
    ['person', fault('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Finance has closed this month.')],
    ['person', fault('INSUFFICIENT_ACCESS_OR_READONLY')],
    ['person', fault('INVALID_CROSS_REFERENCE_KEY')],
    ['person', fault('ENTITY_IS_DELETED')],
    ['person', fault('A_CODE_OF_TOMORROW')],
  ])('%s: a row with %j', (outcome, refusal) => {
    expect(refusedRow('id', [refusal])).toMatchObject({ id: 'id', outcome })
  })

  it('tells a person the code, the message and the fields, of every reason', () => {
    const row = refusedRow('id', [
      fault('UNABLE_TO_LOCK_ROW', 'locked'),
      fault('STRING_TOO_LONG', 'too long', ['Note__c']),
    ])
    expect(row).toEqual({
      id: 'id',
      outcome: 'person',
      detail: 'UNABLE_TO_LOCK_ROW: locked; STRING_TOO_LONG: too long (Note__c)',
    })
    expect(refusedRow('id', [])).toMatchObject({ outcome: 'person' })
  })

  it.each([
    ['limit', fault('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), 403],
    ['unavailable', fault('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'), 403],
    ['unavailable', fault('SERVER_UNAVAILABLE'), 503],
    ['unavailable', fault('ERROR_HTTP_503', '<html>'), 503],
    ['unavailable', fault('A_CODE_OF_TOMORROW'), 500],
    ['unavailable', fault('NO_ANSWER', 'ECONNRESET'), null],
    ['refused', fault('API_DISABLED_FOR_ORG'), 403],
    ['refused', fault('NOT_FOUND'), 404],
    ['refused', fault('HTTP_302'), 302],
  ] as const)('%s: a whole call with %j (%s)', (kind, refusal, status) => {
    expect(wholeCallError({ ...refusal, fields: [] }, status)).toMatchObject({ kind })
  })

  it('does not repeat an HTML page', () => {
    expect(wholeCallError(fault('ERROR_HTTP_503', '  <html>secret</html>'), 503).message).not.toContain('secret')
  })
})
