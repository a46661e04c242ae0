import { CrmError } from '../../../middleware/crm/crm.ts'
import type { Crm } from '../../../middleware/crm/crm.ts'
import { replaced } from './mutant.ts'
import type { World } from '../world.ts'
import type { Mutant } from './mutant.ts'

/** Only what may be written is another: the rest of the org stays. */
function writing(crm: Crm, upsert: Crm['upsert']): Crm {
  return { ...crm, apiUsage: null, upsert }
}

/** 1, 2 or 3: that of the process which runs now. */
function placeOf(world: World): number {
  return Number(/\d/.exec(world.scheduler.current?.name ?? '')?.[0] ?? 0)
}

/** What leases, sweeps, keys of callers and the write-back may not get wrong. */
export const WORK: readonly Mutant[] = [
  {
    name: 'sweeper-stops',
    bug: 'after three tries nobody looks any more',
    rewrite: replaced(
      /FROM refunds WHERE due_at <= relay_now\(\)/,
      'FROM refunds WHERE tries < 3 AND due_at <= relay_now()',
    ),
  },
  {
    name: 'unknown-is-left',
    bug: 'nobody asks what became of a refund that is unknown',
    rewrite: replaced(
      /FROM refunds WHERE due_at <= relay_now\(\)/,
      `FROM refunds WHERE state <> 'unknown' AND due_at <= relay_now()`,
    ),
  },
  {
    name: 'no-polls',
    bug: 'outcomes that no webhook tells are not looked up',
    rewrite: replaced(
      /FROM refunds WHERE due_at <= relay_now\(\)/,
      `FROM refunds WHERE state <> 'pending' AND due_at <= relay_now()`,
    ),
  },
  {
    name: 'hold-never-ends',
    bug: 'what a late failure held is never given back',
    rewrite: replaced(
      /FROM refunds WHERE due_at <= relay_now\(\)/,
      `FROM refunds WHERE state <> 'failed' AND due_at <= relay_now()`,
    ),
  },
  {
    name: 'lease-without-end',
    bug: 'the work of a process that died is never due again',
    rewrite: replaced(
      /(UPDATE refunds SET lease_number = lease_number \+ 1, due_at = )relay_now\(\) \+ make_interval\(secs => \$2\)/,
      `$1CASE WHEN $2::int > 0 THEN NULL END`,
    ),
  },
  {
    name: 'no-lease',
    bug: 'two processes send the same refund, and nothing keeps their attempts apart',
    otherHalf: "the gateway's key: each sending gets one of its own here",
    rewrite: replaced(
      /(UPDATE refunds SET lease_number = lease_number \+ )1, due_at = relay_now\(\) \+ make_interval\(secs => \$2\)/,
      '$10, due_at = relay_now() + make_interval(secs => $2 * 0)',
    ),
    gateway: (gateway, world) => ({
      ...gateway,
      submit: (attempt) => gateway.submit({ ...attempt, key: `${attempt.key} at step ${world.step}` }),
    }),
  },
  {
    name: 'looks-by-local-clock',
    bug: 'which of two looks is the later one is told by the clocks of the processes, which are a month apart here',
    rewrite: (text, parameters, world) =>
      text === 'SELECT relay_now() AS "lookedAt"'
        ? { text: `SELECT relay_now() - interval '${30 * placeOf(world)} days' AS "lookedAt"`, parameters }
        : null,
  },
  {
    name: 'caller-key-ignored',
    bug: 'a request that comes again makes another refund',
    sql: 'ALTER TABLE refunds DROP CONSTRAINT refund_requested_once',
  },
  {
    name: 'other-body-replayed',
    bug: 'the same key with another body gets the first refund',
    rewrite: (text, parameters) =>
      /r\.request_digest/.test(text) && /r\.idempotency_key = \$2/.test(text)
        ? {
            text: text.replace(
              'r.request_digest AS "requestDigest"',
              `current_setting('simulation.digest', true) AS "requestDigest"`,
            ),
            parameters,
          }
        : null,
    product: (product) => ({
      askForRefund: async (database, gateway, requester, key, request, ...rules) => {
        const { digestOf } = await import('../../../middleware/refunds/request-refund.ts')
        await database.query(`SELECT set_config('simulation.digest', $1, false)`, [digestOf(gateway, request)])
        return product.askForRefund(database, gateway, requester, key, request, ...rules)
      },
    }),
  },
  {
    name: 'refused-but-stored',
    bug: 'what is refused for its amount is stored all the same',
    rewrite: replaced(/p\.captured::text/g, '(p.captured * 2)::text'),
  },
  {
    name: 'create-instead-of-upsert',
    bug: 'a write that was not answered makes a second record when it is repeated',
    crm: (crm, world) =>
      writing(crm, async (records) => {
        try {
          return await crm.upsert(records)
        } catch (error) {
          for (const record of records) {
            const twin = world.crm.records.get(`${record.type} ${record.id}`)
            if (twin)
              world.crm.records.set(`${record.type} twin of ${record.id}`, { ...twin, id: `twin of ${record.id}` })
          }
          throw error
        }
      }),
  },
  {
    name: 'stale-written-last',
    bug: 'an older version overwrites a newer one',
    otherHalf:
      "the org's rule that refuses older versions: it is switched off; and that whoever hears of having written one writes again: it is not heard",
    world: (world) => {
      world.crm.keepsNewest = false
    },
    crm: (crm, world) => {
      const newest = new Map<string, number>()
      return writing(crm, async (records) => {
        for (const { id, version } of records) newest.set(id, Math.max(version, newest.get(id) ?? 0))
        const results = await crm.upsert(records)
        if (records.every(({ id, version }) => version === newest.get(id))) return results
        world.crm.interruptions++
        throw new CrmError('unavailable', 'no answer')
      })
    },
    rewrite: replaced(/WHERE coalesce\(crm_lease_until <= relay_now\(\), true\)/, 'WHERE true'),
  },
  {
    name: 'part-is-all',
    bug: 'rows that the org refused count as written',
    crm: (crm) =>
      writing(crm, async (records) =>
        (await crm.upsert(records)).map(({ id }) => ({ id, outcome: 'written' as const })),
      ),
  },
  {
    name: 'unanswered-is-written',
    bug: 'a call that the org never answered counts as written',
    crm: (crm) =>
      writing(crm, (records) =>
        crm.upsert(records).catch((error: unknown) => {
          if (!(error instanceof CrmError)) throw error
          return records.map(({ id }) => ({ id, outcome: 'written' as const }))
        }),
      ),
  },
  {
    name: 'newer-change-forgotten',
    bug: 'a change that came while the org was written to is never told',
    rewrite: replaced(
      /WHEN said\.outcome = 'written' AND refunds\.version <= said\.version THEN NULL/,
      `WHEN said.outcome = 'written' THEN NULL`,
    ),
  },
  {
    name: 'refused-row-forgotten',
    bug: 'a row that only a person can mend is never tried again',
    rewrite: replaced(
      /WHEN said\.outcome = 'person' THEN relay_now\(\) \+ interval '1 day'/,
      `WHEN said.outcome = 'person' THEN NULL`,
    ),
  },
  {
    name: 'writes-without-end',
    bug: 'what was written is written again and again',
    rewrite: replaced(
      /(WHEN said\.outcome = 'written' AND refunds\.version <= said\.version THEN) NULL/,
      `$1 relay_now() + interval '2 seconds'`,
    ),
  },
]
