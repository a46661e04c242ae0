import { replaced } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** The function that says what of a refund counts as refunded, under way and held, with one part of it wrong. */
function shares(part: { refunded?: string; underWay?: string; held?: string }): string {
  const refunded =
    part.refunded ?? `CASE WHEN refund.kind = 'refund' AND refund.state = 'succeeded' THEN refund.amount ELSE 0 END`
  const underWay =
    part.underWay ??
    `CASE WHEN refund.state IN ('requested', 'submitting', 'pending', 'unknown') THEN refund.amount ELSE 0 END`
  const held =
    part.held ?? `CASE WHEN refund.state = 'failed' AND refund.held_until IS NOT NULL THEN refund.amount ELSE 0 END`
  return `CREATE OR REPLACE FUNCTION refund_shares(refund refunds, OUT refunded numeric, OUT under_way numeric, OUT held numeric)
    LANGUAGE sql IMMUTABLE AS $$ SELECT ${refunded}, ${underWay}, ${held} $$`
}

/** Changes the text of a function where it stands in the simulator's database. */
function patched(signature: string, from: string, to: string): string {
  return `DO $patch$ DECLARE was text := pg_get_functiondef('${signature}'::regprocedure); BEGIN
    IF position($a$${from}$a$ IN was) = 0 THEN RAISE 'the function has changed: ${signature}'; END IF;
    EXECUTE replace(was, $a$${from}$a$, $b$${to}$b$); END $patch$`
}

/** What the books of a payment, the version and the audit row may not get wrong. */
export const BOOKS: readonly Mutant[] = [
  { name: 'no-reservation', bug: 'a request reserves nothing', sql: shares({ underWay: '0::numeric' }) },
  {
    name: 'reservation-not-released',
    bug: 'a refused refund keeps its reservation',
    sql: shares({
      underWay: `CASE WHEN refund.state IN ('requested', 'submitting', 'pending', 'unknown', 'rejected') THEN refund.amount ELSE 0 END`,
    }),
  },
  {
    name: 'unknown-releases',
    bug: 'a refund of which nobody knows gives its reservation back',
    sql: shares({
      underWay: `CASE WHEN refund.state IN ('requested', 'submitting', 'pending') THEN refund.amount ELSE 0 END`,
    }),
  },
  {
    name: 'success-counts-nothing',
    bug: 'what was refunded can be refunded again',
    sql: shares({ refunded: '0::numeric' }),
  },
  {
    name: 'hold-forgotten',
    bug: 'a late failure that the gateway may repair holds nothing',
    sql: shares({ held: '0::numeric' }),
  },
  {
    name: 'released-twice',
    bug: 'an end gives the reservation back twice',
    sql: patched(
      'keep_books()',
      'under_way = payments.under_way + after.under_way - before.under_way',
      'under_way = payments.under_way + (after.under_way - before.under_way) * CASE WHEN after.under_way < before.under_way THEN 2 ELSE 1 END',
    ),
  },
  {
    name: 'void-forgotten',
    bug: 'a voided payment stays open for refunds',
    sql: patched('keep_books()', `AND r.kind IN ('void', 'undo') AND r.state = 'succeeded'`, 'AND false'),
  },
  {
    name: 'chargeback-not-counted',
    bug: 'what the bank took back can be refunded',
    sql: 'DROP TRIGGER count_chargebacks ON chargebacks',
  },
  {
    name: 'no-version',
    bug: 'a change does not grow the version, so the org is never told',
    sql: patched('guard_refund()', 'NEW.version := OLD.version + 1;', ''),
  },
  {
    name: 'not-due-in-the-org',
    bug: 'a change is not marked as due to be written',
    sql: patched('guard_refund()', `NEW.crm_due_at := least(OLD.crm_due_at, relay_now() + interval '1 second');`, ''),
  },
  {
    name: 'no-audit-row',
    bug: 'a success leaves no audit row',
    sql: patched(
      'keep_books()',
      `TG_OP = 'INSERT' OR NEW.state <> OLD.state`,
      `TG_OP = 'INSERT' OR (NEW.state <> OLD.state AND NEW.state <> 'succeeded')`,
    ),
  },
  {
    name: 'audit-from-nowhere',
    bug: 'the audit row forgets the state before',
    sql: patched('keep_books()', `CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END`, 'NULL'),
  },
  {
    name: 'non-monotonic',
    bug: 'an older word moves a refund back',
    otherHalf: 'the table of transitions in SQL: it refuses what the judgement lets through',
    sql: `INSERT INTO refund_transitions VALUES ('succeeded', 'pending'), ('failed', 'pending'), ('reversed', 'succeeded'), ('rejected', 'unknown') ON CONFLICT DO NOTHING`,
    rewrite: (text, parameters) =>
      /UPDATE refunds SET state = \$4/.test(text)
        ? {
            text: text
              .replace('AND state = $3', 'AND ($3::text IS NOT NULL)')
              .replace('AND lease_number = $2', 'AND ($2::int IS NOT NULL)'),
            parameters,
          }
        : null,
  },
  {
    name: 'wrong-balance',
    bug: 'the balance leaves out what is under way',
    rewrite: replaced(/p\.under_way AS "underWay"/g, `0::numeric(19,3) AS "underWay"`),
  },
]
