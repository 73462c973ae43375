// Conditions: every operator with present, absent and several values, and every quantifier.
import { describe, expect, test } from 'vitest'
import { compileConditions } from './conditions.ts'
import { type ContextValue, createContext } from './request.ts'

const key = 'test:Key'

/** Whether `{ operator: { test:Key: values } }` holds for a value of the key. */
function holds(operator: string, values: unknown, value: ContextValue): boolean {
  const conditions = compileConditions({ [operator]: { [key]: values } }, '$', true)
  const context = createContext([
    [key, value],
    ['aws:username', 'Ada'],
  ])
  return conditions.every((condition) => condition(context))
}

describe('an operator and its negation', () => {
  test.each<[operator: string, negation: string, values: unknown, like: string, unlike: string]>([
    ['StringEquals', 'StringNotEquals', 'Ada', 'Ada', 'ada'],
    ['StringEquals', 'StringNotEquals', 'a*', 'a*', 'ab'],
    ['StringEquals', 'StringNotEquals', ['a', 'b'], 'b', 'c'],
    ['StringEquals', 'StringNotEquals', '', '', ' '],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'ADA', 'ada', 'adä'],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'K', 'k', '\u212a'],
    ['StringLike', 'StringNotLike', 'home/*', 'home/a/b', 'Home/a'],
    ['StringLike', 'StringNotLike', 'a?', 'ab', 'a'],
    ['StringLike', 'StringNotLike', '${aws:username}-*', 'Ada-1', 'Bob-1'],
    ['NumericEquals', 'NumericNotEquals', 10, '10.0', '11'],
    ['NumericEquals', 'NumericNotEquals', ['1', '-2.5'], '-2.50', '2.5'],
    ['DateEquals', 'DateNotEquals', '2026-01-02T03:04:05Z', '2026-01-02T04:04:05+01:00', '2026-01-02T03:04:06Z'],
    ['DateEquals', 'DateNotEquals', '2026-01-02', '1767312000', '1767312001'],
    ['DateEquals', 'DateNotEquals', 1767312000, '2026-01-02T00:00Z', '2026-01-03'],
    ['DateEquals', 'DateNotEquals', '2026', '2026-01', '2025'],
    ['DateEquals', 'DateNotEquals', '2026-01-02T00:00:00.5Z', '1767312000.5', '1767312000'],
    ['IpAddress', 'NotIpAddress', '203.0.113.0/24', '203.0.113.255', '203.0.114.0'],
    ['IpAddress', 'NotIpAddress', '203.0.113.7/24', '203.0.113.0', '203.0.112.255'],
    ['IpAddress', 'NotIpAddress', '203.0.113.7', '203.0.113.7', '203.0.113.8'],
    ['IpAddress', 'NotIpAddress', '0.0.0.0/0', '8.8.8.8', '2001:db8::1'],
    ['IpAddress', 'NotIpAddress', '2001:db8:1234:5678::/64', '2001:DB8:1234:5678::1', '2001:db8:1234:5679::1'],
    ['IpAddress', 'NotIpAddress', '::1', '0:0:0:0:0:0:0:1', '::2'],
    ['IpAddress', 'NotIpAddress', '::/0', '2001:db8::1', '8.8.8.8'],
    ['IpAddress', 'NotIpAddress', '10.0.0.0/8', '::ffff:10.1.2.3', '::ffff:11.1.2.3'],
    ['IpAddress', 'NotIpAddress', '10.0.0.0/8', '::ffff:0a01:0203', '::ffff:0b01:0203'],
    ['IpAddress', 'NotIpAddress', '::ffff:10.0.0.0/104', '10.1.2.3', '11.1.2.3'],
    ['IpAddress', 'NotIpAddress', ['10.0.0.1', '2001:db8::/32'], '2001:db8::5', '10.0.0.2'],
    [
      'ArnLike',
      'ArnNotLike',
      'arn:aws:sns:*:123456789012:*',
      'arn:aws:sns:eu-west-1:123456789012:a:b',
      'arn:aws:sns:eu-west-1:1:a',
    ],
    ['ArnLike', 'ArnNotLike', 'arn:aws:s3:::a/${aws:username}/*', 'arn:aws:s3:::a/Ada/b', 'arn:aws:s3:::a/Bob/b'],
    ['ArnEquals', 'ArnNotEquals', 'arn:aws:iam::*:role/r?', 'arn:aws:iam::1:role/r2', 'arn:aws:iam::1:x:role/r2'],
    ['ArnEquals', 'ArnNotEquals', 'arn:aws:iam::1:*', 'arn:aws:iam::1:user/a:b', 'no ARN'],
  ])('%s and %s: %j is like "%s", not like "%s"', (...[operator, negation, values, like, unlike]) => {
    expect(holds(operator, values, like)).toBe(true)
    expect(holds(operator, values, unlike)).toBe(false)
    expect(holds(negation, values, like)).toBe(false)
    expect(holds(negation, values, unlike)).toBe(true)
  })
})

