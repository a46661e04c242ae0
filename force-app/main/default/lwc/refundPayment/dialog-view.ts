import type { RefundForm } from '@salesforce/apex/RefundController.getRefundForm'
import type { DirectDebit } from '@salesforce/apex/RefundController.previewRefund'
import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import { displayAmount, readAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { isWaiting } from 'c/refundStage'
import { LABEL } from './labels.ts'
import type { PreviewReading } from './preview-question.ts'
import { amountSentence, canUndo, factsOf, recentLines, type Fact, type RecentLine } from './sentences.ts'
import { outlookOf, type Outlook } from './what-happens.ts'

export type Phase = 'loading' | 'editing' | 'confirming' | 'sending' | 'done' | 'withdrawing' | 'refused'

/** What the agent asked for last. */
export type Asked = 'refund' | 'undo' | 'withdrawal'

/** All that the dialog knows. */
export interface DialogState {
  readonly phase: Phase
  readonly asked: Asked
  readonly form: RefundForm | null
  readonly amountText: string
  readonly decimalMark: string
  readonly reading: PreviewReading
  /** As the server told it last; undefined until it has. */
  readonly directDebit: DirectDebit | null | undefined
  readonly outcome: RefundOutcome | null
}

/** What follows from it for the eye and the ear. */
export interface DialogView {
  /** The phase, as a template can ask for it. */
  readonly is: Partial<Record<Phase, boolean>>
  readonly isFormShown: boolean
  readonly isOutcomeShown: boolean
  /** Something is on its way: nothing can be pressed, and nothing closes. */
  readonly isBusy: boolean
  readonly isUndo: boolean
  /** What is sent takes the whole payment back: chosen, or all that a refund of everything can still be. */
  readonly sendsUndo: boolean
  readonly isAmountAsked: boolean
  readonly isUndoOffered: boolean
  /** No money moved: another amount, or another day, may do. */
  readonly isRefusedRefund: boolean
  readonly canWithdraw: boolean
  readonly isEverythingLeft: boolean
  readonly isGuarded: boolean
  readonly directDebit: DirectDebit | null
  readonly schemeLabel: string | null
  readonly isDirectDebit: boolean
  /** Decimal text; null while what is typed cannot be refunded. An undo is always everything. */
  readonly amount: string | null
  /** What is wrong with what is typed. */
  readonly amountMessage: string
  readonly outlook: Outlook | null
  readonly outlookClass: string
  readonly facts: readonly Fact[]
  readonly recentRefunds: readonly RecentLine[]
  readonly heading: string
  readonly amountLabel: string
  readonly undoChoice: string
  readonly refundLabel: string
  readonly againLabel: string
  readonly changeLabel: string
  readonly busyText: string
}

export function viewOf(state: DialogState): DialogView {
  const { phase, asked, form, outcome, reading, directDebit } = state
  const isUndo = asked === 'undo'
  const isVoid = reading.kind === 'known' && reading.preview.action === 'void'
  const isDirectDebit = form?.route === 'Direct Debit'
  const { amount, message } = isUndo ? { amount: form?.captured ?? null, message: '' } : typedAmount(state)
  const shown = amount === null ? '' : displayAmount(amount, form?.currencyCode ?? '')
  const outlook = amount === null || form === null ? null : outlookOf(reading, amount, form, isUndo)
  const isWithdrawal = asked === 'withdrawal'
  const busyLabel = phase === 'withdrawing' ? LABEL.withdrawing : sendingLabel(isUndo, isVoid)
  return {
    is: { [phase]: true },
    isFormShown: phase === 'editing' || phase === 'sending',
    isOutcomeShown: phase === 'done' || phase === 'withdrawing',
    isBusy: phase === 'sending' || phase === 'withdrawing',
    isUndo,
    sendsUndo: isUndo || isVoid,
    isAmountAsked: !isUndo,
    isUndoOffered: phase === 'editing' && form !== null && canUndo(form),
    isRefusedRefund: !isWithdrawal && ['rejected', 'failed', 'reversed'].includes(outcome?.state ?? ''),
    canWithdraw: outcome !== null && isWaiting(outcome),
    isEverythingLeft: amount !== null && amount === form?.refundable,
    isGuarded: directDebit === undefined ? isDirectDebit : Boolean(directDebit),
    directDebit: directDebit ?? null,
    schemeLabel: form?.schemeLabel ?? null,
    isDirectDebit,
    amount,
    amountMessage: message,
    outlook,
    outlookClass: outlook?.isObstacle ? 'slds-m-top_small notice' : 'slds-m-top_small',
    facts: form === null ? [] : factsOf(form),
    recentRefunds: form === null ? [] : recentLines(form),
    heading: form === null ? LABEL.titleUnnamed : fill(isUndo ? LABEL.undoTitle : LABEL.title, form.paymentName),
    amountLabel: fill(LABEL.amountField, form?.currencyCode ?? ''),
    undoChoice: isUndo ? LABEL.undoBack : LABEL.undo,
    refundLabel: amount === null ? LABEL.refundNoAmount : fill(buttonLabel(isUndo, isVoid), shown),
    againLabel: fill(LABEL.againYes, shown),
    changeLabel: isUndo ? LABEL.goBack : LABEL.changeAmount,
    busyText: fill(busyLabel, shown, form?.gatewayLabel ?? ''),
  }
}

function typedAmount({ amountText, form, decimalMark }: DialogState): { amount: string | null; message: string } {
  if (form === null) return { amount: null, message: '' }
  const { decimals, refundable } = form
  const reading = readAmount(amountText, { decimals, most: refundable, decimalMark })
  if ('amount' in reading) return { amount: reading.amount, message: '' }
  return { amount: null, message: amountSentence(reading.problem, amountText, decimalMark, form) }
}

function buttonLabel(isUndo: boolean, isVoid: boolean): string {
  if (isVoid) return LABEL.voidAmount
  return isUndo ? LABEL.undoAmount : LABEL.refund
}

function sendingLabel(isUndo: boolean, isVoid: boolean): string {
  if (isVoid) return LABEL.voiding
  return isUndo ? LABEL.undoing : LABEL.sending
}
