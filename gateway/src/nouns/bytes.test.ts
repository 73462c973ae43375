// Base64 that is decoded strictly, as AWS does, whatever its size.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64, fromBase64 } from './bytes.ts'

test('what was encoded is decoded', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(fromBase64(base64(bytes)) ?? 'none')).toEqual(Buffer.from(bytes))
    }),
  )
})

test.each(['A', 'AA', 'AAA', 'AAAA=', 'A===', '====', 'AA==AA==', 'AA=A', 'AAA ', 'AA-_', 'AAAA\n'])(
  '%j is none',
  (text) => {
    expect(fromBase64(text)).toBeUndefined()
  },
)

test('ten megabytes are decoded, and refused for their last character', () => {
  const text = 'A'.repeat(10_000_000)
  expect(fromBase64(text)?.length).toBe(7_500_000)
  expect(fromBase64(`${text.slice(1)}-`)).toBeUndefined()
})
