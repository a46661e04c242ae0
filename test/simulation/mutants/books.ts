import { allowing, patched, replaced, unfenced } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const COUNTS_AS = 'counts_as(text,text,timestamp with time zone)'
const UNDER_WAY = `state IN ('requested', 'submitting', 'pending', 'unknown')`

/** What the books of a payment, the version and the audit row may not get wrong. */
export const BOOKS: readonly Mutant[] = [
  { name: 'no-reservation', bug: 'a request reserves nothing', sql: patched(COUNTS_AS, UNDER_WAY, 'false') },
  {
    name: 'reservation-not-released',
    bug: 'a refused refund keeps its reservation',
    sql: patched(COUNTS_AS, UNDER_WAY, UNDER_WAY.replace(')', `, 'rejected')`)),
  },
  {
    name: 'unknown-releases',
    bug: 'a refund of which nobody knows gives its reservation back',
    sql: patched(COUNTS_AS, UNDER_WAY, UNDER_WAY.replace(`, 'unknown'`, '')),
  },
  {
    name: 'success-counts-nothing',
    bug: 'what was refunded can be refunded again',
    sql: patched(COUNTS_AS, `state = 'succeeded' AND kind = 'refund'`, 'false'),
  },
  {
    name: 'hold-forgotten',
    bug: 'a late failure that the gateway may repair holds nothing',
    sql: patched(COUNTS_AS, `state = 'failed' AND held_until IS NOT NULL`, 'false'),
  },
  {
    name: 'released-twice',
    bug: 'an end gives the reservation back twice',
    sql: patched('keep_books()', 'under_way = under_way - NEW.amount', 'under_way = under_way - 2 * NEW.amount'),
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
    sql: patched(
      'guard_refund()',
      `NEW.crm_due_at := least(OLD.crm_due_at, NEW.updated_at + interval '1 second');`,
      '',
    ),
  },
  {
    name: 'no-audit-row',
    bug: 'a success leaves no audit row',
    sql: patched(
      'keep_books()',
      'NEW.state IS DISTINCT FROM was',
      `(NEW.state IS DISTINCT FROM was AND NEW.state <> 'succeeded')`,
    ),
  },
  {
    name: 'audit-from-nowhere',
    bug: 'the audit row forgets the state before',
    sql: patched('keep_books()', 'was := OLD.state;', ''),
  },
  {
    name: 'non-monotonic',
    bug: 'an older word moves a refund back',
    otherHalf: 'the table of transitions in SQL: it refuses what the judgement lets through',
    sql: allowing('succeeded pending', 'failed pending', 'reversed succeeded', 'rejected unknown'),
    rewrite: (text, parameters) =>
      /UPDATE refunds AS r SET state/.test(text) ? { text: unfenced(text), parameters } : null,
  },
  {
    name: 'reserved-beyond',
    bug: 'the one statement that reserves looks only at what was captured',
    rewrite: replaced(/ - p\.refunded - p\.under_way - p\.held - p\.charged_back >= /, ' >= '),
  },
  {
    name: 'answers-shared',
    bug: 'refunds that are answered at the same time all get one of the answers',
    rewrite: replaced(/AS r SET state = given\.g3/, 'AS r SET state = (SELECT max(given.g3) FROM given)'),
  },
  {
    name: 'wrong-balance',
    bug: 'the balance leaves out what is under way',
    rewrite: replaced(/p\.under_way::text/g, `'0'`),
  },
]
