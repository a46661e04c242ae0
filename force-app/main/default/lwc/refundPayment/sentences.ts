import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import lang from '@salesforce/i18n/lang'
import { compareAmounts, displayAmount, isNothing, smallestAmount, type AmountProblem } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { stageLook } from 'c/refundStage'
import { LABEL } from './labels.ts'

const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR

export interface Fact {
  readonly key: string
  readonly label: string
  readonly value: string
}

export interface RecentLine {
  readonly key: string
  readonly text: string
  readonly icon: string
}

/** Where the payment stands. What is held or charged back is named only where there is some. */
export function factsOf(form: RefundForm): Fact[] {
  const fact = (key: string, label: string, amount: string) => ({
    key,
    label,
    value: displayAmount(amount, form.currencyCode),
  })
  return [
    fact('captured', LABEL.originalPayment, form.captured),
    fact('refunded', LABEL.refundedToDate, form.refunded),
    fact('underWay', LABEL.underWay, form.underWay),
    ...(isNothing(form.held) ? [] : [fact('held', LABEL.held, form.held)]),
    ...(isNothing(form.chargedBack) ? [] : [fact('chargedBack', LABEL.withTheBank, form.chargedBack)]),
    ...(isNothing(form.exposure) ? [] : [fact('exposure', LABEL.atRisk, form.exposure)]),
    fact('refundable', LABEL.stillRefundable, form.refundable),
  ]
}

/** The amount field's message. `typed` is what stands in the field. */
export function amountSentence(problem: AmountProblem, typed: string, decimalMark: string, form: RefundForm): string {
  switch (problem) {
    case 'missing':
      return LABEL.amountMissing
    case 'unreadable':
      return fill(LABEL.amountUnreadable, form.refundable)
    case 'ambiguous':
      return fill(LABEL.amountAmbiguous, typed.trim(), decimalMark)
    case 'too_many_decimals':
      return form.decimals === 0
        ? fill(LABEL.amountNoDecimals, form.currencyCode)
        : fill(LABEL.amountDecimals, form.currencyCode, String(form.decimals))
    case 'less_than_smallest':
      return fill(LABEL.amountAtLeast, displayAmount(smallestAmount(form.decimals), form.currencyCode))
    case 'more_than_left':
      return fill(LABEL.amountAtMost, displayAmount(form.refundable, form.currencyCode))
  }
}

/** The whole payment is still there: nothing of it went back, is on its way back, or was taken back. */
export function canUndo(form: RefundForm): boolean {
  const { captured, refundable, refunded, underWay, held, chargedBack, voided } = form
  const isUntouched = [refunded, underWay, held, chargedBack].every(isNothing)
  return !voided && isUntouched && compareAmounts(captured, refundable) === 0
}

/** Why nothing can be refunded. `lastRefundOn` is the day, in the user's words, on which the last refund was paid. */
export function whyNothing(form: RefundForm, lastRefundOn: string | null): string {
  const amount = (text: string) => displayAmount(text, form.currencyCode)
  if (form.voided) return LABEL.nothingVoided
  if (!isNothing(form.chargedBack)) {
    return fill(LABEL.nothingChargedBack, amount(form.chargedBack), form.gatewayLabel)
  }
  if (!isNothing(form.underWay)) return fill(LABEL.nothingUnderWay, amount(form.underWay))
  if (!isNothing(form.held)) return fill(LABEL.nothingHeld, amount(form.held))
  if (isNothing(form.refunded)) return LABEL.nothingLeft
  return lastRefundOn === null ? LABEL.nothingRefunded : fill(LABEL.nothingRefundedOn, lastRefundOn)
}

/** The question before the same amount goes out again, or null where there is nothing to ask. */
export function askAgain(amount: string, form: RefundForm): string | null {
  const same = form.recentRefunds.find((refund) => compareAmounts(refund.amount, amount) === 0)
  if (same === undefined) return null
  return fill(
    stageLook(same.stage).underWay ? LABEL.againUnderWay : LABEL.againRefunded,
    displayAmount(amount, form.currencyCode),
    ago(same.minutesAgo),
  )
}

/** What is under way, and what was refunded in the last ten minutes. */
export function recentLines({ recentRefunds, currencyCode }: RefundForm): RecentLine[] {
  return recentRefunds.map(({ amount, stage, minutesAgo }, index) => {
    const { label, icon } = stageLook(stage)
    const text = fill(LABEL.recentLine, displayAmount(amount, currencyCode), label, ago(minutesAgo))
    return { key: String(index), text, icon }
  })
}

function ago(minutes: number): string {
  if (minutes < 1) return LABEL.justNow
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'always' })
  if (minutes < MINUTES_PER_HOUR) return format.format(-minutes, 'minute')
  if (minutes < MINUTES_PER_DAY) return format.format(-Math.floor(minutes / MINUTES_PER_HOUR), 'hour')
  return format.format(-Math.floor(minutes / MINUTES_PER_DAY), 'day')
}
