// Request totals as Prometheus reads them: counts by label, labels of any text, and no more of them than there may be.
import { expect, test } from 'vitest'
import { fault } from '../nouns/faults.ts'
import { Work } from '../nouns/work.ts'
import { UpstreamFault } from '../ports/upstream.ts'
import { createPrometheusTotals } from './prometheus-totals.ts'

const labels = { api: 'a', stage: 's', resource: '/pets', method: 'GET' }
const shown = 'api="a",stage="s",resource="/pets",method="GET"'
const work = (more: Partial<Work> = {}): Work => Object.assign(new Work(), more)

test('counts what refused a request, what caches had, and why backends failed', () => {
  const totals = createPrometheusTotals()
  const total = totals.of(labels)
  expect(totals.of({ ...labels })).toBe(total)
  totals.add(total, 200, 3, work({ integrationMs: 2, cacheHit: false, authorizerHit: true }))
  totals.add(total, 200, 7, work({ cacheHit: true }))
  totals.add(total, 429, 1, work({ throttledBy: 'plan', fault: fault('THROTTLED') }))
  const cause = new UpstreamFault('timeout', 'too slow')
  totals.add(total, 504, 30_001, work({ integrationMs: 29_000, fault: fault('INTEGRATION_TIMEOUT', { cause }) }))
  totals.add(total, 999, 1, work())
  const lines = totals.text().split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      `apigw_requests_total{${shown},status="200"} 2`,
      `apigw_requests_total{${shown},status="other"} 1`,
      `apigw_request_duration_seconds_bucket{${shown},le="0.005"} 3`,
      `apigw_request_duration_seconds_bucket{${shown},le="30"} 4`,
      `apigw_request_duration_seconds_bucket{${shown},le="+Inf"} 5`,
      `apigw_integration_duration_seconds_count{${shown}} 2`,
      `apigw_throttled_total{${shown},level="plan"} 1`,
      `apigw_response_cache_total{${shown},result="hit"} 1`,
      `apigw_response_cache_total{${shown},result="miss"} 1`,
      `apigw_authorizer_cache_total{${shown},result="hit"} 1`,
      `apigw_upstream_errors_total{${shown},reason="timeout"} 1`,
    ]),
  )
})

test('labels of any text are escaped', () => {
  const totals = createPrometheusTotals()
  totals.add(totals.of({ ...labels, resource: 'a"b\\c\nd' }), 200, 1, work())
  expect(totals.text()).toContain('resource="a\\"b\\\\c\\nd",method="GET",status="200"} 1\n')
})

test('beyond five thousand methods and routes, all others are one, and none is lost', () => {
  const totals = createPrometheusTotals()
  for (let route = 0; route < 7_000; route++)
    totals.add(totals.of({ ...labels, resource: `/r${route}` }), 200, 1, work())
  const lines = totals.text().match(/^apigw_requests_total.*$/gm) ?? []
  expect(lines).toHaveLength(5_001)
  expect(lines).toContain('apigw_requests_total{api="a",stage="s",resource="/r0",method="GET",status="200"} 1')
  expect(lines).toContain('apigw_requests_total{api="other",stage="",resource="",method="",status="200"} 2000')
})