describe('an order', () => {
  const family = { Numeric: ['9', '10', '11'], Date: ['2026-01-01', '2026-01-02', '2026-01-03'] } as const
  const expected = {
    LessThan: [true, false, false],
    LessThanEquals: [true, true, false],
    GreaterThan: [false, false, true],
    GreaterThanEquals: [false, true, true],
  }
  for (const [name, values] of Object.entries(family)) {
    test.each(Object.entries(expected))(`${name}%s`, (comparison, outcomes) => {
      expect(values.map((value) => holds(name + comparison, values[1], value))).toEqual(outcomes)
    })
  }
})

describe('values of another type', () => {
  test.each([
    ['NumericEquals', '1', 'one'],
    ['NumericNotEquals', '1', 'one'],
    ['NumericLessThan', '1', ''],
    ['NumericLessThan', 'one', '1'],
    ['NumericEquals', '1e3', '1000'],
    ['DateEquals', 'today', 'today'],
    ['DateNotEquals', '2026-01-01', 'today'],
    ['DateEquals', '2026-13-01', '2026-13-01'],
    ['DateEquals', '2026-01-01T00:00', '2026-01-01'],
    ['IpAddress', '10.0.0.0/33', '10.0.0.1'],
    ['IpAddress', '10.0.0/8', '10.0.0.1'],
    ['IpAddress', '10.0.0.0/', '10.0.0.0'],
    ['IpAddress', '0.0.0.0/0', '10.0.0.0, 10.0.0.1'],
    ['NotIpAddress', '10.0.0.0/8', 'localhost'],
    ['Bool', 'true', '1'],
    ['BinaryEquals', '!', '!'],
    ['ArnLike', 'arn:aws:s3', 'arn:aws:s3'],
  ])('%s %j does not hold for "%s"', (operator, values, value) => {
    expect(holds(operator, values, value)).toBe(false)
  })
})

test.each([
  ['Bool', true, 'true', true],
  ['Bool', 'True', 'TRUE', true],
  ['Bool', 'false', 'true', false],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['BinaryEquals', 'QQ==', 'QQ', true],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ6', false],
  ['ArnLike', '*', 'arn:aws:s3:::a', true],
])('%s %j for "%s": %s', (operator, values, value, expected) => {
  expect(holds(operator, values, value)).toBe(expected)
})

describe('a key that is not there', () => {
  const positive = [
    'StringEquals',
    'StringEqualsIgnoreCase',
    'StringLike',
    'NumericLessThan',
    'DateGreaterThan',
    'Bool',
    'BinaryEquals',
    'IpAddress',
    'ArnEquals',
    'ArnLike',
  ]
  const negative = [
    'StringNotEquals',
    'StringNotEqualsIgnoreCase',
    'StringNotLike',
    'NumericNotEquals',
    'DateNotEquals',
    'NotIpAddress',
    'ArnNotEquals',
    'ArnNotLike',
  ]

  test.each(positive)('%s does not hold, with IfExists it does', (operator) => {
    for (const absent of [undefined, []]) {
      expect(holds(operator, '1', absent)).toBe(false)
      expect(holds(`${operator}IfExists`, '1', absent)).toBe(true)
    }
  })

  test.each(negative)('%s holds, with IfExists as well', (operator) => {
    for (const absent of [undefined, []]) {
      expect(holds(operator, '1', absent)).toBe(true)
      expect(holds(`${operator}IfExists`, '1', absent)).toBe(true)
    }
  })

  test('an empty text is a value', () => {
    expect(holds('StringEqualsIfExists', 'a', '')).toBe(false)
    expect(holds('StringNotEquals', '', '')).toBe(false)
  })

  test('IfExists does not forgive a wrong value', () => {
    expect(holds('StringEqualsIfExists', 'a', 'b')).toBe(false)
    expect(holds('StringEqualsIfExists', 'a', 'a')).toBe(true)
  })
})

