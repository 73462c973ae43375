// Access log formats, and values that try to break out of their line.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileLogFormat, escaped, type LogReader } from './log-format.ts'

type Told = Readonly<Record<string, string | number | null | undefined>>

const names = new Set(['status', 'requestId', 'identity.sourceIp', 'error.messageString', 'path'])
const variables = (name: string): LogReader<Told> | undefined => (names.has(name) ? (told) => told[name] : undefined)
const line = (format: string, told: Told): string => compileLogFormat(format, variables)(told)

describe('log formats', () => {
  test.each<[string, Told, string]>([
    ['$context.requestId', { requestId: 'r1' }, 'r1'],
    ['a $context.status b', { status: 200 }, 'a 200 b'],
    ['[$context.identity.sourceIp]', { 'identity.sourceIp': '::1' }, '[::1]'],
    ['$context.status-$context.requestId.', { status: 404, requestId: 'r' }, '404-r.'],
    ['$context.status-x', { status: 404 }, '404-x'],
    ['$context.nobody $context.nobody.knows', {}, '- -'],
    ['$context.path|$context.status|$context.requestId', { path: '', status: null }, '-|-|-'],
    ['{"message":$context.error.messageString}', { 'error.messageString': '"a \\"b\\""' }, '{"message":"a \\"b\\""}'],
    ['$context.status\n', { status: 0 }, '0'],
    ['no variables', {}, 'no variables'],
    ['$context.$input.body', {}, '$context.$input.body'],
  ])('%j', (format, told, expected) => {
    expect(line(format, told)).toBe(expected)
  })

  test('a value stays within its line and its quotes, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const written = line('{"path":"$context.path"}', { path })
        expect(written).not.toMatch(/[\r\n\u2028\u2029]/)
        if (path !== '') expect(JSON.parse(written)).toEqual({ path })
      }),
    )
  })

  test('line breaks are shown as what they are', () => {
    expect(escaped('a\r\nb\t"\\\u0000')).toBe('a\\r\\nb\\t\\"\\\\\\u0000')
  })
})
