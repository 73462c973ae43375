// Canonical headers: which values, in which order, with which blanks.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalHeaders, signedNames } from './headers.ts'

test('names are found in any case, once each, and joined in the order of arrival', () => {
  const rawHeaders = ['X-B', '2', 'Host', 'h', 'x-a', '1', 'X-b', '3', 'X-C', 'not signed', 'x-e', '5']
  const names = signedNames('host;X-B;x-a;x-b;x-d')
  expect(names.sorted).toEqual(['host', 'x-a', 'x-b', 'x-d'])
  expect(canonicalHeaders(rawHeaders, names)).toBe('host:h\nx-a:1\nx-b:2,3\nx-d:\n')
})

test('HTTP/2 names the host otherwise', () => {
  expect(canonicalHeaders([':authority', 'h'], signedNames('host'))).toBe('host:h\n')
})

test('blanks are trimmed and made one', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', ' ', '\t', '\n', '\v', '\f', '\r', '\u00a0', '\u001f', '\b'),
  })
  fc.assert(
    fc.property(text, (value) => {
      const collapsed = value.replace(/[ \t\r\n\f\v]+/g, ' ').replace(/^ | $/g, '')
      expect(canonicalHeaders(['n', value], signedNames('n'))).toBe(`n:${collapsed}\n`)
    }),
  )
})
