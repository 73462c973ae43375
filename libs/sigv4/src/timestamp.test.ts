// Timestamps: those that are written are read, and no other text is one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'

test('a time is read as it is written', () => {
  const seconds = fc.integer({ min: Date.UTC(1000, 0) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
  fc.assert(
    fc.property(seconds, (time) => {
      expect(parseTimestamp(formatTimestamp(time * 1000))).toBe(time * 1000)
    }),
  )
})

test.each(['20230229T000000Z', '19000229T000000Z', '20240230T000000Z', '20240431T000000Z', '20241301T000000Z'])(
  'a day that is not in the calendar is no time: %s',
  (text) => expect(parseTimestamp(text)).toBe(undefined),
)

test.each(['20240100T000000Z', '20240001T000000Z', '20240101T240000Z', '20240101T006000Z', '20240101T000060Z', '2024'])(
  'nor is %s',
  (text) => expect(parseTimestamp(text)).toBe(undefined),
)

test.each([
  ['20240229T235959Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ['20000229T000000Z', Date.UTC(2000, 1, 29)],
])('leap days are days: %s', (text, time) => expect(parseTimestamp(text)).toBe(time))
