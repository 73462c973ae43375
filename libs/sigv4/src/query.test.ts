// Canonical queries: strictly encoded and in order, few pairs or many.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalQuery } from './query.ts'

const usual = { omit: ['X-Amz-Signature'], plusIsSpace: false }

test('pairs are sorted by name, then by value, however many there are', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', '1', '-', '~', '=', '+', '%', ' ', '%2f', 'é'),
    maxLength: 3,
  })
  const pair = fc.tuple(text, fc.option(text, { nil: undefined }))
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 40 }), (pairs) => {
      const query = pairs.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('&')
      const encode = (part: string): string =>
        [...Buffer.from(part.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => `\0${hex}`))]
          .map((byte) =>
            /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : escape(byte),
          )
          .join('')
          .replace(/%00([0-9A-Fa-f]{2})/g, (_, hex: string) => plain(Number.parseInt(hex, 16)))
      const expected = query
        .split('&')
        .filter((piece) => piece !== '')
        .map((piece): [string, string] => {
          const [name = '', ...values] = piece.split('=')
          return [encode(name), encode(values.join('='))]
        })
        .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
      expect(canonicalQuery(query, usual)).toBe(expected.map(([name, value]) => `${name}=${value}`).join('&'))
    }),
  )
})

function escape(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

function plain(byte: number): string {
  const character = String.fromCharCode(byte)
  return /[A-Za-z0-9\-._~]/.test(character) ? character : escape(byte)
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

test('names are compared without what follows them', () => {
  expect(canonicalQuery('a1=1&a=2&a-=3&a', usual)).toBe('a=&a=2&a-=3&a1=1')
})

test('the signature itself is left out, however it is encoded', () => {
  expect(canonicalQuery('b=1&X-Amz-Signature=x&a=2', usual)).toBe('a=2&b=1')
  expect(canonicalQuery('b=1&X%2DAmz-Signature=x', usual)).toBe('b=1')
})

test('many pairs without values are read in time that grows with their number', () => {
  const startMs = performance.now()
  expect(canonicalQuery('a&'.repeat(50_000), usual).length).toBe(149_999)
  expect(performance.now() - startMs).toBeLessThan(500)
})
