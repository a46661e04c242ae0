import { crmCodeOf, ERRORS, tell } from '../../middleware/errors.ts'
import type { ErrorCode, ErrorEntry } from '../../middleware/errors.ts'

const ENTRIES = Object.entries(ERRORS) as [ErrorCode, ErrorEntry][]

describe('the table of errors', () => {
  it.each(ENTRIES)('%s has a stable name, a sentence and a remedy in plain words', (code, { sentence, remedy }) => {
    expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
    expect(`${sentence} ${remedy}`).not.toMatch(/\b(please|successfully|oops)\b|!/i)
    for (const text of [sentence, remedy]) {
      expect(text).toMatch(/[.}]$/)
      // What Salesforce keeps of it.
      expect(text.length).toBeLessThanOrEqual(255)
    }
  })

  it.each(ENTRIES)(
    '%s is either a status for the caller or a code on the refund, never both',
    (_code, { httpStatus, crmCode }) => {
      expect((httpStatus === undefined) !== (crmCode === undefined)).toBe(true)
      expect(crmCode ?? 'A').toMatch(/^[A-Z][A-Z_]{0,79}$/)
    },
  )

  it('is one code in Salesforce for each of ours, because the words of the org stand under it', () => {
    const codes = ENTRIES.map(([code]) => crmCodeOf(code))
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('fills a sentence from its details', () => {
    expect(tell('amount_exceeds_refundable', { refundable: 'EUR 70.50' }).sentence).toBe(
      'Only EUR 70.50 of this payment can still be refunded.',
    )
  })
})
