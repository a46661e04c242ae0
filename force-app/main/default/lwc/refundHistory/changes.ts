import type { RefundHistory as History, RefundLine } from '@salesforce/apex/RefundController.getRefundHistory'
import { displayAmount } from 'c/decimalAmount'
import { fill } from 'c/labelText'
import { stageLook } from 'c/refundStage'
import { LABEL } from './labels.ts'

/** A part of the balance, as its legend offers them. */
export type Part = 'captured' | 'refunded' | 'underWay' | 'held' | 'chargedBack' | 'refundable'

/** It is not made of refunds. */
export function hasOtherEvidence(part: Part): boolean {
  return part === 'captured' || part === 'chargedBack' || part === 'refundable'
}

export function isOfPart({ stage, held }: RefundLine, part: Part): boolean {
  if (hasOtherEvidence(part)) return false
  if (part === 'held') return held
  return part === 'underWay' ? stageLook(stage).underWay : stage === 'Refunded'
}

/** Another look may show something else. */
export function isMoving({ stage, written }: RefundLine): boolean {
  return stageLook(stage).underWay || !written
}

/** What the rest of the page would show otherwise, too. */
export function stateOf({ refunds, exposures, chargebacks: _, ...balance }: History): string {
  const lines = refunds.map(({ refundId, stage, version, written }) => [refundId, stage, version, written])
  return JSON.stringify([balance, exposures, lines])
}

/** For the ear: which refunds are in another stage, and which money is newly at risk. */
export function changesBetween(before: History, after: History): string[] {
  const amount = (text: string) => displayAmount(text, after.currencyCode)
  const stages = new Map(before.refunds.map(({ refundId, stage }) => [refundId, stage]))
  const known = new Set(before.exposures.map(({ name }) => name))
  return [
    ...after.exposures
      .filter(({ name }) => !known.has(name))
      .map((each) => fill(LABEL.exposureNew, amount(each.amount))),
    ...after.refunds
      .filter(({ refundId, stage }) => stages.get(refundId) !== stage)
      .map((each) => fill(LABEL.changed, amount(each.amount), stageLook(each.stage).label)),
  ]
}

/** Records know neither what stands in line nor the disputes: what the middleware said of the same state is still so. */
export function withMemoryOf(before: History | null, after: History): History {
  const places = new Map(before?.refunds.map((line) => [`${line.refundId} ${line.version}`, line]))
  const refunds = after.refunds.map((line) => {
    const known = places.get(`${line.refundId} ${line.version}`)
    if (known === undefined) return line
    return { ...line, waitingSentence: known.waitingSentence, position: known.position }
  })
  const chargebacks = before?.chargedBack === after.chargedBack ? before.chargebacks : null
  return { ...after, refunds, chargebacks }
}
