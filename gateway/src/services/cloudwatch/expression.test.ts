// Metric math: arithmetic over numbers and series, functions, and expressions that are none.
import { describe, expect, test } from 'vitest'
import { Tally } from '../../nouns/tally.ts'
import { evaluate, ExpressionFault, type ExpressionScope } from './expression.ts'
import { compileSearch } from './search.ts'
import { isList, type Result, type Series } from './series.ts'
import { compileStatistic } from './statistic.ts'

const series = (label: string, values: Record<number, number>): Series => ({
  label,
  period: 60,
  values: new Map(Object.entries(values).map(([at, value]) => [Number(at), value])),
})

const queries: Readonly<Record<string, Series>> = {
  m1: series('m1', { 0: 10, 60: 20 }),
  m2: series('m2', { 60: 5, 120: 0 }),
  gap: series('gap', { 0: 10, 120: 30 }),
}

const scope: ExpressionScope = {
  query: (id) => (Object.hasOwn(queries, id) ? queries[id] : undefined),
  metrics: (prefix) => Object.values(queries).filter(({ label }) => label.startsWith(prefix === '' ? 'm' : prefix)),
  search: (text, statistic, period) => [series(`${text} ${statistic} ${period}`, { 0: 1 })],
  places: () => [0, 60, 120],
}

/** Numbers as they are, series as what they hold. */
function shown(result: Result): unknown {
  if (typeof result === 'number') return result
  return isList(result) ? result.map(shown) : Object.fromEntries(result.values)
}

describe('metric math', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['(1 + 2) * -3', -9],
    ['m1', { 0: 10, 60: 20 }],
    ['m1 * 2 + 1', { 0: 21, 60: 41 }],
    ['100 / m1', { 0: 10, 60: 5 }],
    ['m1 - m2', { 60: 15 }],
    ['m1 / m2', { 60: 4 }],
    ['1 / m2', { 60: 0.2 }],
    ['-m1', { 0: -10, 60: -20 }],
    ['SUM([m1, m2])', { 0: 10, 60: 25, 120: 0 }],
    ['AVG(METRICS())', { 0: 10, 60: 12.5, 120: 0 }],
    ["MAX(METRICS('m1'))", { 0: 10, 60: 20 }],
    ['SUM(m1)', 30],
    ['MIN(m1)', 10],
    [
      'METRICS() * 2',
      [
        { 0: 20, 60: 40 },
        { 60: 10, 120: 0 },
      ],
    ],
    ['m1 / PERIOD(m1)', { 0: 10 / 60, 60: 20 / 60 }],
    ['FILL(m2, 7)', { 0: 7, 60: 5, 120: 0 }],
    ['FILL(m1, REPEAT)', { 0: 10, 60: 20, 120: 20 }],
    ["SUM(SEARCH('a', 'Sum', 300))", { 0: 1 }],
    ['SUM(SEARCH("a", "Sum", 300))', { 0: 1 }],
    ['RATE(m1)', { 60: 10 / 60 }],
    ['DIFF(METRICS())', [{ 60: 10 }, { 120: -5 }]],
    ['DIFF_TIME(m1)', { 60: 60 }],
    ['RUNNING_SUM(m1)', { 0: 10, 60: 30 }],
    ['FILL(gap, LINEAR)', { 0: 10, 60: 20, 120: 30 }],
    ['m1 > 10', { 0: 0, 60: 1 }],
    ['m1 >= 10 AND m1 != 20', { 0: 1, 60: 0 }],
    ['m1 == 10 || m1 < 0', { 0: 1, 60: 0 }],
    ['IF(m1 > 10, m2, 7)', { 0: 7, 60: 5 }],
    ['IF(m1 > 10, m1)', { 60: 20 }],
    ['IF(1, m1, m2)', { 0: 10, 60: 20 }],
    ['IF(FILL(m2, 0) == 0, 0, m1 / m2)', { 0: 0, 60: 4, 120: 0 }],
    ['100 * SUM([m2]) / SUM([m1])', { 60: 25 }],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['m1 ^ 2', { 0: 100, 60: 400 }],
    ['ABS(-m1)', { 0: 10, 60: 20 }],
    ['CEIL(m1 / 3) - FLOOR(m1 / 3)', { 0: 1, 60: 1 }],
    ['ABS(1 - 3)', 2],
    ['HOUR(m2)', { 60: 0, 120: 0 }],
    ['MINUTE(m2)', { 60: 1, 120: 2 }],
    ['DAY(m1)', { 0: 4, 60: 4 }],
    ['STDDEV(m1)', 5],
    ['METRIC_COUNT(METRICS())', 2],
    ['DATAPOINT_COUNT(m1)', 2],
    ['FIRST(METRICS())', { 0: 10, 60: 20 }],
    ['LAST(METRICS())', { 60: 5, 120: 0 }],
    ['SLICE(METRICS(), 1, 2)', [{ 60: 5, 120: 0 }]],
    ['SORT(METRICS(), MAX, ASC, 1)', [{ 60: 5, 120: 0 }]],
    ['TIME_SERIES(3)', { 0: 3, 60: 3, 120: 3 }],
    ['REMOVE_EMPTY([m1 / 0, m2])', [{ 60: 5, 120: 0 }]],
  ])('%s', (expression, expected) => {
    expect(shown(evaluate(expression, scope))).toEqual(expected)
  })

  test.each([
    '',
    '1 +',
    'm4',
    'constructor',
    '__proto__ + 1',
    '1 toString 2',
    '(1',
    '[m1',
    '[1]',
    'ANOMALY_DETECTION_BAND(m1)',
    'IF(m1)',
    'IF(m1, METRICS(), 1)',
    'SLICE(METRICS(), m1)',
    'SORT(METRICS(), RATE, DESC)',
    'FIRST(REMOVE_EMPTY(SLICE(METRICS(), 5)))',
    '1 = 2',
    `${'2 ^ '.repeat(100)}2`,
    'PERIOD([m1, m2])',
    'METRICS() + METRICS()',
    'SEARCH(m1)',
    '1 ; 2',
    `${'('.repeat(100)}1${')'.repeat(100)}`,
    `${'-'.repeat(100)}1`,
  ])('refuses %s', (expression) => {
    expect(() => evaluate(expression, scope)).toThrow(ExpressionFault)
  })
})

