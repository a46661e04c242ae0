import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_FOLDER } from '../server.ts'
import { EXPOSURE_FIELDS, PAYMENT_FIELDS, REFUND_FIELDS } from './payment-record.ts'

describe('the stand-in of PaymentRecord', () => {
  const source = readFileSync(join(PACKAGE_FOLDER, 'classes', 'PaymentRecord.cls'), 'utf8')

  it.each([
    ['Payment__c', PAYMENT_FIELDS],
    ['Refund__c', REFUND_FIELDS],
    ['Refund_Exposure__c', EXPOSURE_FIELDS],
  ])('reads the same fields of %s as the Apex does', (object, fields) => {
    const select = new RegExp(`SELECT([\\w\\s,.]+?)FROM ${object}\\b`).exec(source)?.[1] ?? ''
    expect(select.split(',').map((field) => field.trim())).toEqual(fields)
  })
})
