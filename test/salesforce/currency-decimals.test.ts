import { fileURLToPath } from 'node:url'
import currencyCodes from 'currency-codes'
import { parse } from 'formulon'
import { readPackage } from '../../scripts/salesforce/salesforce-package.ts'
import { textOf } from '../../scripts/salesforce/xml-element.ts'

/** ISO 4217 currencies that people pay in; metals, funds and test codes begin with X and have no minor unit. */
const CURRENCIES = currencyCodes.data.filter(
  ({ code, digits }) => digits <= 3 && (!code.startsWith('X') || ['XAF', 'XCD', 'XOF', 'XPF'].includes(code)),
)

describe.each(['Payment__c', 'Credit__c'])('the decimals of a %s in Salesforce', (object) => {
  const project = fileURLToPath(new URL('../..', import.meta.url))
  const decimals = readPackage(project).objects.get(object)?.fields.get('Decimals__c')
  const formula = textOf(decimals?.file.root, 'formula')

  it.each(CURRENCIES.map(({ code, digits }) => [code, digits] as const))(
    'are those of the middleware for %s',
    (code, digits) => {
      const currency = { type: 'literal', dataType: 'text', value: code, options: { length: 3 } } as const
      expect(parse(formula, { Currency__c: currency })).toMatchObject({ value: digits })
    },
  )
})
