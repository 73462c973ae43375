// The engine that is used when the caller injects none.
import { describe, expect, test } from 'vitest'
import { BudgetFault, MethodFault } from './faults.ts'
import { plainRegexEngine } from './regex.ts'

describe('the plain engine', () => {
  test.each(['(a+)+', '(a|b)*', '(?:a){2,}', String.raw`(a)\1`, '(?<x>a)\\k<x>'])('refuses %s', (pattern) => {
    expect(() => plainRegexEngine(pattern)).toThrow('needs a regular expression engine with bounds')
  })

  test('takes escaped parentheses and classes', () => {
    expect(plainRegexEngine(String.raw`\(a\)*`).test('(a)))')).toBe(true)
    expect(plainRegexEngine('[(a)+]+').replace('(a)x', '', true)).toBe('x')
  })

  test('refuses a pattern that is none', () => {
    expect(() => plainRegexEngine('(')).toThrow(MethodFault)
  })

  test('refuses texts on which backtracking could take long', () => {
    const regex = plainRegexEngine('a*b')
    expect(regex.replace('a'.repeat(1000), '', true)).toHaveLength(1000)
    expect(() => regex.replace('a'.repeat(10_000), '', true)).toThrow(BudgetFault)
    expect(() => plainRegexEngine('a?'.repeat(30) + 'a'.repeat(30)).test('a'.repeat(30))).toThrow(BudgetFault)
  })
})
