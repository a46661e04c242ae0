import fc from 'fast-check'
import { RefundError } from '../../../../middleware/errors.ts'
import { braintreeLineItemsSchema } from '../../../../middleware/gateways/braintree/braintree-line-items.ts'
import type { LineItem } from '../../../../middleware/gateways/gateway.ts'
import { startBraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import type { BraintreeRig } from '../../../contracts/gateway-rig-braintree.ts'
import { refundAttempt } from './braintree-attempts.ts'

const item = { name: 'Scarf', quantity: '1', unitAmount: '10.00', totalAmount: '10.00' }
const check = (changes: object) => braintreeLineItemsSchema.safeParse([{ ...item, ...changes }])
const wrongField = (changes: object) => check(changes).error?.issues[0]?.path.join('.')

const letters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
const lengthOf = (text: string) => Array.from(text).length

describe('the line items of a Braintree refund', () => {
  it.each([
    ['name', 35],
    ['description', 127],
    ['productCode', 12],
    ['commodityCode', 12],
    ['unitOfMeasure', 12],
  ])('%s has at most %d characters, whatever they are', (field, most) => {
    fc.assert(
      fc.property(letters, (text) => {
        expect(check({ [field]: text }).success).toBe(lengthOf(text) <= most)
      }),
    )
    expect(wrongField({ [field]: 'x'.repeat(most + 1) })).toBe(`0.${field}`)
    expect(check({ [field]: '🧣'.repeat(most) }).success).toBe(true)
    expect(wrongField({ [field]: '' })).toBe(`0.${field}`)
  })

  it.each([
    ['quantity', 4, false],
    ['unitAmount', 4, false],
    ['totalAmount', 2, false],
    ['unitTaxAmount', 2, false],
    ['discountAmount', 2, true],
  ])('%s has at most %d decimals; zero is taken: %s', (field, places, zeroTaken) => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.integer({ min: 0, max: 8 }), (units, scale) => {
        const whole = String(units).padStart(scale + 1, '0')
        const text = scale === 0 ? whole : `${whole.slice(0, -scale)}.${whole.slice(-scale)}`
        const accepted = scale <= places && (zeroTaken || units > 0)
        expect(check({ [field]: text }).success).toBe(accepted)
      }),
    )
    for (const text of ['-1', '1e3', '1,00', '.5', '5.', ' 5', 'NaN', '']) {
      expect(wrongField({ [field]: text })).toBe(`0.${field}`)
    }
    expect(check({ [field]: '0' }).success).toBe(zeroTaken)
  })

  it('are 249 at most', () => {
    expect(braintreeLineItemsSchema.safeParse(Array(249).fill(item)).success).toBe(true)
    expect(braintreeLineItemsSchema.safeParse(Array(250).fill(item)).success).toBe(false)
  })

  it('have a UPC code and its type together or not at all', () => {
    expect(wrongField({ upcCode: '0123456789012' })).toBe('0.upcType')
    expect(wrongField({ upcType: 'UPC-A' })).toBe('0.upcCode')
    for (const upcType of ['UPC-A', 'UPC-B', 'UPC-C', 'UPC-D', 'UPC-E', 'UPC-2', 'UPC-5']) {
      expect(check({ upcCode: '1'.repeat(17), upcType }).success).toBe(true)
    }
    expect(wrongField({ upcCode: '1'.repeat(18), upcType: 'UPC-A' })).toBe('0.upcCode')
    expect(wrongField({ upcCode: '1', upcType: 'EAN' })).toBe('0.upcType')
  })

  it.each([
    ['kind', 'refund'],
    ['url', 'not an address'],
    ['url', 'javascript:alert(1)'],
    ['colour', 'red'],
  ])('refuse %s "%s"', (field, value) => {
    expect(check({ [field]: value }).success).toBe(false)
  })

  it.each(['name', 'quantity', 'unitAmount', 'totalAmount'])('need %s', (field) => {
    expect(wrongField({ [field]: undefined })).toBe(`0.${field}`)
  })

  it('are credit to the customer unless they say otherwise', () => {
    expect(check({}).data).toEqual([{ ...item, kind: 'credit' }])
    expect(check({ kind: 'debit' }).data).toMatchObject([{ kind: 'debit' }])
  })
})

describe('line items on their way', () => {
  let rig: BraintreeRig
  beforeEach(async () => {
    rig = await startBraintreeRig()
  })
  afterEach(() => rig.stop())

  it('reach Braintree as they are', async () => {
    const more = { description: 'Wool', upcCode: '1', upcType: 'UPC-A', url: 'https://example.com/scarf' }
    const lineItems = [{ ...item, ...more }] as LineItem[]
    const answer = await rig.gateway.submit(refundAttempt(rig, '10.00', { lineItems }))
    const refund = rig.braintree.find('gatewayReference' in answer ? answer.gatewayReference : '')
    expect(refund?.lineItems).toEqual([
      {
        name: 'Scarf',
        kind: 'credit',
        quantity: '1',
        unit_amount: '10.00',
        total_amount: '10.00',
        description: 'Wool',
        upc_code: '1',
        upc_type: 'UPC-A',
        url: 'https://example.com/scarf',
      },
    ])
  })

  it('are refused by name before anything is stored or sent', () => {
    const lineItems = [item, { ...item, name: 'x'.repeat(36) }]
    const prepare = () => refundAttempt(rig, '10.00', { lineItems })
    expect(prepare).toThrow(RefundError)
    expect(prepare).toThrow('lineItems.1.name: must have at most 35 characters.')
  })

  it('are left out where the agent named none', () => {
    expect(refundAttempt(rig, '10.00', { lineItems: [] }).body).not.toHaveProperty('transaction.lineItems')
  })
})
