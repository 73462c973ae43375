// The metrics page as a scraper reads it: every line in its family, what limits and backends refused, and the process itself.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackend } from '../http-plans/backend.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { createPets, openPlace, type Place } from './place.ts'

let place: Place

beforeAll(() => {
  place = openPlace()
})

afterAll(() => place.gateway.close())

/** Refuses what Prometheus's text format 0.0.4 does not allow; gives each sample's value by its name and labels. */
function parsed(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  let family = ''
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.trimEnd().split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') expect(types.has(name), `${name} comes twice`).toBe(false)
    if (kind === 'HELP') family = name
    if (kind === 'TYPE') {
      expect([name, ['counter', 'gauge', 'histogram'].includes(rest)]).toEqual([family, true])
      types.set(name, rest)
    }
    if (kind !== undefined) continue
    const [, sample = '', labels = '', value] =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-z]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/.exec(line) ?? []
    expect(value, line).toMatch(/^(?:[-+]?\d[\d.]*(?:e[-+]?\d+)?|\+Inf|NaN)$/)
    expect(sample.replace(types.get(family) === 'histogram' ? /_(?:bucket|sum|count)$/ : /$^/, ''), line).toBe(family)
    expect(samples.has(sample + labels), `${sample}${labels} comes twice`).toBe(false)
    samples.set(sample + labels, Number(value))
  }
  return samples
}

const scrape = async (): Promise<Map<string, number>> => parsed(await place.page('/_sluice/metrics'))

test('limits that refuse, and backends that fail, are counted by level and reason', async () => {
  const gone = await startBackend()
  const id = await createPets(place, {
    name: 'refused',
    uri: gone.url,
    patches: [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: '1' },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '1' },
    ],
  })
  await gone.close()
  const statuses = []
  for (const pet of [1, 2, 3]) statuses.push((await place.get(id, `/prod/pets/${pet}`)).status)
  expect(statuses).toEqual([504, 429, 429])
  const samples = await scrape()
  const labels = `api="${id}",stage="prod",resource="/pets/{petId}",method="GET"`
  expect(samples.get(`apigw_throttled_total{${labels},level="method"}`)).toBe(2)
  expect(samples.get(`apigw_upstream_errors_total{${labels},reason="refused"}`)).toBe(1)
})

test('the process tells of its memory, its CPU time and its event loop', async () => {
  await scrape()
  const samples = await scrape()
  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_user_seconds_total',
    'nodejs_heap_size_used_bytes',
  ]) {
    expect(samples.get(name), name).toBeGreaterThan(0)
  }
  expect(samples.get('nodejs_eventloop_lag_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0)
  expect(samples.get('sluice_function_sandboxes')).toBe(0)
  expect(samples.get('sluice_log_lines_dropped_by_destination_total{destination="access log"}')).toBe(0)
})

test('connected clients are counted', async () => {
  const sluice: RunningSluice = await startSluice(['dev'])
  const response = await fetch(`${sluice.url}/_sluice/metrics`)
  const samples = parsed(await response.text())
  await sluice.stop()
  expect(samples.get('sluice_open_connections')).toBe(1)
})
