// AWS_PROXY: what the client sees of each thing that a function may return, and what the function sees. Recorded: REST 32; REST 5.1–5.3.
import { expect, test } from 'vitest'
import type { FunctionAnswer } from '../../gateway/src/ports/functions.ts'
import type { Call } from '../fixture/plan-call.ts'
import { stageOf, type StageOptions } from './stage.ts'

const uri =
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations'

let event: Record<string, unknown> = {}

/** A method whose function answers with `payload`, JSON or text as it is. */
function stage(payload: unknown, options: Partial<StageOptions> = {}, answer: Partial<FunctionAnswer> = {}) {
  return stageOf({
    path: '/{proxy+}',
    method: { methodIntegration: { type: 'AWS_PROXY', httpMethod: 'POST', uri } },
    invoke: async (call) => {
      event = JSON.parse(Buffer.from(call.payload).toString()) as Record<string, unknown>
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
      return { status: 200, payload: Buffer.from(text), executedVersion: '1', requestId: 'r', logTail: '', ...answer }
    },
    ...options,
  })
}

const generated = new Set(['x-amzn-RequestId', 'x-amz-apigw-id', 'X-Amzn-Trace-Id'])

async function seen(payload: unknown): Promise<unknown[]> {
  const { status, headers, text } = await stage(payload)()
  const own = headers.filter((_, index) => !generated.has(headers[index - (index % 2)] ?? ''))
  return [status, own.join(': '), text]
}

const json = 'Content-Type: application/json'

test.each<[string, unknown, number, string, string]>([
  ['an empty object', {}, 200, json, ''],
  ['a status as text', { statusCode: '201' }, 201, json, ''],
  ['headers that are no text', { headers: { a: true, b: 1.5, c: null } }, 200, `a: true: b: 1.5: c: : ${json}`, ''],
  ['no headers', { headers: null, multiValueHeaders: null, body: null }, 200, json, ''],
  ['its own type', { headers: { 'content-type': 'text/css' }, body: 'x' }, 200, 'content-type: text/css', 'x'],
  [
    'one name in both maps',
    { headers: { 'test-multi': 'value-solo' }, multiValueHeaders: { 'tesT-Multi': ['value-multi'] } },
    200,
    `tesT-Multi: value-multi: tesT-Multi: value-solo: ${json}`,
    '',
  ],
  ['the same value in both', { headers: { A: 'v' }, multiValueHeaders: { a: ['v'] } }, 200, `a: v: ${json}`, ''],
  [
    'headers that are the gateway’s',
    {
      headers: {
        'Content-Length': '5',
        Date: 'd',
        Server: 's',
        Connection: 'c',
        'Transfer-Encoding': 'chunked',
        Via: 'v',
      },
    },
    200,
    `x-amzn-Remapped-Content-Length: 5: x-amzn-Remapped-Date: d: x-amzn-Remapped-Server: s: x-amzn-Remapped-Connection: c: ${json}`,
    '',
  ],
  ['base64 that no client decodes', { body: 'aGk=', isBase64Encoded: true }, 200, json, 'aGk='],
  ['a flag that is text', { body: 'aGk=', isBase64Encoded: 'true' }, 200, json, 'aGk='],
])('%s', async (_case, payload, ...expected) => {
  expect(await seen(payload)).toEqual(expected)
})

test.each([
  ['nothing', ''],
  ['null', 'null'],
  ['a list', []],
  ['a bare text', '"text"'],
  ['an unknown member', { wrongValue: 1 }],
  ['a status that is none', { statusCode: 'test' }],
  ['a status that HTTP has not', { statusCode: 99 }],
  ['a status with a fraction', { statusCode: 200.5 }],
  ['headers that are no object', { headers: 'a' }],
  ['a header that is an object', { headers: { a: {} } }],
  ['a multi value that is no list', { multiValueHeaders: { h: 'a' } }],
  ['a body that is no text', { body: {} }],
  ['a flag that is none', { body: '', isBase64Encoded: 'yes' }],
])('%s is a 502', async (_case, payload) => {
  const reply = await stage(payload)()
  expect([reply.status, reply.text, reply.header('x-amzn-errortype')]).toEqual([
    502,
    '{"message": "Internal server error"}',
    'InternalServerErrorException',
  ])
  expect(reply.header('x-amzn-trace-id')).toBeUndefined()
  expect(reply.lines).toContain('Execution failed due to configuration error: Malformed Lambda proxy response')
})

