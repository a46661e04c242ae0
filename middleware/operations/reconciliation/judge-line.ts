import type { Gateway } from '../../gateways/gateway.ts'
import type { ReportLine } from '../../gateways/report-line.ts'
import { Money } from '../../money/money.ts'
import { judgeEvent } from '../../refunds/judge-event.ts'
import type { RefundEventKind } from '../../refunds/judge-event.ts'
import { COMMANDS, gatewaySays, ledgerSays } from './break.ts'
import type { Break, BreakKind } from './break.ts'
import type { LedgerMatch } from './ledger-match.ts'

export interface Verdict {
  /** What the line is about; one subject may have many lines, and the latest counts. */
  readonly subject: string
  /** Null: the same is said here and there. */
  readonly break: Break | null
  /** The line, told to the ledger as an event, mends it. */
  readonly mends: boolean
}

/** What is being compared. */
export interface Compared {
  readonly gateway: Gateway
  /** The same comparison once more, which then tells the ledger what the report says. */
  readonly applyCommand: string
}

/** Compares one line with what the ledger holds of it. */
export function judgeLine(compared: Compared, line: ReportLine, match: LedgerMatch): Verdict {
  if (match.refund) return judgeRefund(compared, line, match.refund)
  if (line.says === 'chargeback' || line.says === 'chargeback_reversed') return judgeDispute(compared, line, match)
  // What was refused, or failed in the end, left no money anywhere.
  if (line.says === 'refund_failed' || line.says === 'refund_failed_late') return agreed(subjectOf(line))
  return missingHere(compared, line, match)
}

function judgeRefund(compared: Compared, line: ReportLine, refund: NonNullable<LedgerMatch['refund']>): Verdict {
  const { refundId, state, evidenceAt } = refund
  const told = line.event.amount
  const isWhole = refund.kind === 'void' || refund.kind === 'undo'
  if (told && !isWhole) {
    const wrong = differs(told, refund)
    if (wrong) return moneyDiffers(compared, line, refund, wrong)
  }
  // A report books late failures and money that came back alike: either way it is the merchant's again.
  if (line.says === 'refund_reversed' && state === 'failed') return agreed(refundId)
  const happened = line.event.occurredAt === null ? 0 : Date.parse(line.event.occurredAt)
  const restsOn = evidenceAt?.getTime() ?? 0
  const says = line.says as RefundEventKind
  const judgement = judgeEvent(says, state, happened > restsOn, happened < restsOn)
  switch (judgement.kind) {
    case 'nothing_new':
    case 'confirmed':
      return agreed(refundId)
    case 'move':
      return broken('other_state', line, refund, {
        mends: true,
        cause: `The webhook that says so never came, or was not applied yet: the ledger still has it as ${state}.`,
        command: compared.applyCommand,
      })
    case 'contradiction':
      return broken('other_state', line, refund, {
        cause: `The ledger has it as refused before any money could move, yet ${compared.gateway.label} books it: ask ${compared.gateway.label} which is true.`,
        command: COMMANDS.show(refundId),
      })
    case 'too_early':
      return broken('other_state', line, refund, {
        cause: `It was not sent from here yet, and ${compared.gateway.label} has it: an answer was lost, or it was made there by hand.`,
        command: COMMANDS.retry(refundId),
      })
  }
}

function differs(
  told: { value: string; currency: string },
  held: { amount: string; currency: string },
): BreakKind | null {
  if (told.currency !== held.currency) return 'other_currency'
  const same = Money.fromDecimal(told.value, told.currency).equals(Money.fromDecimal(held.amount, held.currency))
  return same ? null : 'other_amount'
}

