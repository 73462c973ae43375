// The lenient reader of MOCK templates against strict JSON: what is JSON is read as JSON.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mockStatus } from './mock-status.ts'

const status = fc.integer({ min: 100, max: 599 })
const others = fc.dictionary(
  fc.string().filter((name) => name !== 'statusCode'),
  fc.jsonValue(),
)

test('any JSON object with an integer statusCode gives it, wherever it stands', () => {
  fc.assert(
    fc.property(status, others, others, (code, before, after) => {
      const text = JSON.stringify({ ...before, statusCode: code, ...after })
      expect(mockStatus(text)).toBe(code)
      expect(mockStatus(JSON.stringify(JSON.parse(text), null, 2))).toBe(code)
    }),
  )
})

test('no other JSON gives one', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const has = typeof value === 'object' && value !== null && Object.hasOwn(value, 'statusCode')
      if (!has) expect(mockStatus(JSON.stringify(value))).toBeUndefined()
    }),
  )
})

const marks = ['{', '}', '[', ']', ':', ',', '"', "'", '\\', ' ', '1', 'e', '-', '.', 'statusCode']

test('any text ends, and gives an integer or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...marks), maxLength: 60 }), (text) => {
      expect(Number.isInteger(mockStatus(text) ?? 0)).toBe(true)
    }),
  )
})

test('reads texts of millions of characters, escapes among them', () => {
  const long = 'a\\"'.repeat(2_000_000)
  expect(mockStatus(`{"long": "${long}", 'statusCode': 204}`)).toBe(204)
  expect(mockStatus(`{"statusCode": 204, "open": "${long}`)).toBeUndefined()
})
