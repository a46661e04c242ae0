import { evaluate, type Blanks, type FormulaRecord } from './formula.ts'
import { field, type FieldValue, type ObjectSchema } from './schema.ts'

const object: ObjectSchema = {
  name: 'Thing__c',
  label: 'Thing',
  labelPlural: 'Things',
  keyPrefix: 'a0X',
  custom: true,
  sharingModel: 'Read',
  sharingRules: [],
  validationRules: [],
  fields: new Map(
    [
      field('Amount__c', 'double', { precision: 16, scale: 3 }),
      field('Version__c', 'double', { precision: 9, scale: 0 }),
      field('Currency__c', 'string'),
      field('On__c', 'date'),
    ].map((each) => [each.name, each]),
  ),
}

function record(values: Record<string, FieldValue>, prior?: Record<string, FieldValue>): FormulaRecord {
  return {
    object,
    value: ({ name }) => values[name] ?? null,
    ...(prior && { prior: ({ name }) => prior[name] ?? null }),
    parent: (name) => (name === 'Parent__r' ? record({ Currency__c: 'KWD' }) : undefined),
  }
}

describe('formulas', () => {
  it.each<[string, FieldValue]>([
    ['Version__c < PRIORVALUE(Version__c)', true],
    ['ISCHANGED(Version__c)', true],
    ['ISCHANGED( Currency__c )', false],
    ['ISNEW()', false],
    ['AND(NOT(ISNEW()), ISCHANGED(Version__c), Version__c < priorvalue(Version__c))', true],
  ])('%s of a changed record is %s', (formula, answer) => {
    const changed = record({ Version__c: 3, Currency__c: 'EUR' }, { Version__c: 4, Currency__c: 'EUR' })
    expect(evaluate(formula, changed, 'rule')).toBe(answer)
  })

  it.each<[string, FieldValue]>([
    ['Version__c < PRIORVALUE(Version__c)', false],
    ['ISCHANGED(Version__c)', false],
    ['ISNEW()', true],
  ])('%s of a new record is %s', (formula, answer) => {
    expect(evaluate(formula, record({ Version__c: 3 }), 'rule')).toBe(answer)
  })

  it.each<[Blanks, FieldValue, FieldValue]>([
    ['zero', 1, false],
    ['blank', null, true],
    ['rule', 1, true],
  ])('a blank number, with blanks as %s, plus 1 is %s and ISBLANK is %s', (blanks, sum, isBlank) => {
    expect(evaluate('Amount__c + 1', record({}), blanks)).toBe(sum)
    expect(evaluate('ISBLANK(Amount__c)', record({}), blanks)).toBe(isBlank)
  })

  it('follows a reference to the parent, and says when it leads nowhere', () => {
    expect(evaluate('Parent__r.Currency__c & "!"', record({}), 'zero')).toBe('KWD!')
    expect(() => evaluate('Other__r.Name', record({}), 'zero')).toThrow('leads nowhere')
    expect(() => evaluate('Nothing__c', record({}), 'zero')).toThrow('does not have')
    expect(() => evaluate('NOSUCH(Amount__c)', record({}), 'zero')).toThrow('cannot be worked out')
  })
})
