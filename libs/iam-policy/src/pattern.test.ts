// Policy variables in patterns.
import { describe, expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'
import { createContext } from './request.ts'

const context = createContext([
  ['aws:username', 'Ada'],
  ['aws:PrincipalTag/Team', 'blue'],
  ['aws:PrincipalTag/star', '*'],
  ['aws:TagKeys', ['one', 'two']],
  ['aws:CalledVia', ['only.amazonaws.com']],
  ['aws:Referer', ''],
])

function matches(pattern: string, subject: string, syntax = {}): boolean | undefined {
  return compilePattern(pattern, { hasVariables: true, hasWildcards: true, ...syntax })(subject, context)
}

test('what a variable without a value makes of a pattern does not depend on the subject', () => {
  const pattern = compilePattern('arn:${a:b}/*', { hasVariables: true, hasWildcards: true })
  const none = createContext([])
  const some = createContext([['a:b', 'x']])
  const subjects = ['arn:x/1', 'arn:y/1', 'other']
  expect(subjects.map((subject) => pattern(subject, none))).toEqual([undefined, undefined, undefined])
  expect(subjects.map((subject) => pattern(subject, some))).toEqual([true, false, false])
})

test('what only begins like a variable costs no more than its length', () => {
  const startedAt = performance.now()
  expect(matches(`\${${' '.repeat(100_000)}`, 'x')).toBe(false)
  expect(matches(`\${a${', '.repeat(50_000)}`, 'x')).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

describe('a variable', () => {
  test.each([
    ['home/${aws:username}/*', 'home/Ada/notes', true],
    ['home/${aws:username}/*', 'home/Bob/notes', false],
    ['${AWS:UserName}', 'Ada', true],
    ['${ aws:username }', 'Ada', true],
    ['${aws:PrincipalTag/team}-${aws:username}', 'blue-Ada', true],
    ['[${aws:referer}]', '[]', true],
    ['${aws:CalledVia}', 'only.amazonaws.com', true],
  ])('%s and "%s": %s', (pattern, subject, expected) => {
    expect(matches(pattern, subject)).toBe(expected)
  })

  test('whose value is a star matches a star only', () => {
    expect(matches('${aws:PrincipalTag/star}', '*')).toBe(true)
    expect(matches('${aws:PrincipalTag/star}', 'anything')).toBe(false)
  })

  test('without a value makes the pattern undecided', () => {
    expect(matches('${aws:userid}', '')).toBeUndefined()
  })

  test('with several values has no one value', () => {
    expect(matches('${aws:TagKeys}', 'one')).toBeUndefined()
  })

  test('may have a default', () => {
    expect(matches("${aws:userid, 'nobody'}", 'nobody')).toBe(true)
    expect(matches("${aws:userid,''}", '')).toBe(true)
    expect(matches("${aws:username, 'nobody'}", 'nobody')).toBe(false)
    expect(matches("${aws:userid, 'a*'}", 'abc')).toBe(false)
  })

  test('follows the case rules of its operator', () => {
    expect(matches('${aws:username}', 'ADA', { ignoresCase: true })).toBe(true)
    expect(matches('${aws:username}', 'ADA')).toBe(false)
  })
})

describe('special characters', () => {
  test.each([
    ['${*}', '*', true],
    ['${*}', 'a', false],
    ['a${?}', 'a?', true],
    ['a${?}', 'ab', false],
    ['${$}{x}', '${x}', true],
    ['$', '$', true],
    ['${', '${', true],
    ['${}', '${}', true],
    ['${a', '${a', true],
  ])('%s and "%s": %s', (pattern, subject, expected) => {
    expect(matches(pattern, subject)).toBe(expected)
  })

  test('are plain text where wildcards are', () => {
    expect(matches('a*', 'a*', { hasWildcards: false })).toBe(true)
    expect(matches('a*', 'ab', { hasWildcards: false })).toBe(false)
    expect(matches('${*}', '*', { hasWildcards: false })).toBe(true)
  })

  test('of version 2012-10-17 are plain text before it', () => {
    expect(matches('${aws:username}', '${aws:username}', { hasVariables: false })).toBe(true)
    expect(matches('${*}', '${anything}', { hasVariables: false })).toBe(true)
  })
})
