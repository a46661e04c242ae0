import getRefundHistory from '@salesforce/apex/RefundController.getRefundHistory'
import locale from '@salesforce/i18n/locale'
import timeZone from '@salesforce/i18n/timeZone'

/** The day of the latest paid refund in the user's own words, such as "3 Nov 2026"; null where it cannot be read. */
export async function lastRefundDay(paymentId: string): Promise<string | null> {
  try {
    const { refunds } = await getRefundHistory({ paymentId, askMiddleware: false })
    const times = refunds
      .filter(({ stage }) => stage === 'Refunded')
      .map(({ decidedAt, requestedAt }) => Date.parse(decidedAt ?? requestedAt))
    if (times.length === 0) return null
    const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone })
    return format.format(Math.max(...times))
  } catch {
    // It only completes a sentence that stands without it.
    return null
  }
}
