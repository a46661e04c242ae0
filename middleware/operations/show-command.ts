import { RefundError } from '../errors.ts'
import { refundStory } from '../refunds/refund-story.ts'
import type { RefundStory } from '../refunds/refund-story.ts'
import { tellFailure } from '../refunds/refund-view.ts'
import { refundIdOf } from './command.ts'
import type { Command } from './command.ts'
import { textTable } from './text-table.ts'

/** One refund with its whole story. */
export const show: Command = {
  usage: 'show REFUND',
  about: 'one refund, void or credit with its whole story: requests, sendings, webhooks, writes, who',
  options: {},
  prepare(positionals) {
    const id = refundIdOf(positionals, this.usage)
    return async ({ database }) => {
      const story = await refundStory(database, id)
      if (!story) throw new RefundError('refund_not_found')
      const { amount, ...refund } = story.refund
      const data = { ...story, refund: { ...refund, amount: amount.toDecimal(), currency: amount.currency } }
      return { data, text: tell(story) }
    }
  },
}

function tell({ refund, attempts, events, changes, write }: RefundStory): string {
  const failure = tellFailure(refund)
  const head = [
    `${refund.kind} ${refund.id}: ${refund.amount} ${refund.state}`,
    `  payment ${refund.paymentId ?? '–'}, ${refund.gateway} ${refund.gatewayAccount} ${refund.paymentReference ?? ''} → ${refund.gatewayReference ?? 'no reference yet'}`,
    ...(failure ? [`  ${failure.sentence} ${failure.remedy} ${failure.gatewayMessage ?? ''}`.trimEnd()] : []),
    ...(refund.attention ? [`  Needs a person: ${refund.attention.reason}`] : []),
    ...(refund.heldUntil ? [`  Its amount is held until ${time(refund.heldUntil)}`] : []),
    ...(refund.erasedAt ? [`  What was written and said of it was erased ${time(refund.erasedAt)}`] : []),
    refund.dueAt ? `  Looked at again ${time(refund.dueAt)}` : '  Nobody looks at it any more by itself',
    `  Salesforce holds version ${write.written} of ${write.version}${write.refusal ? `; refused: ${write.refusal}` : ''}`,
  ]
  return [
    head.join('\n'),
    section(
      'Changes',
      ['when', 'from', 'to', 'evidence', 'by'],
      changes.map((each) => [time(each.changedAt), each.from ?? '', each.to, each.evidence, each.instance]),
    ),
    section(
      'Sent to the gateway',
      ['first', 'what', 'key', 'times', 'answer', 'detail'],
      attempts.map((each) => [
        time(each.firstSentAt),
        each.operation,
        each.key,
        String(each.sends),
        each.answer ?? '',
        each.detail ?? '',
      ]),
    ),
    section(
      'Told by the gateway',
      ['event', 'received', 'kind', 'happened', 'outcome', 'tries'],
      events.map((each) => [
        each.id,
        time(each.receivedAt),
        each.gatewayKind,
        time(each.occurredAt),
        each.outcome ?? 'waits',
        String(each.tries),
      ]),
    ),
  ].join('\n\n')
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? `${title}: nothing` : `${title}\n${textTable(headings, rows)}`
}

function time(date: Date | null): string {
  return date?.toISOString().slice(0, 19).replace('T', ' ') ?? '–'
}
