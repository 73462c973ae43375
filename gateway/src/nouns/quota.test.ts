// Periods of quotas.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayText, parseDay, periodStart, type QuotaPeriod } from './quota.ts'

const start = (text: string, period: QuotaPeriod['period'], offset = 0): string =>
  dayText(periodStart(parseDay(text) ?? Number.NaN, { period, offset }))

test('weeks begin on Sunday, or as many days later as the offset says', () => {
  expect(start('2026-11-20', 'WEEK')).toBe('2026-11-15')
  expect(start('2026-11-15', 'WEEK')).toBe('2026-11-15')
  expect(start('2026-11-15', 'WEEK', 1)).toBe('2026-11-09')
  expect(start('2026-11-20', 'WEEK', 5)).toBe('2026-11-20')
  expect(start('2026-11-20', 'WEEK', 6)).toBe('2026-11-14')
})

test('months begin on the first, or as many days later as the offset says', () => {
  expect(start('2026-11-20', 'MONTH')).toBe('2026-11-01')
  expect(start('2026-11-20', 'MONTH', 19)).toBe('2026-11-20')
  expect(start('2026-11-20', 'MONTH', 20)).toBe('2026-10-21')
  expect(start('2026-01-01', 'MONTH', 27)).toBe('2025-12-28')
  expect(start('2026-03-01', 'MONTH', 27)).toBe('2026-02-28')
})

test('a period holds the day, and its first day is its own start', () => {
  const period = fc.constantFrom<QuotaPeriod['period']>('DAY', 'WEEK', 'MONTH')
  fc.assert(
    fc.property(fc.integer({ min: -20_000, max: 60_000 }), period, fc.nat(6), (day, period, offset) => {
      const first = periodStart(day, { period, offset })
      expect(first).toBeLessThanOrEqual(day)
      expect(day - first).toBeLessThan({ DAY: 1, WEEK: 7, MONTH: 31 }[period])
      expect(periodStart(first, { period, offset })).toBe(first)
    }),
  )
})

test('days are read as they are written', () => {
  expect(parseDay('2026-02-30')).toBeUndefined()
  expect(parseDay('2026-2-3')).toBeUndefined()
  expect(parseDay('')).toBeUndefined()
})
