/**
 * From the dialog to the card on the same page. notifyRecordUpdateAvailable alone is not enough: it speaks up only when a
 * field of the record has changed, and a refund that was just requested has changed none yet.
 */
type Listener = (refundId: string | null) => void

const listeners = new Map<string, Set<Listener>>()

/** @returns a function that ends it */
export function onRefundRequested(paymentId: string, listener: Listener): () => void {
  const ofPayment = listeners.get(paymentId) ?? new Set()
  listeners.set(paymentId, ofPayment.add(listener))
  return () => {
    ofPayment.delete(listener)
    if (ofPayment.size === 0 && listeners.get(paymentId) === ofPayment) listeners.delete(paymentId)
  }
}

/** `refundId` is null where the answer was lost: there may be a refund, and nobody here knows its id. */
export function refundRequested(paymentId: string, refundId: string | null): void {
  for (const listener of [...(listeners.get(paymentId) ?? [])]) listener(refundId)
}
