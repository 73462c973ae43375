// The three forms of a timestamp.
import { expect, test } from 'vitest'
import { parseTimestamp, writeTimestampText } from './timestamp.ts'

test.each([
  ['2020-04-21T15:08:21Z', 1_587_481_701],
  ['2020-04-21T15:08:21.5Z', 1_587_481_701.5],
  ['2020-04-21T17:08:21+02:00', 1_587_481_701],
  ['Tue, 21 Apr 2020 15:08:21 GMT', 1_587_481_701],
  ['1587481701.25', 1_587_481_701.25],
  ['-1', -1],
])('%s is %d', (text, seconds) => {
  expect(parseTimestamp(text)).toBe(seconds)
})

test.each(['', 'yesterday', '2020-13-45T00:00:00Z', '2020-04-21', '1e9', '99999999999999'])(
  '%j is no timestamp',
  (text) => {
    expect(() => parseTimestamp(text)).toThrow('can not be converted to milliseconds since epoch')
  },
)

test('fractions are written only where there are any', () => {
  expect(writeTimestampText(1_587_481_701, 'iso8601')).toBe('2020-04-21T15:08:21Z')
  expect(writeTimestampText(1_587_481_701.25, 'iso8601')).toBe('2020-04-21T15:08:21.250Z')
  expect(writeTimestampText(1_587_481_701.25, 'rfc822')).toBe('Tue, 21 Apr 2020 15:08:21 GMT')
  expect(writeTimestampText(0.1 + 0.2, 'unixTimestamp')).toBe('0.3')
})
