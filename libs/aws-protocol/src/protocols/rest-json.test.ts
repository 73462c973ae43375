// REST-JSON as API Gateway, Lambda and the callback API speak it.
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { encode, encodeFault } from '../encode.ts'
import { ServiceFault } from '../fault.ts'
import { loadNamed, request, textOf } from '../fixture.ts'
import { NotFoundException } from '../generated/apigatewayv2.ts'
import { ResourceNotFoundException, TooManyRequestsException } from '../generated/lambda.ts'
import type { Match } from '../service.ts'
import type { WireRequest } from '../wire.ts'

const services = { v1: loadNamed('apigateway'), v2: loadNamed('apigatewayv2'), lambda: loadNamed('lambda') }
const requestId = '7b6b3d22-0000-4000-8000-000000000000'

function matched(name: keyof typeof services, wire: WireRequest): Match {
  const match = services[name].match(wire)
  if (match === undefined) throw new Error(`no operation at ${wire.method} ${wire.path}`)
  return match
}

function input(name: keyof typeof services, ...parts: Parameters<typeof request>): Record<string, unknown> {
  const wire = request(...parts)
  return decode(matched(name, wire), wire)
}

describe('input', () => {
  test('members have the model’s names, whatever they are called on the wire', () => {
    const body = { type: 'HTTP', httpMethod: 'POST', requestParameters: { a: 'b' }, unknown: 1, uri: null }
    expect(input('v1', 'PUT /restapis/r/resources/s/methods/GET/integration', body)).toEqual({
      restApiId: 'r',
      resourceId: 's',
      httpMethod: 'GET',
      integrationHttpMethod: 'POST',
      type: 'HTTP',
      requestParameters: { a: 'b' },
    })
  })

  test('query parameters become scalars, lists and maps', () => {
    expect(input('v1', 'GET /restapis/r/resources?embed=methods&embed=x&limit=5&position=')).toEqual({
      restApiId: 'r',
      embed: ['methods', 'x'],
      limit: 5,
      position: '',
    })
    expect(
      input('v1', 'POST /restapis?mode=import&failonwarnings=true&basepath=prepend&ignore=documentation', 'yaml'),
    ).toEqual({
      failOnWarnings: true,
      parameters: { basepath: 'prepend', ignore: 'documentation' },
      body: new TextEncoder().encode('yaml'),
    })
  })

  test('headers are members, found by lower-cased name', () => {
    const headers = { 'x-amz-invocation-type': 'DryRun', 'x-other': '1' }
    expect(input('lambda', 'POST /2015-03-31/functions/f/invocations', '{"a":1}', headers)).toEqual({
      FunctionName: 'f',
      InvocationType: 'DryRun',
      Payload: new TextEncoder().encode('{"a":1}'),
    })
  })

  test('blobs are read from base64', () => {
    expect(input('lambda', 'POST /2015-03-31/functions', { Code: { ZipFile: 'AQID' } })).toEqual({
      Code: { ZipFile: new Uint8Array([1, 2, 3]) },
    })
  })

  test('a map key may be __proto__ and nothing else changes', () => {
    const { tags } = input('v1', 'POST /restapis', '{"name":"n","tags":{"__proto__":"a","constructor":"b"}}') as {
      tags: Record<string, string>
    }
    expect(Object.entries(tags)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  test.each([
    ['{"requestParameters":{"a":true}}', 'class java.lang.Boolean can not be converted to an String'],
    ['{"uri":{}}', 'Start of structure or map found where not expected.'],
    ['{"uri":[]}', 'Start of list found where not expected'],
    ['{"requestParameters":"a"}', 'Unrecognized collection type class java.lang.String'],
    ['{"cacheKeyParameters":{}}', 'Start of structure or map found where not expected.'],
    ['{"timeoutInMillis":"1"}', 'class java.lang.String can not be converted to an Integer'],
    ['[]', 'Start of list found where not expected'],
    ['{"uri":', 'Unable to parse the request body as JSON.'],
  ])('%s is refused: %s', (body, message) => {
    const call = (): unknown => input('v1', 'PUT /restapis/r/resources/s/methods/GET/integration', body)
    expect(call).toThrow(expect.objectContaining({ code: 'SerializationException', status: 400, message }))
  })

  test('bytes that are not UTF-8 and bodies over budget are refused', () => {
    const wire = { ...request('POST /restapis'), body: new Uint8Array([0x22, 0xff, 0x22]) }
    expect(() => decode(matched('v1', wire), wire)).toThrow('The request body is not UTF-8 text.')
    const huge = { ...request('POST /restapis'), body: new Uint8Array(72 * 1024 * 1024 + 1) }
    expect(() => services.v1.match(huge)).toThrow(expect.objectContaining({ status: 413 }))
  })
})

describe('output', () => {
  test('v1 writes epoch seconds, v2 ISO 8601; undefined members are left out, empty collections are not', () => {
    const v1 = encode(
      matched('v1', request('POST /restapis')),
      { id: 'a', createdDate: 1_587_481_701, description: undefined, binaryMediaTypes: [], tags: {} },
      { requestId },
    )
    expect(v1).toEqual({
      status: 201,
      headers: { 'x-amzn-RequestId': requestId, 'Content-Type': 'application/json' },
      body: '{"binaryMediaTypes":[],"createdDate":1587481701,"id":"a","tags":{}}',
    })
    const v2 = encode(
      matched('v2', request('POST /v2/apis')),
      { ApiId: 'a', CreatedDate: 1_587_481_701, Tags: {} },
      { requestId },
    )
    expect(textOf(v2)).toBe('{"apiId":"a","createdDate":"2020-04-21T15:08:21Z","tags":{}}')
  })

  test.each([
    ['v1', 'DELETE /restapis/a', 202, ''],
    ['v1', 'PATCH /restapis/r/resources/s/methods/GET/responses/200', 201, '{}'],
    ['v1', 'DELETE /restapis/r/resources/s/methods/GET', 204, ''],
    ['v2', 'DELETE /v2/apis/a', 204, ''],
    ['v2', 'DELETE /v2/vpclinks/a', 202, '{}'],
    ['v2', 'POST /v2/tags/arn', 201, '{}'],
    ['v2', 'POST /v2/portals/a/publish', 202, '{}'],
  ] as const)('%s %s without output answers %i %s', (name, line, status, body) => {
    const answer = encode(matched(name, request(line)), undefined, { requestId })
    expect(answer.status).toBe(status)
    expect(textOf(answer)).toBe(body)
    expect(answer.headers['Content-Type']).toBe(body === '' ? undefined : 'application/json')
  })

  test('raw payloads, header and status members', () => {
    const answer = encode(
      matched('lambda', request('POST /2015-03-31/functions/f/invocations')),
      { StatusCode: 202, FunctionError: 'Unhandled', Payload: new TextEncoder().encode('{}') },
      { requestId },
    )
    expect(answer.status).toBe(202)
    expect(answer.headers).toEqual({
      'x-amzn-RequestId': requestId,
      'X-Amz-Function-Error': 'Unhandled',
      'Content-Type': 'application/json',
    })
    expect(textOf(answer)).toBe('{}')
  })

  test('a payload’s own content type wins', () => {
    const answer = encode(
      matched('v1', request('GET /restapis/r/stages/s/exports/oas30')),
      { contentType: 'application/yaml', contentDisposition: 'attachment', body: new Uint8Array([97]) },
      { requestId },
    )
    expect(answer.headers).toMatchObject({ 'Content-Type': 'application/yaml', 'Content-Disposition': 'attachment' })
  })
})

describe('faults', () => {
  test('carry the name in a header and the message, in lower case, in the body', () => {
    const fault = new NotFoundException('Invalid API identifier specified 000000000000:x', { ResourceType: 'Api' })
    expect(encodeFault(matched('v2', request('GET /v2/apis/x')), fault, { requestId })).toEqual({
      status: 404,
      headers: {
        'x-amzn-RequestId': requestId,
        'x-amzn-ErrorType': 'NotFoundException',
        'Content-Type': 'application/json',
      },
      body: '{"message":"Invalid API identifier specified 000000000000:x","resourceType":"Api"}',
    })
  })

  test('follow their shape: Lambda’s Message and Type, Retry-After', () => {
    const dialect = services.lambda.dialect(request('GET /'))
    const missing = encodeFault(dialect, new ResourceNotFoundException('Function not found: f', { Type: 'User' }), {
      requestId,
    })
    expect(textOf(missing)).toBe('{"Message":"Function not found: f","Type":"User"}')
    const slow = encodeFault(dialect, new TooManyRequestsException('Rate Exceeded.', { retryAfterSeconds: '3' }), {
      requestId,
    })
    expect(slow.headers['Retry-After']).toBe('3')
    expect(textOf(slow)).toBe('{"message":"Rate Exceeded."}')
  })

  test('that no model lists are sent with their message alone', () => {
    const fault = new ServiceFault('AccessDeniedException', 403, 'no', { members: { secret: 1 } })
    const answer = encodeFault(services.v1.dialect(request('GET /')), fault, { requestId })
    expect(answer.status).toBe(403)
    expect(answer.headers['x-amzn-ErrorType']).toBe('AccessDeniedException')
    expect(textOf(answer)).toBe('{"message":"no"}')
  })

  test('may call it otherwise', () => {
    const fault = new ServiceFault('AccessDeniedException', 403, 'no', { messageName: 'Message' })
    const answer = encodeFault(services.v1.dialect(request('GET /')), fault, { requestId })
    expect(textOf(answer)).toBe('{"Message":"no"}')
  })
})
