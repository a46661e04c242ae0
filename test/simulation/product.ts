import { applyEvent } from '../../middleware/refunds/apply-event.ts'
import { askForRefund } from '../../middleware/refunds/ask-for-refund.ts'
import { catchUp } from '../../middleware/refunds/catch-up.ts'
import { claimRefunds, doRefundWork } from '../../middleware/refunds/due-work.ts'
import { putOffEvent, putOffRefund } from '../../middleware/refunds/failing-work.ts'
import { claimEvents } from '../../middleware/refunds/gateway-events.ts'
import { joinPayments } from '../../middleware/refunds/join-payments.ts'
import { withdrawRefund } from '../../middleware/refunds/line.ts'
import { markSilence } from '../../middleware/refunds/mark-silence.ts'
import { receiveWebhook } from '../../middleware/refunds/receive-webhook.ts'
import { settleByHand } from '../../middleware/refunds/settle-by-hand.ts'
import { submitRefund } from '../../middleware/refunds/submit-refund.ts'
import { claimWrites, writeBack } from '../../middleware/refunds/write-back.ts'

/** The steps that relay.ts and the routes wire; a mutant may replace one. */
export const PRODUCT = {
  askForRefund,
  submitRefund,
  withdrawRefund,
  claimRefunds,
  doRefundWork,
  receiveWebhook,
  claimEvents,
  applyEvent,
  claimWrites,
  writeBack,
  catchUp,
  joinPayments,
  putOffRefund,
  putOffEvent,
  markSilence,
  settleByHand,
}

export type Product = typeof PRODUCT
