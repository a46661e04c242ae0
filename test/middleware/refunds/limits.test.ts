import { randomUUID } from 'node:crypto'
import type { Database, Queryable } from '../../../middleware/database/database.ts'
import { Money } from '../../../middleware/money/money.ts'
import { withdrawRefund } from '../../../middleware/refunds/line.ts'
import { findRefund } from '../../../middleware/refunds/refund-store.ts'
import { until } from '../../until.ts'
import { ORG_ID, pastRule } from './ledger-rows.ts'
import { codeOf, euro, idOf, limits, number, refusalOf, someone, startLimitsRig } from './limits-rig.ts'

describe('the limits of an org', () => {
  let rig: Awaited<ReturnType<typeof startLimitsRig>>
  beforeAll(async () => {
    rig = await startLimitsRig()
  })
  afterAll(() => rig.db.close())

  describe('of one refund', () => {
    const within = limits({ refund: { EUR: '500.00' } })

    it('lets out as much as it says, and refuses a cent more, which it names', async () => {
      const by = someone()
      expect(await codeOf(rig.ask({ within, by, amount: euro('500.00') }))).toBe('stored')
      expect(await refusalOf(rig.ask({ within, by, amount: euro('500.01') }))).toMatchObject({
        code: 'amount_exceeds_limit',
        details: { limit: 'EUR 500.00', field: 'amount' },
      })
      expect(await rig.stored(by)).toBe(1)
    })

    it('says nothing of a currency that it does not name', async () => {
      expect(await codeOf(rig.ask({ within, by: someone(), amount: Money.fromDecimal('900', 'JPY') }))).toBe('stored')
    })

    it('holds for a credit and for the undo of a whole payment as well', async () => {
      const tooMuch = { within, by: someone(), amount: euro('500.01') }
      expect(await codeOf(rig.credit(tooMuch))).toBe('amount_exceeds_limit')
      expect(await codeOf(rig.ask({ ...tooMuch, kind: 'undo' }))).toBe('amount_exceeds_limit')
      expect(await rig.stored(tooMuch.by)).toBe(0)
    })
  })

  describe('of one user, in number', () => {
    const within = limits({ userDay: { refunds: 3 } })
    const three = async (by: string) => [
      await rig.ask({ within, by }),
      await rig.ask({ within, by, amount: Money.fromDecimal('7', 'JPY') }),
      await rig.ask({ within, by }),
    ]

    it('refuse one too much, say when there is room again, and store nothing: no refund and no payment', async () => {
      const by = someone()
      await three(by)
      const of = number()
      expect(await refusalOf(rig.ask({ within, by, of }))).toMatchObject({
        code: 'user_refunds_at_limit',
        details: { limit: '3', hours: expect.stringMatching(/^2[34]$/), minutes: expect.stringMatching(/^\d+$/) },
      })
      expect(await rig.stored(by)).toBe(3)
      expect(await rig.db.database.query('SELECT 1 FROM payments WHERE payment_id = $1', [`a01${of}AAA`])).toEqual([])
    })

    it('let it out 24 hours later, and not before', async () => {
      const by = someone()
      await three(by)
      await rig.later('23 hours', async (database) => {
        const refused = await refusalOf(rig.ask({ within, by, database }))
        expect(refused?.details).toMatchObject({ hours: expect.stringMatching(/^[01]$/) })
      })
      await rig.later('1441 minutes', async (database) =>
        expect(await codeOf(rig.ask({ within, by, database }))).toBe('stored'),
      )
    })

    it('do not count what was withdrawn or refused', async () => {
      const by = someone()
      const [first, second] = await three(by)
      await rig.db.database.query(`UPDATE refunds SET state = 'rejected' WHERE id = $1`, [idOf(first!)])
      await rig.db.database.query(`UPDATE refunds SET state = 'failed' WHERE id = $1`, [idOf(second!)])
      const third = await rig.ask({ within, by })
      await rig.db.database.query(`UPDATE refunds SET state = 'requested' WHERE id = $1`, [idOf(third)])
      await withdrawRefund(rig.db.database, (await findRefund(rig.db.database, ORG_ID, idOf(third)))!, by)
      expect(await codeOf(rig.ask({ within, by }))).toBe('stored')
      expect(await codeOf(rig.ask({ within, by }))).toBe('stored')
      expect(await codeOf(rig.ask({ within, by }))).toBe('user_refunds_at_limit')
    })

    it('are not passed by requests at the same moment, credits among them', async () => {
      await rig.standReady()
      const by = someone()
      const asked = Array.from({ length: 24 }, (_, place) =>
        place % 3 ? rig.ask({ within, by }) : rig.credit({ within, by }),
      )
      const codes = await Promise.all(asked.map(codeOf))
      expect(codes.filter((code) => code === 'stored')).toHaveLength(3)
      expect(codes.filter((code) => code === 'user_refunds_at_limit')).toHaveLength(21)
      expect(await rig.stored(by)).toBe(3)
    })

    it('leave another user alone, and everybody where there are none', async () => {
      const by = someone()
      await three(by)
      expect(await codeOf(rig.ask({ within, by: someone() }))).toBe('stored')
      expect(await codeOf(rig.ask({ within: null, by }))).toBe('stored')
    })

    it('answer a known key as before, also beside others at the same moment', async () => {
      const by = someone()
      const known = { within, by, of: number(), key: randomUUID() }
      const asked = await Promise.all([1, 2, 3, 4].map(() => rig.ask(known)))
      expect(new Set(asked.map(idOf)).size).toBe(1)
      await rig.ask({ within, by })
      await rig.ask({ within, by })
      expect((await rig.ask(known)).kind).toBe('replay')
      expect(await codeOf(rig.ask({ ...known, amount: euro('11.00') }))).toBe('refund_already_requested')
    })

    it('answer the known key of a credit as before', async () => {
      const by = someone()
      const known = { within, by, key: randomUUID() }
      await rig.credit(known)
      await rig.ask({ within, by })
      await rig.ask({ within, by })
      expect((await rig.credit(known)).kind).toBe('replay')
      expect(await codeOf(rig.credit({ within, by }))).toBe('user_refunds_at_limit')
    })

    it('keep a row for no longer than they need it', async () => {
      const by = someone()
      await three(by)
      await rig.later('2 days', async (database) => void (await rig.ask({ within, by, database })))
      expect(await rig.db.database.query('SELECT 1 FROM limited_requests WHERE user_id = $1', [by])).toHaveLength(1)
    })
  })

  describe('of one user, in amount', () => {
    const within = limits({ userDay: { amounts: { EUR: '100.00', JPY: '5000' } } })

    it('say what is left, and how long to wait for the rest', async () => {
      const by = someone()
      await rig.ask({ within, by, amount: euro('60.00') })
      await rig.later('4 hours', async (database) => {
        await rig.ask({ within, by, amount: euro('30.00'), database })
        const refused = (amount: string) => refusalOf(rig.ask({ within, by, amount: euro(amount), database }))
        const [first, second] = [await refused('10.01'), await refused('70.01')]
        const told = { limit: 'EUR 100.00', left: 'EUR 10.00', field: 'amount' }
        expect(first).toMatchObject({ code: 'user_amount_at_limit', details: told })
        // The first 60.00 are gone in 20 hours; for more than these and what is left, the 30.00 have to go as well.
        expect(Number(first?.details.hours)).toBeLessThanOrEqual(20)
        expect(Number(second?.details.hours)).toBeGreaterThan(20)
        expect(await codeOf(rig.ask({ within, by, amount: euro('10.00'), database }))).toBe('stored')
      })
      expect(await rig.stored(by)).toBe(3)
    })

    it('count each currency by itself, and one that is not named not at all', async () => {
      const by = someone()
      await rig.ask({ within, by, amount: euro('100.00') })
      expect(await codeOf(rig.ask({ within, by, amount: euro('0.01') }))).toBe('user_amount_at_limit')
      expect(await codeOf(rig.ask({ within, by, amount: Money.fromDecimal('5000', 'JPY') }))).toBe('stored')
      expect(await codeOf(rig.ask({ within, by, amount: Money.fromDecimal('1', 'JPY') }))).toBe('user_amount_at_limit')
      expect(await codeOf(rig.ask({ within, by, amount: Money.fromDecimal('4000.00', 'USD') }))).toBe('stored')
    })

    it('are told as a limit of one refund where it could never fit', async () => {
      expect(await refusalOf(rig.ask({ within, by: someone(), amount: euro('100.01') }))).toMatchObject({
        code: 'amount_exceeds_limit',
        details: { limit: 'EUR 100.00' },
      })
    })

    it('count credits with refunds', async () => {
      const by = someone()
      await rig.credit({ within, by, amount: euro('70.00') })
      expect(await codeOf(rig.ask({ within, by, amount: euro('30.01') }))).toBe('user_amount_at_limit')
      await rig.ask({ within, by, amount: euro('30.00') })
      expect(await codeOf(rig.credit({ within, by, amount: euro('0.01') }))).toBe('user_amount_at_limit')
    })

    it('are not passed by requests at the same moment', async () => {
      await rig.standReady()
      const by = someone()
      const codes = await Promise.all(
        Array.from({ length: 16 }, () => codeOf(rig.ask({ within, by, amount: euro('30.00') }))),
      )
      expect(codes.filter((code) => code === 'stored')).toHaveLength(3)
    })
  })

  describe('of one payment', () => {
    const within = limits({ paymentDay: { refunds: 2 } })

    it('hold whoever asks, also at the same moment, and say when there is room again', async () => {
      await rig.standReady()
      const of = number()
      const refusals = await Promise.all(
        Array.from({ length: 8 }, () => refusalOf(rig.ask({ within, by: someone(), of, amount: euro('1.00') }))),
      )
      expect(refusals.filter((refused) => refused === null)).toHaveLength(2)
      expect(refusals.find((refused) => refused !== null)).toMatchObject({
        code: 'payment_refunds_at_limit',
        details: { limit: '2', hours: expect.stringMatching(/^2[34]$/) },
      })
      expect(await codeOf(rig.ask({ within, by: someone() }))).toBe('stored')
      await rig.later('1441 minutes', async (database) =>
        expect(await codeOf(rig.ask({ within, by: someone(), of, amount: euro('1.00'), database }))).toBe('stored'),
      )
    })

    it('do not count what was made at the gateway', async () => {
      const of = number()
      await rig.ask({ within, by: someone(), of })
      const elsewhere = await rig.ask({ within, by: someone(), of })
      expect(await codeOf(rig.ask({ within, by: someone(), of }))).toBe('payment_refunds_at_limit')
      await pastRule(rig.db.database, 'guard_refund_asked', idOf(elsewhere)!, `origin = 'gateway_console'`)
      expect(await codeOf(rig.ask({ within, by: someone(), of }))).toBe('stored')
    })
  })

  it('take the turn of a user before the lock of a payment, so that whoever holds one waits for no turn', async () => {
    const within = limits({ userDay: { refunds: 9 } })
    const of = number()
    await rig.ask({ within, by: someone(), of })
    let asked: Promise<unknown> | undefined
    await rig.db.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM payments WHERE payment_id = $1 FOR UPDATE', [`a01${of}AAA`])
      asked = rig.ask({ within, by: someone(), of })
      await until(async () => {
        const waiting = await rig.db.database.query(
          `SELECT 1 FROM pg_stat_activity a JOIN pg_locks l USING (pid)
           WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' AND l.locktype = 'advisory' AND l.granted`,
        )
        expect(waiting).toHaveLength(1)
      })
    })
    await asked
  })

  it('cost nothing where there are none: a refund is stored by the one statement that stored it before', async () => {
    const statements: string[] = []
    const listening = (query: Queryable['query']): Queryable['query'] => {
      return (text, parameters) => {
        statements.push(text)
        return query(text, parameters)
      }
    }
    const database: Database = {
      ...rig.db.database,
      transaction: (work) =>
        rig.db.database.transaction((tx) => work({ query: listening(tx.query), last: listening(tx.last) })),
    }
    await rig.ask({ within: null, by: someone(), database })
    expect(statements).toEqual([expect.stringMatching(/INTO payments[\s\S]*INTO refunds/)])
  })
})
