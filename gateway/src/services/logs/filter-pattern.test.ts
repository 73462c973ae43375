// Filter patterns: what each takes, what each refuses, and the ones that are none.
import { describe, expect, test } from 'vitest'
import { compileFilter } from './filter-pattern.ts'

/** pattern → messages that it takes, and messages that it does not. */
function expectFilter(pattern: string, taken: readonly string[], refused: readonly string[]): void {
  const filter = compileFilter(pattern)
  expect(taken.filter((message) => !filter(message))).toEqual([])
  expect(refused.filter((message) => filter(message))).toEqual([])
}

describe('terms', () => {
  test.each<[string, string[], string[]]>([
    ['', ['', 'anything'], []],
    ['ERROR', ['ERROR: x', 'XERRORX'], ['error', '']],
    ['ERROR pets', ['pets ERROR'], ['ERROR', 'pets']],
    ['"not found"', ['was not found'], ['found not']],
    ['"a \\"b\\""', ['a "b"'], ['a b']],
    ['?ERROR ?WARN', ['ERROR', 'WARN x'], ['INFO']],
    ['ERROR -Timeout', ['ERROR'], ['ERROR Timeout']],
    ['-"a b"', ['ab'], ['a b']],
    ['%5\\d\\d%', ['got 503'], ['got 403']],
    ['a ?b', ['a'], ['b']],
  ])('%s', expectFilter)
})

describe('JSON', () => {
  const error = JSON.stringify({ status: 502, path: '/pets/7', ok: false, note: null, tags: [{ n: 'a' }, { n: 'b' }] })
  test.each<[string, string[], string[]]>([
    ['{ $.status = 502 }', [error], ['{"status":500}', '{}', 'status 502', '{broken']],
    ['{ $.status >= 500 && $.status < 600 }', [error], ['{"status":600}']],
    ['{ $.path = "/pets/*" }', [error], ['{"path":"/x/pets/"}']],
    ['{ $.path = *pets* || $.none = 1 }', [error], ['{"path":"/x"}']],
    ['{ $.path != "/pets/7" }', ['{"path":"/x"}'], [error, '{}']],
    ['{ ($.a = 1 || $.status = 502) && $.ok IS FALSE }', [error], ['{"a":1,"ok":true}']],
    ['{ $.note IS NULL }', [error], ['{}', '{"note":1}']],
    ['{ $.none NOT EXISTS }', [error], ['{"none":null}']],
    ['{ $.tags[1].n = b }', [error], ['{"tags":[{"n":"b"}]}']],
    ['{ $.tags[*].n = b }', [error, '{"tags":[{"n":"b"}]}'], ['{"tags":[]}']],
    ['{ $.path = %^/pets/\\d+$% }', [error], ['{"path":"/pets/x"}']],
    ['{ $.__proto__ = 1 }', ['{"__proto__":1}'], ['{}']],
  ])('%s', expectFilter)
})

describe('columns', () => {
  const line = '127.0.0.1 - frank [20/Nov/2026:08:00:00 +0000] "GET /pets HTTP/1.0" 404 1534'
  test.each<[string, string[], string[]]>([
    ['[ip, id, user, time, request, status, bytes]', [line], ['a b', `${line} x`]],
    ['[ip, id, user, time, request, status=4*, bytes]', [line], [line.replace('404', '500')]],
    ['[..., status >= 400 && status < 500, bytes]', [line], [line.replace('404', '500')]],
    ['[ip, ..., bytes > 1000]', [line], [line.replace('1534', '15')]],
    ['[ip, id, user, time, request = "GET *", ...]', [line], [line.replace('GET', 'PUT')]],
    ['[w = ERROR || w = WARN, ...]', ['ERROR x', 'WARN'], ['INFO x']],
  ])('%s', expectFilter)
})

test.each([
  '{ $.a = 1',
  '{ a = 1 }',
  '{ $.a }',
  '{ $.a ~ 1 }',
  '{ $.a = }',
  '{ $.a > x }',
  '{ ($.a = 1 }',
  '{ $.a = 1 ) }',
  '{ $.a IS SAD }',
  `{ ${'('.repeat(60)}$.a = 1${')'.repeat(60)} }`,
  '[a, b',
  '[..., a, ...]',
  '[a = ]',
  '[a = 1 || b = 2]',
  '"open',
  'a "b',
  '%(%',
])('refuses %s', (pattern) => {
  expect(() => compileFilter(pattern)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' }))
})

test('takes no long time over patterns made for that', () => {
  const startMs = performance.now()
  compileFilter(`{ $.a = "${'*a'.repeat(500)}b" }`)(JSON.stringify({ a: 'a'.repeat(100_000) }))
  compileFilter('%(a+)+$%')(`${'a'.repeat(1_000)}!`)
  expect(performance.now() - startMs).toBeLessThan(1_000)
})