describe('Null', () => {
  test.each([
    ['true', undefined, true],
    ['true', [], true],
    ['true', 'a', false],
    ['true', '', false],
    ['false', undefined, false],
    ['false', 'a', true],
    ['false', ['a'], true],
    [['true', 'false'], 'a', true],
    ['maybe', 'a', false],
  ])('%j for %j: %s', (values, value, expected) => {
    expect(holds('Null', values, value)).toBe(expected)
  })
})

describe('several values', () => {
  // Rows: what the request has. Columns: the operators, each with the policy's values a and b.
  test.each<[value: ContextValue, all: boolean, any: boolean, allNot: boolean, anyNot: boolean]>([
    [['a'], true, true, false, false],
    [['a', 'b'], true, true, false, false],
    [['a', 'c'], false, true, false, true],
    [['c', 'd'], false, false, true, true],
    ['a', true, true, false, false],
    ['c', false, false, true, true],
    [[], true, false, true, false],
    [undefined, true, false, true, false],
  ])('%j', (...[value, all, any, allNot, anyNot]) => {
    const policy = ['a', 'b']
    expect(holds('ForAllValues:StringEquals', policy, value)).toBe(all)
    expect(holds('ForAnyValue:StringEquals', policy, value)).toBe(any)
    expect(holds('ForAllValues:StringNotEquals', policy, value)).toBe(allNot)
    expect(holds('ForAnyValue:StringNotEquals', policy, value)).toBe(anyNot)
  })

  test('IfExists makes ForAnyValue hold for none', () => {
    expect(holds('ForAnyValue:StringEqualsIfExists', 'a', undefined)).toBe(true)
    expect(holds('ForAnyValue:StringEqualsIfExists', 'a', ['b'])).toBe(false)
  })

  test('without a quantifier, one is enough, and a negation is about all of them', () => {
    expect(holds('StringEquals', 'a', ['a', 'b'])).toBe(true)
    expect(holds('StringNotEquals', 'a', ['a', 'b'])).toBe(false)
    expect(holds('StringNotEquals', 'a', ['b', 'c'])).toBe(true)
  })
})

describe('a variable without a value', () => {
  test('matches nothing, neither plainly nor negated', () => {
    expect(holds('StringEquals', '${aws:userid}', 'a')).toBe(false)
    expect(holds('StringNotEquals', '${aws:userid}', 'a')).toBe(false)
    expect(holds('ArnNotLike', 'arn:aws:iam::1:user/${aws:userid}', 'arn:aws:iam::1:user/a')).toBe(false)
  })

  test('leaves the other values alone', () => {
    expect(holds('StringEquals', ['${aws:userid}', 'a'], 'a')).toBe(true)
    expect(holds('StringNotEquals', ['${aws:userid}', 'a'], 'a')).toBe(false)
  })
})

test('variables are not for numbers, dates, booleans and addresses', () => {
  for (const operator of ['NumericEquals', 'DateEquals', 'Bool', 'IpAddress']) {
    expect(holds(operator, '${test:Key}', '1')).toBe(false)
  }
})

test('all operators and all keys must hold', () => {
  const conditions = compileConditions(
    { StringEquals: { 'a:X': '1', 'a:Y': '2' }, StringLike: { 'A:x': '*' }, StringNotEquals: { 'a:x': '3' } },
    '$',
    true,
  )
  const decide = (x: string, y: string): boolean => {
    const context = createContext([
      ['a:x', x],
      ['a:y', y],
    ])
    return conditions.every((condition) => condition(context))
  }
  expect([decide('1', '2'), decide('1', '1'), decide('3', '2')]).toEqual([true, false, false])
})

test('keys named like members of every object are keys', () => {
  const conditions = compileConditions(JSON.parse('{"StringEquals":{"__proto__:x":"1"}}'), '$', true)
  expect(conditions.map((condition) => condition(createContext([['__PROTO__:X', '1']])))).toEqual([true])
})
