import { dayText, durationText } from 'c/timeWords'

it.each([
  [0, 'a moment'],
  [1, '1 second'],
  [90, '90 seconds'],
  [150, '3 minutes'],
  [3 * 60 * 60, '3 hours'],
  [3 * 24 * 60 * 60, '3 days'],
])('a duration of %d seconds reads "%s"', (seconds, text) => expect(durationText(seconds)).toBe(text))

describe('a calendar day', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-10-12T12:00:00Z') }))
  afterEach(() => jest.useRealTimers())

  it.each([
    ['2026-10-14', {}, 'Oct 14'],
    ['2027-01-02', {}, 'Jan 2, 2027'],
    ['2026-10-14', { withYear: true }, 'Oct 14, 2026'],
  ])('%s reads "%s"', (day, options, text) => expect(dayText(day, options)).toBe(text))
})
