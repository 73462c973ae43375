// Which word a typing error leads to, and when it leads to none.
import { expect, test } from 'vitest'
import { nearestWord } from './nearest-word.ts'

test.each<[string, string | undefined]>([
  ['port', 'port'],
  ['prot', 'port'],
  ['pot', 'port'],
  ['ports', 'port'],
  ['admin-prot', 'admin-port'],
  ['adminport', 'admin-port'],
  ['colour', undefined],
  ['', undefined],
  ['__proto__', undefined],
  ['x'.repeat(100_000), undefined],
])('%.20s', (typed, expected) => {
  expect(nearestWord(typed, ['host', 'port', 'admin-port'])).toBe(expected)
})
