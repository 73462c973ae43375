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

test('what was written for one request is not taken for another', () => {
  const value = fc.constantFrom('a', 'b', ' a', 'a ', 'a  b', '', 'x'.repeat(2_000))
  const header = fc.tuple(fc.constantFrom('Host', 'x-a', 'X-A', 'x-b', ':authority', 'x-c'), value)
  const names = signedNames('host;x-a;x-b')
  fc.assert(
    fc.property(fc.array(header, { maxLength: 6 }), (headers) => {
      const valuesOf = (name: string): string[] =>
        headers.filter(([sent]) => sent.toLowerCase() === name).map(([, sent]) => sent.replace(/ +/g, ' ').trim())
      const host = valuesOf('host').length > 0 ? valuesOf('host').join(',') : (valuesOf(':authority')[0] ?? '')
      const block = `host:${host}\nx-a:${valuesOf('x-a').join(',')}\nx-b:${valuesOf('x-b').join(',')}\n`
      for (const _ of [1, 2]) expect(canonicalHeaders(headers.flat(), names)).toBe(block)
    }),
  )
})
