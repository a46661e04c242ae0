import type { UndoPreview } from '@salesforce/apex/RefundController.previewRefund'
import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import { compareAmounts, displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { dayText, durationText } from 'c/timeWords'
import { LABEL } from './labels.ts'
import type { PreviewReading } from './preview-question.ts'

/** What the dialog says before anything is sent. */
export interface Outlook {
  /** "What happens:" or "Not possible now:". */
  readonly lead: string
  readonly text: string
  readonly isObstacle: boolean
  /** Another thing than "the money goes back": worth being heard, too. */
  readonly isSurprise: boolean
  /** Why the text is only what usually happens. */
  readonly caution: string
}

export function outlookOf(reading: PreviewReading, amount: string, form: RefundForm, isUndo: boolean): Outlook {
  const plain = { lead: LABEL.whatHappens, isObstacle: false, isSurprise: false, caution: '' }
  if (reading.kind === 'asking') return { ...plain, text: LABEL.previewAsking }
  if (reading.kind === 'unavailable') return { ...plain, text: goesBack(amount, form), caution: reading.message }
  const { preview } = reading
  if (preview.obstacle) {
    const { sentence, remedy } = preview.obstacle
    return { ...plain, lead: LABEL.notPossibleNow, text: `${sentence} ${remedy}`, isObstacle: true, isSurprise: true }
  }
  const isUsual = preview.action === 'refund' && !isInLine(preview) && !isUndo
  return { ...plain, text: actionText(preview, amount, form, isUndo), isSurprise: !isUsual }
}

export function goesBack(amount: string, form: RefundForm): string {
  const [label, unnamed] =
    form.route === 'Direct Debit' ? [LABEL.goesBackToBank, LABEL.theAccount] : [LABEL.goesBackToCard, LABEL.theCard]
  return fill(label, displayAmount(amount, form.currencyCode), form.paymentMethod ?? unnamed, form.gatewayLabel)
}

function actionText(preview: UndoPreview, amount: string, form: RefundForm, isUndo: boolean): string {
  const line = inLineText(preview)
  switch (preview.action) {
    case 'void':
      return LABEL.voidThen
    case 'wait':
      return joined(waitText(preview, compareAmounts(amount, form.captured) === 0), line)
    case 'gateway_decides':
      return joined(fill(LABEL.gatewayDecides, form.gatewayLabel), line)
    case 'refund':
      return joined(isUndo ? LABEL.tooLateToVoid : '', goesBack(amount, form), line)
    // Also for an action that this version does not know: the server has said it in a sentence.
    default:
      return preview.sentence || LABEL.previewNothing
  }
}

/** It waits for settlement when the day is known; else for what the server says, which may be money. */
function waitText({ settlesOn, sentence }: UndoPreview, isWhole: boolean): string {
  if (!settlesOn) return sentence || (isWhole ? LABEL.waitWhole : LABEL.waitPart)
  return fill(isWhole ? LABEL.waitWholeUntil : LABEL.waitPartUntil, dayText(settlesOn))
}

/** Others are before it, or it must keep its distance to the last one. */
function isInLine({ queue }: UndoPreview): boolean {
  return queue ? queue.position > 1 || (queue.inSeconds ?? 0) > 0 : false
}

function inLineText(preview: UndoPreview): string {
  if (!preview.queue || !isInLine(preview)) return ''
  const { position, inSeconds } = preview.queue
  if (position === 1) return fill(LABEL.next, durationText(inSeconds ?? 0))
  if (typeof inSeconds !== 'number') return fill(LABEL.inLine, String(position))
  return fill(LABEL.paced, String(position), durationText(inSeconds))
}

function joined(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}
