import type { RefundOutcome } from '@salesforce/apex/RefundController.requestRefund'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { isWaiting } from 'c/refundStage'
import { durationText } from 'c/timeWords'
import { LABEL } from './labels.ts'

/** What was asked for: the same state has other words for each. */
export type Asked = 'refund' | 'undo' | 'credit' | 'withdrawal'

export interface Telling {
  readonly heading: string
  readonly icon: string
  readonly iconVariant: 'success' | 'error' | 'warning' | ''
  readonly sentences: readonly string[]
  readonly isRefusal: boolean
}

interface Words {
  readonly notDone: string
  readonly sentThen: string
  readonly processingThen: string
  readonly waitingThen: string
  readonly beingCheckedThen: string
}

const REFUND_WORDS: Words = {
  notDone: LABEL.notRefunded,
  sentThen: LABEL.sentThen,
  processingThen: LABEL.processingThen,
  waitingThen: LABEL.waitingThen,
  beingCheckedThen: LABEL.beingCheckedThen,
}
const WORDS: Readonly<Record<Asked, Words>> = {
  refund: REFUND_WORDS,
  withdrawal: REFUND_WORDS,
  undo: { ...REFUND_WORDS, notDone: LABEL.notUndone },
  credit: {
    notDone: LABEL.creditNotPaid,
    sentThen: LABEL.creditSentThen,
    processingThen: LABEL.creditProcessingThen,
    waitingThen: LABEL.creditWaitingThen,
    beingCheckedThen: LABEL.creditBeingCheckedThen,
  },
}

/** What became of it, in words. A state that this version does not know is taken as the careful one. */
export function tellingOf(outcome: RefundOutcome, asked: Asked, isDirectDebit: boolean): Telling {
  const { state, gatewayLabel, sentence, remedy } = outcome
  const words = WORDS[asked]
  switch (state) {
    case 'succeeded':
      return done(outcome, asked, isDirectDebit)
    case 'pending':
      if (asked === 'undo') return beingUndone(gatewayLabel)
      return underWay(fill(LABEL.sent, gatewayLabel), 'utility:send', fill(words.sentThen, gatewayLabel))
    case 'requested':
    case 'submitting':
      if (isWaiting(outcome)) return underWay(LABEL.waiting, 'utility:clock', ...waiting(outcome), words.waitingThen)
      if (asked === 'undo') return beingUndone(gatewayLabel)
      return underWay(fill(LABEL.processing, gatewayLabel), 'utility:clock', fill(words.processingThen, gatewayLabel))
    case 'rejected':
    case 'failed':
    case 'reversed':
      if (asked === 'withdrawal' && state === 'rejected') return withdrawn(outcome)
      return {
        heading: words.notDone,
        icon: 'utility:error',
        iconVariant: 'error',
        sentences: [sentence ?? '', remedy ?? ''].filter((text) => text !== ''),
        isRefusal: true,
      }
    default:
      return {
        heading: LABEL.beingChecked,
        icon: 'utility:question',
        iconVariant: 'warning',
        sentences: [words.beingCheckedThen],
        isRefusal: false,
      }
  }
}

function done({ stage, amount, currencyCode, gatewayLabel }: RefundOutcome, asked: Asked, isDirectDebit: boolean) {
  const success = { icon: 'utility:success', iconVariant: 'success', isRefusal: false } as const
  if (stage === 'Voided') return { ...success, heading: LABEL.voided, sentences: [LABEL.voidedThen] }
  if (stage === 'Cancelled or refunded') {
    return { ...success, heading: LABEL.undone, sentences: [fill(LABEL.undoneThen, gatewayLabel)] }
  }
  const shown = displayAmount(amount, currencyCode)
  if (asked === 'credit') return { ...success, heading: fill(LABEL.creditSucceeded, shown), sentences: [] }
  const then = isDirectDebit ? LABEL.succeededThenBank : LABEL.succeededThenCard
  return { ...success, heading: fill(LABEL.succeeded, shown), sentences: [then] }
}

function beingUndone(gatewayLabel: string): Telling {
  return underWay(LABEL.beingUndone, 'utility:undo', fill(LABEL.beingUndoneThen, gatewayLabel))
}

/** Why, which place, about when. */
function waiting({ waitingSentence, position, inSeconds }: RefundOutcome): string[] {
  const why = waitingSentence ?? LABEL.waitingWhy
  const time = typeof inSeconds === 'number' ? durationText(inSeconds) : null
  if (!position) return time === null ? [why] : [why, fill(LABEL.waitingIn, time)]
  if (time === null) return [why, fill(LABEL.waitingPosition, String(position))]
  return [why, fill(LABEL.waitingPositionIn, String(position), time)]
}

function withdrawn({ amount, currencyCode, gatewayLabel }: RefundOutcome): Telling {
  const then = fill(LABEL.withdrawnThen, gatewayLabel, displayAmount(amount, currencyCode))
  return underWay(LABEL.withdrawn, 'utility:undo', then)
}

function underWay(heading: string, icon: string, ...sentences: string[]): Telling {
  return { heading, icon, iconVariant: '', sentences, isRefusal: false }
}
