import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi'
import { refundRequested } from 'c/refundRequested'

/**
 * Lets the rest of the page follow. Also after a refusal: what looked like one may be an answer that was lost, and then
 * nobody here knows the refund's id.
 */
export async function tellPage(paymentId: string, refundId: string | null): Promise<void> {
  refundRequested(paymentId, refundId)
  try {
    await notifyRecordUpdateAvailable([{ recordId: paymentId }])
  } catch {
    // The page will read the record again some other time; what became of the refund stays as it is.
  }
}
