import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ERRORS, type ErrorEntry } from '../../middleware/errors.ts'
import { Money } from '../../middleware/money/money.ts'
import {
  creditAnswer,
  paymentAnswer,
  preview,
  problem,
  refundAnswer,
  withdrawAnswer,
  type State,
} from './middleware-answers.ts'

// The examples that Apex, the stand-ins and the middleware agree on.

const REFUND_EXAMPLES = ['pending', 'succeeded', 'rejected', 'failed', 'unknown'] as const
const WAITING_EXAMPLES = ['waiting', 'direct_debit_waiting'] as const
const WHOLE_EXAMPLES = [
  ['voided', 'Void'],
  ['undone', 'Undo'],
] as const
const PAYMENT_EXAMPLES = ['payment', 'charged_back'] as const
const PREVIEW_EXAMPLES = ['preview', 'preview_void', 'preview_wait', 'preview_direct_debit', 'preview_nothing'] as const
const PROBLEM_EXAMPLES = [
  'amount_exceeds_refundable',
  'user_amount_at_limit',
  'not_permitted',
  'service_unavailable',
  'acknowledgement_missing',
  'direct_debit_too_young',
  'withdraw_too_late',
  'credits_off',
] as const

const examples = z
  .record(z.string(), z.unknown())
  .parse(
    JSON.parse(
      await readFile(
        new URL('../../force-app/main/default/staticresources/RefundMiddlewareExamples.json', import.meta.url),
        'utf8',
      ),
    ),
  )

/** Whether a sentence of errors.ts, its gaps filled with anything, reads like this. */
function isFilled(template: string, text: string): boolean {
  const pattern = template
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+')
  return new RegExp(`^${pattern}$`).test(text)
}

describe('the examples of the middleware', () => {
  it('are those that were agreed, no more and no fewer', () => {
    const names = [
      ...REFUND_EXAMPLES,
      ...WAITING_EXAMPLES,
      'withdrawn',
      ...WHOLE_EXAMPLES.map(([name]) => name),
      ...PAYMENT_EXAMPLES,
      ...PREVIEW_EXAMPLES,
      'credit',
      ...PROBLEM_EXAMPLES,
    ]
    expect(Object.keys(examples).sort()).toEqual(names.sort())
  })

  it.each(REFUND_EXAMPLES)('%s is a refund in that state, with the balance that it leaves', (name) => {
    const { body } = refundAnswer.parse(examples[name])
    expect(body.refund.state).toBe(name)
  })

  it.each(WAITING_EXAMPLES)('%s is a refund that says why it waits, in the words of the table', (name) => {
    const { refund } = refundAnswer.parse(examples[name]).body
    expect(refund.state).toBe('requested')
    const sentences = Object.values(ERRORS).map((entry: ErrorEntry) => entry.sentence)
    expect(sentences).toContain(refund.waiting?.sentence)
  })

  it('withdrawn is the waiting refund, taken back, and its amount is free again', () => {
    const waits = refundAnswer.parse(examples['waiting']).body
    const { refund, payment } = withdrawAnswer.parse(examples['withdrawn']).body
    expect(refund).toMatchObject({ id: waits.refund.id, state: 'rejected' })
    const freed = Money.fromDecimal(waits.payment.refundable, 'EUR').plus(Money.fromDecimal(refund.amount, 'EUR'))
    expect(payment.refundable).toBe(freed.toDecimal())
  })

  it.each(WHOLE_EXAMPLES)('%s is a %s of the whole payment', (name, kind) => {
    const { refund, payment } = refundAnswer.parse(examples[name]).body
    expect(refund).toMatchObject({ kind, amount: payment.captured })
  })

  it.each(PREVIEW_EXAMPLES)('%s says what would happen', (name) => {
    expect(preview.safeParse(examples[name]).error).toBeUndefined()
  })

  it('credit is a credit under way', () => {
    expect(creditAnswer.parse(examples['credit']).body.credit.state).toBe('pending')
  })

  it.each(PAYMENT_EXAMPLES)('%s lists its refunds newest first, and its balance is made of what it lists', (name) => {
    const { body } = paymentAnswer.parse(examples[name])
    const sum = (states: readonly State[]) =>
      body.refunds
        .filter((refund) => states.includes(refund.state))
        .reduce((total, refund) => total.plus(Money.fromDecimal(refund.amount, 'EUR')), Money.zero('EUR'))
        .toDecimal()
    expect(body.payment.refunded).toBe(sum(['succeeded']))
    expect(body.payment.underWay).toBe(sum(['requested', 'submitting', 'pending', 'unknown']))
  })

  it.each(PROBLEM_EXAMPLES)('%s says what the table of errors says', (name) => {
    const { body } = problem.parse(examples[name])
    const entry: ErrorEntry = ERRORS[name]
    expect(body).toMatchObject({ code: name, status: entry.httpStatus, retryable: entry.retryable })
    expect(isFilled(entry.sentence, body.title)).toBe(true)
    expect(isFilled(entry.remedy, body.remedy)).toBe(true)
  })

  it.each(['rejected', 'failed', 'unknown', 'withdrawn'] as const)(
    '%s carries a code of the table, in its words',
    (name) => {
      const { error } = (name === 'withdrawn' ? withdrawAnswer : refundAnswer).parse(examples[name]).body.refund
      const entries: ErrorEntry[] = Object.values(ERRORS)
      const told = entries.filter(
        (entry) => entry.crmCode === error?.code && isFilled(entry.sentence, error?.sentence ?? ''),
      )
      expect(told.map(({ remedy }) => remedy)).toEqual([error?.remedy])
    },
  )
})