function moneyDiffers(
  compared: Compared,
  line: ReportLine,
  refund: NonNullable<LedgerMatch['refund']>,
  kind: BreakKind,
): Verdict {
  const open = refund.state === 'pending' || refund.state === 'unknown'
  return broken(kind, line, refund, {
    cause: `${compared.gateway.label} paid another ${kind === 'other_amount' ? 'amount' : 'currency'} than was asked of it. What was asked never changes in the ledger: put the difference right at ${compared.gateway.label}.`,
    command: open ? COMMANDS.settle(refund.refundId) : COMMANDS.show(refund.refundId),
  })
}

/** The latest word on a dispute counts, as in the ledger. */
function judgeDispute(compared: Compared, line: ReportLine, match: LedgerMatch): Verdict {
  const { dispute, payment } = match
  const subject = subjectOf(line)
  const isOpen = line.says === 'chargeback'
  if (!dispute) return isOpen ? missingHere(compared, line, match) : agreed(subject)
  const told = line.event.amount
  const currency = payment?.currency ?? told?.currency
  const held = { amount: dispute.amount, currency: currency ?? 'EUR' }
  const wrong = told ? differs(told, held) : null
  const happened = line.event.occurredAt === null ? 0 : Date.parse(line.event.occurredAt)
  const changed = dispute.open !== isOpen && happened > (dispute.at?.getTime() ?? 0)
  if (!wrong && !changed) return agreed(subject)
  return {
    subject,
    mends: !wrong,
    break: {
      ...aboutLine(line, match, subject),
      kind: wrong ?? 'other_state',
      ledgerSays: `${held.currency} ${held.amount}, charged back${dispute.open ? '' : ', and given back'}`,
      cause: wrong
        ? `The bank took another amount than ${compared.gateway.label} told by webhook.`
        : 'The webhook that says so never came, or was not applied yet.',
      command: wrong && payment ? COMMANDS.askForPayment(payment.id) : compared.applyCommand,
    },
  }
}

function missingHere(compared: Compared, line: ReportLine, match: LedgerMatch): Verdict {
  const { told, payment } = match
  const subject = subjectOf(line)
  const what =
    line.says === 'chargeback' ? 'The bank took this back' : `It was made at ${compared.gateway.label} itself`
  const known = payment ? '' : ', for a payment of which the ledger knows nothing'
  return {
    subject,
    mends: !told,
    break: {
      ...aboutLine(line, match, subject),
      kind: 'missing_here',
      ledgerSays: 'nothing',
      cause: told
        ? `Its webhook came and waits: ${told.outcome === 'no_such_payment' ? 'no payment record in Salesforce has its reference' : `it ended as ${told.outcome ?? 'not judged yet'}`}.`
        : `${what}${known}, and its webhook never came.`,
      command: told ? COMMANDS.replay(told.event) : compared.applyCommand,
    },
  }
}

function aboutLine(line: ReportLine, { payment }: LedgerMatch, subject: string) {
  return {
    subject,
    refundId: null,
    paymentId: payment?.id ?? null,
    paymentReference: line.event.paymentReference,
    gatewayReference: line.event.refundReference,
    gatewaySays: gatewaySays(line),
    happenedAt: line.event.occurredAt,
  }
}

function broken(
  kind: BreakKind,
  line: ReportLine,
  refund: NonNullable<LedgerMatch['refund']>,
  { mends = false, ...why }: { mends?: boolean; cause: string; command: string },
): Verdict {
  const { refundId, paymentId } = refund
  return {
    subject: refundId,
    mends,
    break: {
      ...why,
      kind,
      subject: refundId,
      refundId,
      paymentId,
      paymentReference: refund.paymentReference ?? line.event.paymentReference,
      gatewayReference: refund.gatewayReference ?? line.event.refundReference,
      ledgerSays: ledgerSays(refund),
      gatewaySays: gatewaySays(line),
      happenedAt: line.event.occurredAt,
    },
  }
}

function agreed(subject: string): Verdict {
  return { subject, break: null, mends: false }
}

/** A dispute without a reference of its own is its payment's. */
function subjectOf({ event }: ReportLine): string {
  return event.refundReference ?? event.paymentReference ?? event.identity
}
