import { randomUUID } from 'node:crypto'
import { optionsOf, readable, refundOutcome, textOf, type ApexMethods } from './apex-method.ts'
import { AuraHandledError, type ApexContext } from './apex-runtime.ts'
import { labelOf } from './payment-record.ts'
import { RefundMiddleware } from './refund-middleware.ts'

/** Where a gateway can send a credit to, as CreditForm.cls has it. */
const STORED_METHOD = ['stored_method', 'Stored method'] as const
const BANK_ACCOUNT = ['bank_account', 'Bank account'] as const
const TARGETS: ReadonlyMap<string, readonly (readonly [string, string])[]> = new Map([
  ['adyen', [STORED_METHOD, BANK_ACCOUNT]],
  ['braintree', [STORED_METHOD]],
])

/** Stand-ins of CreditController.cls, by the name that components import. */
export const CREDIT_METHODS: ApexMethods = {
  'CreditController.getCreditForm': (apex) =>
    readable(async () => {
      requirePermission(apex)
      return {
        idempotencyKey: randomUUID(),
        accounts: optionsOf(apex, 'Credit__c', 'Gateway__c')
          .filter(({ value }) => TARGETS.has(value))
          .map(({ label, value }) => ({
            gateway: value,
            gatewayLabel: label,
            targets: (TARGETS.get(value) ?? []).map(([kind, target]) => ({
              label: labelOf(apex, 'Credit__c', 'Target__c', target),
              value: kind,
            })),
          })),
        reasons: optionsOf(apex, 'Credit__c', 'Reason__c'),
      }
    }),

  'CreditController.requestCredit': (apex, params) =>
    readable(async () => {
      requirePermission(apex)
      const text = (name: string): string | null => textOf(params[name])
      const filled = (...names: readonly string[]): object =>
        Object.fromEntries(names.map((name) => [name, text(name)]).filter(([, value]) => value?.trim()))
      const { credit } = await new RefundMiddleware(apex).requestCredit({
        body: {
          gateway: text('gateway'),
          gatewayAccount: text('gatewayAccount'),
          amount: text('amount'),
          currency: text('currencyCode'),
          target: { kind: text('targetKind'), ...filled('token', 'shopperReference', 'iban', 'ownerName') },
          ...filled('reason', 'note'),
        },
        idempotencyKey: text('idempotencyKey'),
      })
      const gatewayLabel = labelOf(apex, 'Credit__c', 'Gateway__c', text('gateway'))
      return refundOutcome(apex, credit, text('currencyCode'), gatewayLabel)
    }),
}

function requirePermission(apex: ApexContext): void {
  if (!apex.checkPermission('Request_Credits')) throw new AuraHandledError(apex.label('Credit_No_Permission'))
}
