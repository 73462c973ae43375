// W3C trace context: what is valid, and one trace id in two forms.
import { describe, expect, test } from 'vitest'
import { formatTraceparent, parseTraceparent, traceContextOf, w3cTraceIdOf, xrayTraceIdOf } from './trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const header = `00-${traceId}-${parentId}-01`

describe('traceparent', () => {
  test('is read and written', () => {
    expect(parseTraceparent(header)).toEqual({ traceId, parentId, isSampled: true })
    expect(parseTraceparent(`00-${traceId}-${parentId}-02`)?.isSampled).toBe(false)
    expect(formatTraceparent({ traceId, parentId, isSampled: true })).toBe(header)
    expect(formatTraceparent({ traceId, parentId, isSampled: false })).toBe(`00-${traceId}-${parentId}-00`)
  })

  test('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`cc-${traceId}-${parentId}-01-what-comes`)).toEqual({ traceId, parentId, isSampled: true })
    expect(parseTraceparent(`cc-${traceId}-${parentId}-01.what-comes`)).toBeUndefined()
  })

  test.each([
    ['absent', undefined],
    ['empty', ''],
    ['version ff', `ff-${traceId}-${parentId}-01`],
    ['upper case', header.toUpperCase()],
    ['no trace', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['no parent', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['a short trace id', `00-${traceId.slice(1)}-${parentId}-01`],
    ['more than version 00 has', `${header}-more`],
    ['blanks', ` ${header}`],
  ])('%s is none', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })
})

test('a context has the states of all its headers, and only one parent', () => {
  expect(traceContextOf(['Traceparent', header, 'tracestate', 'a=1', 'TraceState', 'b=2'])).toEqual({
    traceparent: header,
    tracestate: 'a=1,b=2',
    parent: { traceId, parentId, isSampled: true },
  })
  expect(traceContextOf(['traceparent', header])?.tracestate).toBeUndefined()
  expect(traceContextOf(['traceparent', header, 'traceparent', header])).toBeUndefined()
  expect(traceContextOf(['tracestate', 'a=1'])).toBeUndefined()
})

test('a trace id has two forms', () => {
  expect(xrayTraceIdOf(traceId)).toBe('1-4bf92f35-77b34da6a3ce929d0e0e4736')
  expect(w3cTraceIdOf('1-4BF92F35-77b34da6a3ce929d0e0e4736')).toBe(traceId)
})