test.each<[string, boolean]>([
  ['{AWS/ApiGateway,ApiName,Stage} MetricName="Count"', true],
  ['{AWS/ApiGateway,Stage,ApiName}', true],
  ['{AWS/ApiGateway,ApiName} MetricName="Count"', false],
  ['{AWS/Lambda,ApiName,Stage}', false],
  ['MetricName="Coun"', false],
  ['MetricName=Coun', true],
  ['ApiName="pets" AND PROD', true],
  ['cats', false],
])('a search for %s', (text, isFound) => {
  const dimensions = [
    { name: 'ApiName', value: 'pets' },
    { name: 'Stage', value: 'prod' },
  ]
  const family = { kind: 'REST' as const, metrics: [] }
  expect(compileSearch(text)({ family, dimensions, name: 'Count', lastMinute: 0 })).toBe(isFound)
})

test.each<[string, number]>([
  ['SampleCount', 100],
  ['Sum', 5_050],
  ['Average', 50.5],
  ['Minimum', 1],
  ['Maximum', 100],
  ['p0', 1],
  ['p50', 50],
  ['p99.9', 100],
  ['p100', 100],
  ['tm90', 45.5],
  ['IQM', 50.5],
])('%s of 1 to 100', (name, expected) => {
  const tally = new Tally()
  for (let value = 1; value <= 100; value++) tally.add(value)
  expect(compileStatistic(name)(tally)).toBeCloseTo(expected)
})

test.each(['p101', 'p', 'median', 'constructor', 'tm', ''])('refuses the statistic %j', (name) => {
  expect(() => compileStatistic(name)).toThrow(expect.objectContaining({ code: 'InvalidParameterValue' }))
})
