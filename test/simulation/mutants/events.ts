import type { GatewayEvent } from '../../../middleware/gateways/gateway.ts'
import { replaced } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** Takes one kind of news for something that needs nothing. */
function deafTo(kind: GatewayEvent['kind']): NonNullable<Mutant['gateway']> {
  return (gateway) => ({
    ...gateway,
    readWebhook: async (delivery) =>
      (await gateway.readWebhook(delivery)).map((event) => (event.kind === kind ? { ...event, kind: 'other' } : event)),
  })
}

/** What webhooks, and the work on them, may not get wrong. */
export const EVENTS: readonly Mutant[] = [
  {
    name: 'acknowledged-before-commit',
    bug: 'a webhook is acknowledged before it is stored',
    product: (product, world) => ({
      receiveWebhook: (...given) => {
        void product.receiveWebhook(...given).catch(world.expected)
        return Promise.resolve({ fresh: 1, due: 1 })
      },
    }),
  },
  {
    name: 'no-inbox-key',
    bug: 'a delivery that comes again is stored again',
    otherHalf: 'the judgement of events: a repeated one changes nothing, so only the inbox itself shows it',
    sql: 'ALTER TABLE gateway_events DROP CONSTRAINT gateway_event_once',
    rewrite: replaced(/ON CONFLICT ON CONSTRAINT gateway_event_once DO NOTHING/, ''),
  },
  {
    name: 'forged-is-believed',
    bug: 'signatures are not checked',
    gateway: (gateway) => ({
      ...gateway,
      readWebhook: ({ body }) =>
        JSON.parse((JSON.parse(body.toString()) as { signed: string }).signed) as GatewayEvent[],
    }),
  },
  {
    name: 'unsigned-is-trusted',
    bug: 'what stands beside the signed part is believed as well',
    gateway: (gateway) => ({
      ...gateway,
      readWebhook: async (delivery) => {
        const { unsigned } = JSON.parse(delivery.body.toString()) as { unsigned?: { events?: GatewayEvent[] } }
        return [...(await gateway.readWebhook(delivery)), ...(unsigned?.events ?? [])]
      },
    }),
  },
  {
    name: 'late-failure-ignored',
    bug: 'what fails after success stays refunded',
    gateway: deafTo('refund_failed_late'),
  },
  { name: 'reversal-ignored', bug: 'money that came back stays refunded', gateway: deafTo('refund_reversed') },
  { name: 'chargeback-ignored', bug: 'nobody hears of what the bank takes back', gateway: deafTo('chargeback') },
  {
    name: 'refund-elsewhere-ignored',
    bug: "refunds made in the gateway's console never come into the books",
    product: (product) => ({
      applyEvent: async (database, gateway, event) =>
        product.applyEvent(
          {
            ...database,
            transaction: (work) =>
              database.transaction((tx) =>
                work({
                  ...tx,
                  query: (text, parameters) =>
                    text.includes(`'gateway_console'`) ? Promise.resolve([]) : tx.query(text, parameters),
                }),
              ),
          },
          gateway,
          event,
        ),
    }),
  },
  {
    name: 'too-early-is-dropped',
    bug: 'an event that comes before our own commit is done with',
    rewrite: (text, parameters) =>
      /UPDATE gateway_events SET outcome = \$3/.test(text) && parameters[2] === 'too_early'
        ? { text, parameters: parameters.map((value, place) => (place === 3 ? null : value)) }
        : null,
  },
  {
    name: 'unavailable-is-dropped',
    bug: 'an event is done with although the gateway could not be asked',
    rewrite: (text, parameters) =>
      /UPDATE gateway_events SET outcome = \$3/.test(text) && parameters[2] === 'unavailable'
        ? { text, parameters: parameters.map((value, place) => (place === 3 ? null : value)) }
        : null,
  },
  {
    name: 'strangers-never-joined',
    bug: 'events of a payment that was never refunded here are never taken up',
    product: () => ({ joinPayments: () => Promise.resolve(0) }),
  },
  {
    name: 'event-lost-on-error',
    bug: 'an event is marked as done before the work on it, which may be lost',
    product: (product) => ({
      applyEvent: async (database, gateway, event) => {
        await database.query('UPDATE gateway_events SET due_at = NULL WHERE id = $1', [event.id])
        return product.applyEvent(database, gateway, event)
      },
    }),
  },
  {
    name: 'poison-blocks-the-queue',
    bug: 'an unreadable event throws, and what was claimed with it is lost',
    rewrite: replaced(/CASE WHEN is_due THEN relay_now\(\) END/, 'relay_now()'),
    product: (product) => ({
      claimEvents: async (database, limit) => {
        const events = await product.claimEvents(database, limit)
        return events.some(({ kind }) => kind === 'unreadable') ? [] : events
      },
    }),
  },
]