test('a function that failed is a 502, whatever it returned', async () => {
  const reply = await stage({ errorMessage: 'no' }, {}, { functionError: 'Unhandled' })()
  expect([reply.status, reply.text]).toEqual([502, '{"message": "Internal server error"}'])
  expect(reply.lines).toContain(
    'Lambda execution failed with status 200 due to customer function error: no. Lambda request id: r',
  )
})

test.each([
  [[], 'image/png', false],
  [['image/png'], 'image/png', true],
  [['image/png'], 'IMAGE/PNG;q=1', true],
  [['image/png'], 'image/*', false],
  [['image/png'], '*/*', false],
  [['image/png'], 'image/webp,image/png,*/*;q=0.8', false],
  [['image/png'], 'image/png,image/*,*/*;q=0.8', true],
  [['*/test'], '*/test', false],
  [['application/*'], 'application/whatever', true],
  [['application/*'], 'application', false],
  [['image/png'], undefined, false],
  [['*/*'], undefined, false],
  [['*/*'], 'text/html', true],
])('binary types %j, Accept %s: decoded %s', async (binaryMediaTypes, accept, isDecoded) => {
  const call = stage({ body: 'aGk=', isBase64Encoded: true, headers: { 'Content-Type': 'a/b' } }, { binaryMediaTypes })
  const reply = await call({ headers: accept === undefined ? [] : ['Accept', accept] })
  expect([reply.text, reply.header('content-type')]).toEqual([isDecoded ? 'hi' : 'aGk=', 'a/b'])
})

test('base64 that is none is a 500 where it had to be decoded', async () => {
  const call = stage({ body: '!', isBase64Encoded: true }, { binaryMediaTypes: ['image/png'] })
  expect((await call({ headers: ['Accept', 'image/png'] })).status).toBe(500)
  expect((await call()).text).toBe('!')
})

const call: Call = {
  method: 'POST',
  path: '/a%2Fb/c+d//e/',
  query: 'x=1&x=2&blank=&bare&plus=a+b%2B&;semi=1',
  headers: [
    'tEsT',
    '1',
    'tEsT',
    '2',
    'authorization',
    'a',
    'USER-AGENT',
    'u',
    'TE',
    't',
    'Accept-Encoding',
    'gzip, br',
  ],
  body: 'hi',
}

test('the event has paths as sent, queries decoded, headers in the client’s spelling, and null for what is empty', async () => {
  await stage({})(call)
  expect(event).toMatchObject({
    resource: '/{proxy+}',
    path: '/a%2Fb/c+d//e/',
    httpMethod: 'POST',
    headers: { tEsT: '2', Authorization: 'a', 'User-Agent': 'u', 'Accept-Encoding': 'gzip, br' },
    multiValueHeaders: { tEsT: ['1', '2'], 'Accept-Encoding': ['gzip, br'] },
    queryStringParameters: { x: '2', blank: '', bare: '', plus: 'a b+', semi: '1' },
    multiValueQueryStringParameters: { x: ['1', '2'], semi: ['1'] },
    pathParameters: { proxy: 'a%2Fb/c+d//e' },
    stageVariables: null,
    body: 'hi',
    isBase64Encoded: false,
  })
  expect(event['headers']).not.toHaveProperty('TE')
  const context = event['requestContext'] as Record<string, unknown>
  expect(context['path']).toBe('/prod/a%2Fb/c+d//e/')
  expect(Object.keys(context).toSorted()).toEqual(
    'accountId apiId deploymentId domainName domainPrefix extendedRequestId httpMethod identity path protocol requestId requestTime requestTimeEpoch resourceId resourcePath stage'.split(
      ' ',
    ),
  )
})

test.each([
  [undefined, [], 'hi', false],
  [['text/plain'], ['Content-Type', 'text/plain; charset=x'], 'aGk=', true],
  [['*/*'], [], 'aGk=', true],
  [['image/png'], ['Content-Type', 'text/plain'], 'hi', false],
])('binary types %j: the event’s body of %j', async (binaryMediaTypes, headers, body, isBase64Encoded) => {
  await stage({}, binaryMediaTypes === undefined ? {} : { binaryMediaTypes })({ ...call, headers })
  expect(event).toMatchObject({ body, isBase64Encoded })
})

test('what is empty in a request without anything is null', async () => {
  await stage({}, { path: '/pets' })()
  expect(event).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
  })
})
