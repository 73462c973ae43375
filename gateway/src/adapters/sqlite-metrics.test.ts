// Metrics by the minute on real SQLite: exact sums, retention, bounds, and what outlives the process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { httpMetrics, restMetrics, tallyIndex } from '../nouns/metric-families.ts'
import type { Metrics } from '../ports/metrics.ts'
import { VirtualClock } from './clocks.ts'
import { createSqliteMetrics } from './sqlite-metrics.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-metrics-'))
afterAll(() => rmSync(folder, { recursive: true }))

const scope = { account: '000000000000', region: 'us-east-1' }
const dimensions = [
  { name: 'ApiName', value: 'pets' },
  { name: 'Stage', value: 'prod' },
]
const key = { scope, family: restMetrics, dimensions }
const { count, latency } = tallyIndex.rest
/** 2026-11-20T08:00:00Z */
const start = 29_661_600 * 60_000
const always = { from: 0, to: Number.MAX_SAFE_INTEGER }
const sums = (metrics: Metrics, name: string) =>
  metrics.read({ scope, name, dimensions, ...always }).map(({ minute, tally }) => [minute - 29_661_600, tally.sum])

const place = (file?: string, maximumBytes?: number) => {
  const clock = new VirtualClock(start)
  const log = createLog('silent')
  const metrics = createSqliteMetrics({
    file: file === undefined ? undefined : join(folder, file),
    clock,
    log,
    ...(maximumBytes !== undefined && { maximumBytes }),
  })
  return { clock, metrics }
}

describe('metrics by the minute', () => {
  test('are read while their minute runs and after it was written', () => {
    const { clock, metrics } = place()
    const meter = metrics.meter(key)
    for (let request = 0; request < 5; request++) meter.at(clock.now())[count]?.add(1)
    expect(sums(metrics, 'Count')).toEqual([[0, 5]])
    clock.advance(60_000)
    meter.at(clock.now())[count]?.add(1)
    clock.advance(120_000)
    meter.at(clock.now())[count]?.add(1)
    expect(sums(metrics, 'Count')).toEqual([
      [0, 5],
      [1, 1],
      [3, 1],
    ])
  })

  test('outlive the process, and a minute that two processes counted is one', () => {
    const first = place('outlive.db')
    first.metrics.meter(key).at(start)[latency]?.add(300)
    first.metrics.close()
    const second = place('outlive.db')
    second.metrics.meter(key).at(start)[latency]?.add(100)
    second.metrics.close()
    const third = place('outlive.db')
    const [minute] = third.metrics.read({ scope, name: 'Latency', dimensions, ...always })
    expect(minute?.tally).toMatchObject({ count: 2, sum: 400, minimum: 100, maximum: 300 })
    third.metrics.close()
  })

  test('of a process that was killed lack its last second at most', () => {
    const first = place('killed.db')
    const meter = first.metrics.meter(key)
    for (let request = 0; request < 7; request++) meter.at(start)[count]?.add(1)
    first.clock.advance(1_000)
    meter.at(first.clock.now())[count]?.add(1)
    // No close: the file is as the process left it.
    const second = place('killed.db')
    expect(sums(second.metrics, 'Count')).toEqual([[0, 7]])
    second.metrics.meter(key).at(start)[count]?.add(1)
    expect(sums(second.metrics, 'Count')).toEqual([[0, 8]])
    second.metrics.close()
    const third = place('killed.db')
    expect(sums(third.metrics, 'Count')).toEqual([[0, 8]])
    third.metrics.close()
  })

  test('are kept each second, and counted once when their minute is over', () => {
    const first = place('kept.db')
    const meter = first.metrics.meter(key)
    for (let second = 0; second < 90; second++) {
      meter.at(first.clock.now())[count]?.add(1)
      first.clock.advance(1_000)
    }
    const expected = [
      [0, 60],
      [1, 30],
    ]
    expect(sums(first.metrics, 'Count')).toEqual(expected)
    first.metrics.close()
    const second = place('kept.db')
    expect(sums(second.metrics, 'Count')).toEqual(expected)
    second.metrics.close()
  })

  test('are forgotten after 15 days', () => {
    const { clock, metrics } = place()
    const meter = metrics.meter(key)
    meter.at(clock.now())[count]?.add(1)
    clock.advance(60_000)
    expect(sums(metrics, 'Count')).toEqual([[0, 1]])
    clock.advance(15 * 24 * 60 * 60_000)
    meter.at(clock.now())[count]?.add(1)
    clock.advance(60_000)
    expect(sums(metrics, 'Count')).toEqual([[15 * 24 * 60 + 1, 1]])
  })

  test('give up their oldest minutes when they take more room than allowed', () => {
    const { clock, metrics } = place(undefined, 100_000)
    const meter = metrics.meter(key)
    for (let minute = 0; minute < 3_000; minute++) {
      meter.at(clock.now())[latency]?.add(minute)
      clock.advance(60_000)
    }
    const kept = sums(metrics, 'Latency')
    expect(kept.at(-1)).toEqual([2_999, 2_999])
    expect(kept.length).toBeLessThan(2_500)
    expect(kept[0]?.[0]).toBe(3_000 - kept.length)
  })

  test('another set of dimensions, name or account is another metric', () => {
    const { clock, metrics } = place()
    metrics.meter(key).at(clock.now())[count]?.add(1)
    expect(metrics.read({ scope, name: 'Count', dimensions: dimensions.slice(0, 1), ...always })).toEqual([])
    expect(metrics.read({ scope, name: 'Latency', dimensions, ...always })).toEqual([])
    const elsewhere = { ...scope, account: '111111111111' }
    expect(metrics.read({ scope: elsewhere, name: 'Count', dimensions, ...always })).toEqual([])
  })
})

test('a listing names every metric that ever had a value, and no other', () => {
  const { clock, metrics } = place()
  const httpMeter = metrics.meter({ ...key, family: httpMetrics })
  httpMeter.at(clock.now())[tallyIndex.http.dataProcessed]?.add(10)
  const meter = metrics.meter(key)
  meter.at(clock.now())[latency]?.add(1)
  clock.advance(60_000)
  meter.at(clock.now())[count]?.add(1)
  expect(
    metrics
      .list(scope)
      .map(({ family, name }) => `${family.kind} ${name}`)
      .sort(),
  ).toEqual(['HTTP DataProcessed', 'REST Count', 'REST Latency'])
  expect(metrics.list({ ...scope, region: 'eu-west-1' })).toEqual([])
})
