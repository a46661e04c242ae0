import { SCHEME_NAMES, addDays, claimRisk } from '../../../middleware/refunds/claim-window.ts'

const today = new Date('2026-11-23T12:00:00Z')

describe('the claim window of a direct debit', () => {
  it.each([
    ['sepa_core', '2026-10-12', '2026-12-07', /until 7 Dec 2026 \(SEPA Core, 8 weeks\)/],
    ['ach', '2026-11-01', '2026-12-31', /until 31 Dec 2026 \(ACH, 60 days\)/],
    ['bacs', '2020-01-01', null, /without a time limit/],
    ['autogiro', '2026-10-12', null, /without a time limit/],
  ])('%s, collected on %s, ends %s', (scheme, collectedOn, until, sentence) => {
    const risk = claimRisk(scheme, collectedOn, today)
    expect(risk.claimUntil).toBe(until)
    expect(risk.sentence).toMatch(sentence)
    expect(risk.sentence).toMatch(/you pay twice/)
  })

  it('still warns of the unauthorised claim when the window is over', () => {
    expect(claimRisk('sepa_core', '2026-01-10', today)).toMatchObject({
      claimUntil: '2026-03-07',
      sentence: expect.stringMatching(/13 months/),
    })
  })

  it('gives the cautious answer when scheme or day is not known', () => {
    for (const scheme of [null, 'nobody knows', ...SCHEME_NAMES]) {
      expect(claimRisk(scheme, null, today).sentence).toMatch(/can still claim/)
    }
    expect(claimRisk(null, '2026-10-12', today)).toMatchObject({ claimUntil: null, schemeLabel: 'Direct debit' })
  })

  it('counts days over months and leap years', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  })
})
