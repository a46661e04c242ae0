import type { Attempt, AttemptBody, GatewayAnswer, RefundInstruction, VoidInstruction } from '../gateway.ts'

/** One of Adyen's two APIs that change a payment: Checkout or Classic. */
export interface AdyenApi {
  /** @throws RefundError `amount_not_representable` */
  prepareRefund(instruction: RefundInstruction): AttemptBody
  /** For a void and for an undo: both take the whole payment. */
  prepareWhole(instruction: VoidInstruction): AttemptBody
  /** @throws when the stored body is not as this API prepared it; then nothing was sent */
  submit(attempt: Attempt): Promise<GatewayAnswer>
}
