import { AuraHandledError, type ApexContext } from './apex-runtime.ts'
import type { RefundView } from './middleware-views.ts'
import { RefundException } from './refund-middleware.ts'
import { refusalWords } from './refusal-words.ts'

type Params = Readonly<Record<string, unknown>>

/** Stand-ins of @AuraEnabled methods, by the name that components import. */
export type ApexMethods = Readonly<Record<string, (apex: ApexContext, params: Params) => Promise<unknown>>>

/** Stand-in of AgentRefusal.cls: the agent's sentence is all that leaves. */
export async function readable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (refusal) {
    if (refusal instanceof RefundException) throw new AuraHandledError(refusal.message, { cause: refusal })
    throw refusal
  }
}

/** Stand-in of RefundOutcome.cls. */
export function refundOutcome(
  apex: ApexContext,
  { id, state, stage, amount, error, waiting }: RefundView,
  currencyCode: string | null,
  gatewayLabel: string | null,
): Readonly<Record<string, string | number | null>> {
  return {
    ...{ refundId: id, state, stage, amount, currencyCode, gatewayLabel },
    sentence: refusalWords(apex, 'Sentence', error?.code, error?.sentence ?? null),
    remedy: refusalWords(apex, 'Remedy', error?.code, error?.remedy ?? null),
    gatewayMessage: error?.gatewayMessage ?? null,
    errorCode: error?.code ?? null,
    waitingSentence: refusalWords(apex, 'Sentence', waiting?.code, waiting?.sentence ?? null),
    position: waiting?.position ?? null,
    inSeconds: waiting?.inSeconds ?? null,
  }
}

/** Stand-in of PicklistOption.activeOf. */
export function optionsOf(apex: ApexContext, object: string, field: string): { label: string; value: string }[] {
  return apex
    .picklist(object, field)
    .filter(({ active }) => active)
    .map(({ label, value }) => ({ label, value }))
}

export function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}
