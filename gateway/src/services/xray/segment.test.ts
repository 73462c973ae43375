// Whatever is taken as a segment can be read by all who read segments; whatever else is refused with X-Ray's code.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Trace } from '../../ports/traces.ts'
import { assemble, partsOf } from './assemble.ts'
import { readSegment } from './segment.ts'
import { summaryOf } from './summary.ts'
import { compileTraceFilter } from './trace-filter.ts'

const nowSeconds = 1_795_161_600
const good = {
  id: '53995c3f42cd8ad8',
  name: 'pets',
  trace_id: `1-${nowSeconds.toString(16)}-bd862e3fe1be46a994272793`,
  start_time: nowSeconds,
  end_time: nowSeconds + 1,
}
const read = (changes: object) => readSegment(JSON.stringify({ ...good, ...changes }), nowSeconds)

test('a segment keeps all its members', () => {
  const document = { ...good, metadata: { any: [{ thing: null }] }, cause: 'x' }
  expect(readSegment(JSON.stringify(document), nowSeconds)).toEqual({ segment: document })
})

test.each([
  ['MissingId', { id: undefined }],
  ['InvalidId', { id: '53995c3f42cd8ad' }],
  ['InvalidId', { id: ['53995c3f42cd8ad8'] }],
  ['MissingName', { name: undefined }],
  ['InvalidName', { name: 'a<b' }],
  ['InvalidName', { name: 'x'.repeat(201) }],
  ['MissingTraceId', { trace_id: undefined }],
  ['InvalidTraceId', { trace_id: '1-zzzzzzzz-bd862e3fe1be46a994272793' }],
  ['InvalidTraceId', { trace_id: `1-${(nowSeconds - 31 * 86_400).toString(16)}-bd862e3fe1be46a994272793` }],
  ['InvalidTraceId', { trace_id: `1-${(nowSeconds + 3_600).toString(16)}-bd862e3fe1be46a994272793` }],
  ['ParseError', { start_time: '1' }],
  ['ParseError', { end_time: nowSeconds - 1 }],
  ['ParseError', { metadata: 'x'.repeat(64 * 1024) }],
])('%s: %j', (code, changes) => {
  expect(read(changes)).toMatchObject({ ErrorCode: code })
})

test('a trace that was begun here may have any id', () => {
  const document = JSON.stringify({ ...good, trace_id: '1-00000000-bd862e3fe1be46a994272793' })
  expect(readSegment(document, nowSeconds, () => true)).toHaveProperty('segment')
})

const filters = [
  'ok OR error OR fault OR throttle OR partial',
  'responsetime > 0 AND duration >= 0 AND http.status = 200',
  'http.url CONTAINS "x" OR http.useragent BEGINSWITH "x" OR http.clientip = "x" OR user = "x"',
  'annotation.x = 1 OR annotation[y] = "z" OR name = "x" OR type = "y" OR resource.arn = "z"',
].map(compileTraceFilter)

test('a subsegment that is its own ancestor stands once', () => {
  const part = { name: 'x', trace_id: good.trace_id, start_time: nowSeconds, end_time: nowSeconds }
  const loose = { ...part, id: 'a', type: 'subsegment', parent_id: 'b', subsegments: [{ ...part, id: 'b' }] }
  const { segments } = assemble({
    id: good.trace_id,
    segments: [{ ...part, id: 'r', subsegments: [{ ...part, id: 'b' }] }, loose],
  })
  expect(segments.map((segment) => [segment.id, partsOf(segment).map(({ id }) => id)])).toEqual([
    ['r', ['b', 'a', 'b']],
  ])
})

describe('what is taken', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(nowSeconds, '1', 'subsegment', good.id, 'remote', true))
  const names =
    'parent_id type namespace origin resource_arn user error fault throttle end_time http aws annotations subsegments metadata __proto__'
  const member = fc.constantFrom(...names.split(' '))
  const http = fc.record(
    {
      request: fc.dictionary(fc.constantFrom('url', 'method', 'client_ip'), value),
      response: fc.dictionary(fc.constant('status'), value),
    },
    { requiredKeys: [] },
  )
  const subsegment = fc.record({
    id: fc.constantFrom(good.id, '53995c3f42cd8ad9'),
    name: value,
    start_time: value,
    http,
  })
  const changes = fc.oneof(
    fc.dictionary(member, value, { maxKeys: 3 }),
    fc.record({ http, subsegments: fc.array(subsegment, { maxLength: 3 }) }),
  )

  test('never throws, nor does anybody who reads it', () => {
    let taken = 0
    fc.assert(
      fc.property(changes, changes, (one, other) => {
        const segments = [read(one), read({ id: '53995c3f42cd8ad9', ...other })].flatMap((each) =>
          'segment' in each ? [each.segment] : [],
        )
        if (segments.length === 0) return
        taken++
        const trace: Trace = assemble({ id: good.trace_id, segments })
        trace.segments.map(partsOf)
        summaryOf('000000000000', trace)
        for (const filter of filters) filter(trace)
      }),
      { numRuns: 1_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})
