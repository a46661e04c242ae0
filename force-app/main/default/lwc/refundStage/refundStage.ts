import { LABEL } from './labels.ts'

export interface StageLook {
  readonly label: string
  /** What it means, where that is not said by the refund itself. */
  readonly meaning: string | null
  readonly icon: string
  readonly iconVariant: 'success' | 'error' | 'warning' | ''
  readonly underWay: boolean
}

/** Refund__c.Stage__c, in words and with an icon; colour only repeats what both say. */
const LOOKS: Readonly<Record<string, StageLook>> = {
  Processing: look(LABEL.processing, 'utility:clock', { meaning: LABEL.processingThen, underWay: true }),
  'Sent to gateway': look(LABEL.sent, 'utility:send', { meaning: LABEL.sentThen, underWay: true }),
  'Checking with gateway': look(LABEL.checking, 'utility:question', {
    meaning: LABEL.checkingThen,
    iconVariant: 'warning',
    underWay: true,
  }),
  Refunded: look(LABEL.refunded, 'utility:success', { iconVariant: 'success' }),
  Voided: look(LABEL.voided, 'utility:ban', { meaning: LABEL.voidedThen }),
  'Cancelled or refunded': look(LABEL.undone, 'utility:undo', { meaning: LABEL.undoneThen }),
  Failed: look(LABEL.failed, 'utility:error', { iconVariant: 'error' }),
  Reversed: look(LABEL.reversed, 'utility:back', { iconVariant: 'warning' }),
}

/** A refund that is Processing because it stands in line. */
export const WAITING_LOOK: StageLook = look(LABEL.waiting, 'utility:clock', { underWay: true })

/** Not sent yet, and the middleware says why. */
export function isWaiting(refund: {
  readonly stage: string
  readonly waitingSentence: string | null
  readonly position: number | null
}): boolean {
  return refund.stage === 'Processing' && Boolean(refund.waitingSentence || refund.position)
}

/** A stage that this version does not know is shown by its own word, and taken as final. */
export function stageLook(stage: string): StageLook {
  return LOOKS[stage] ?? look(stage, 'utility:info', {})
}

function look(label: string, icon: string, rest: Partial<StageLook>): StageLook {
  return { label, icon, meaning: null, iconVariant: '', underWay: false, ...rest }
}
