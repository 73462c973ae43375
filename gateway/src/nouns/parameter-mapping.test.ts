// The grammar of parameter mapping keys and values.
import { describe, expect, test } from 'vitest'
import { isReservedHeader, parseMappingTarget, parseMappingValue } from './parameter-mapping.ts'

describe('the key of a mapping', () => {
  test.each([
    ['append:header.X-One', 'request', { action: 'append', location: 'header', name: 'X-One' }],
    ['remove:querystring.q', 'request', { action: 'remove', location: 'querystring', name: 'q' }],
    ['overwrite:path', 'request', { action: 'overwrite', location: 'path', name: '' }],
    ['overwrite:statuscode', 'response', { action: 'overwrite', location: 'statuscode', name: '' }],
    ['overwrite:header.__proto__', 'response', { action: 'overwrite', location: 'header', name: '__proto__' }],
  ] as const)('%s of a %s is read', (key, direction, target) => {
    expect(parseMappingTarget(key, direction)).toEqual(target)
  })

  test.each([
    ['append:path', 'request'],
    ['overwrite:statuscode', 'request'],
    ['append:querystring.q', 'response'],
    ['header.X', 'request'],
    ['append:header.', 'request'],
  ] as const)('%s of a %s is none', (key, direction) => {
    expect(parseMappingTarget(key, direction)).toBeUndefined()
  })
})

describe('the value of a mapping', () => {
  test.each([
    ['static', [{ from: 'text', name: 'static' }]],
    ['', [{ from: 'text', name: '' }]],
    ['$request.header.Authorization', [{ from: 'header', name: 'Authorization' }]],
    ['$request.body', [{ from: 'body', name: '' }]],
    ['$request.body.pets[0].name', [{ from: 'body', name: 'pets[0].name' }]],
    ['$request.path', [{ from: 'path', name: '' }]],
    ['$stageVariables.host', [{ from: 'stageVariable', name: 'host' }]],
    [
      '${request.path.id}-${context.requestId}!',
      [
        { from: 'pathVariable', name: 'id' },
        { from: 'text', name: '-' },
        { from: 'context', name: 'requestId' },
        { from: 'text', name: '!' },
      ],
    ],
  ])('%s is read', (value, pieces) => {
    expect(parseMappingValue(value, 'request')).toEqual(pieces)
  })

  test.each([
    '$response.header.x',
    '$request',
    '$request.body..name',
    '${request.path.id',
    '$context.a-b',
    '${nothing}',
  ])('%s is refused in a request', (value) => {
    expect(parseMappingValue(value, 'request')).toBeUndefined()
  })

  test('a response cannot read the query of its request', () => {
    expect(parseMappingValue('$request.querystring.q', 'response')).toBeUndefined()
    expect(parseMappingValue('$response.body.id', 'response')).toEqual([{ from: 'body', name: 'id' }])
  })
})

test('reserved headers are told by name and by prefix, in any case', () => {
  expect(['VIA', 'X-Amzn-Trace-Id', 'access-control-allow-origin'].every(isReservedHeader)).toBe(true)
  expect(['x-forwarded-port', 'authorization-2', 'tea'].some(isReservedHeader)).toBe(false)
})
