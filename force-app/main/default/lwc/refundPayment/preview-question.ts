import previewRefund from '@salesforce/apex/RefundController.previewRefund'
import type { UndoPreview } from '@salesforce/apex/RefundController.previewRefund'
import { messageOf } from 'c/apexError'
import { LABEL } from './labels.ts'

/** What is known of what would happen: still asked, told, or not to be had. */
export type PreviewReading =
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly preview: UndoPreview }
  | { readonly kind: 'unavailable'; readonly message: string }

/** Somebody who types is not asked about every digit. */
export const TYPING_PAUSE_MS = 400

/** Asks what would happen, beside the typing and never in its way; only the latest question is answered. */
export class PreviewQuestion {
  readonly answer: (reading: PreviewReading) => void
  timer: ReturnType<typeof setTimeout> | undefined
  run = 0

  constructor(answer: (reading: PreviewReading) => void) {
    this.answer = answer
  }

  /** @param amount decimal text; null asks about the whole payment */
  ask(paymentId: string, amount: string | null, afterMs = 0): void {
    this.stop()
    this.answer({ kind: 'asking' })
    if (afterMs === 0) void this.look(paymentId, amount)
    else this.timer = setTimeout(() => void this.look(paymentId, amount), afterMs)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.run++
  }

  async look(paymentId: string, amount: string | null): Promise<void> {
    const run = ++this.run
    let reading: PreviewReading
    try {
      reading = { kind: 'known', preview: await previewRefund({ paymentId, amount }) }
    } catch (error) {
      reading = { kind: 'unavailable', message: messageOf(error, LABEL.previewNoAnswer) }
    }
    if (run === this.run) this.answer(reading)
  }
}
