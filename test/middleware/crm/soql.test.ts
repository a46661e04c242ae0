import { parseQuery } from '@jetstreamapp/soql-parser-js'
import { soql } from '../../../middleware/crm/soql.ts'

describe('soql', () => {
  it('writes each kind of value as its literal', () => {
    const query = soql`SELECT Id FROM User
      WHERE Name = ${'two  spaces'} AND IsActive = ${true} AND Age__c > ${4.5}
      AND LastLoginDate > ${new Date(0)} AND Title = ${null} AND Alias IN ${['a', "b'c"]}`
    expect(query.text).toBe(
      "SELECT Id FROM User WHERE Name = 'two  spaces' AND IsActive = true AND Age__c > 4.5 " +
        "AND LastLoginDate > 1970-01-01T00:00:00.000Z AND Title = NULL AND Alias IN ('a', 'b\\'c')",
    )
  })

  it.each(["' OR Name != '", "\\' OR Name != \\'", '\\', "'); DELETE", '"', "a\nb' OR '", "x\\\\'"])(
    'keeps %j a value',
    (value) => {
      const { where } = parseQuery(soql`SELECT Id FROM User WHERE Name = ${value}`.text)
      expect(where).toMatchObject({ left: { field: 'Name', operator: '=', literalType: 'STRING' } })
      expect(where && 'right' in where ? where.right : undefined).toBeUndefined()
    },
  )

  it.each([
    ['a control character', '\u0000'],
    ['an endless number', Infinity],
    ['an empty list', []],
  ] as const)('refuses %s', (_, value) => {
    expect(() => soql`SELECT Id FROM User WHERE Name = ${value}`).toThrow(RangeError)
  })
})
