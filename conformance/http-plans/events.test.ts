// The events that HTTP APIs give their functions, whole, in both payload formats. HTTP 5.
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { FunctionFault, type FunctionCall } from '../../gateway/src/ports/functions.ts'
import type { Call } from '../fixture/plan-call.ts'
import {
  account,
  answering,
  apiId,
  functionArn,
  invoking,
  region,
  stageOf,
  startMs,
  type StageOptions,
} from './stage.ts'

/** The event of a call to `ANY /pets/{id}` (or another route key), and the call to the function. */
async function eventOf<Event>(
  format: '1.0' | '2.0',
  call: Call,
  options: Partial<StageOptions> & { readonly routeKey?: string } = {},
): Promise<{ readonly event: Event; readonly asked: FunctionCall | undefined }> {
  let asked: FunctionCall | undefined
  const { routeKey = 'ANY /pets/{id}', ...more } = options
  const run = stageOf({
    routes: { [routeKey]: invoking(format) },
    invoke: (given) => {
      asked = given
      return answering({ statusCode: 200 })
    },
    ...more,
  })
  const reply = await run({ path: '/pets/7', ...call })
  expect(reply.status).toBe(200)
  return { event: JSON.parse(String(asked?.payload)) as Event, asked }
}

const full: Call = {
  method: 'POST',
  path: '/pets/caf%C3%A9%20%2F1',
  query: 'a=1&a=2&b=%26+x&c',
  headers: [
    'Host',
    `${apiId}.execute-api.localhost`,
    'Content-Type',
    'application/json; charset=utf-8',
    'X-A',
    '1',
    'x-a',
    '2',
    'Cookie',
    'one=1; two=2',
    'cookie',
    'three=3',
    'User-Agent',
    'test/1',
    'X-Forwarded-For',
    '203.0.113.9',
    'Content-Length',
    '9',
  ],
  body: '{"n":"é"}',
}

describe('format 2.0', () => {
  test('has everything of a request, on a named stage', async () => {
    const { event, asked } = await eventOf<APIGatewayProxyEventV2>('2.0', full, {
      stageName: 'dev',
      variables: { color: 'red' },
    })
    const trace = event.headers['x-amzn-trace-id']
    expect(trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'ANY /pets/{id}',
      rawPath: '/dev/pets/café /1',
      rawQueryString: 'a=1&a=2&b=%26+x&c',
      cookies: ['one=1', 'two=2', 'three=3'],
      headers: {
        host: `${apiId}.execute-api.localhost`,
        'content-type': 'application/json; charset=utf-8',
        'x-a': '1,2',
        'user-agent': 'test/1',
        'x-forwarded-for': '203.0.113.9, 192.0.2.1',
        'x-forwarded-port': '80',
        'x-forwarded-proto': 'http',
        'x-amzn-trace-id': trace,
        'content-length': '10',
      },
      queryStringParameters: { a: '1,2', b: '& x', c: '' },
      requestContext: {
        accountId: account,
        apiId,
        domainName: `${apiId}.execute-api.localhost`,
        domainPrefix: apiId,
        http: {
          method: 'POST',
          path: '/dev/pets/café /1',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: 'test/1',
        },
        requestId: 'KtF82HGdliAFjxw=',
        routeKey: 'ANY /pets/{id}',
        stage: 'dev',
        time: '20/Nov/2026:07:13:05 +0000',
        timeEpoch: startMs,
      },
      pathParameters: { id: 'café /1' },
      stageVariables: { color: 'red' },
      body: '{"n":"é"}',
      isBase64Encoded: false,
    } satisfies APIGatewayProxyEventV2)
    expect(asked).toMatchObject({
      functionArn,
      type: 'RequestResponse',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:${region}:${account}:${apiId}/dev/POST/pets/{id}`,
      timeoutMs: 30_000,
      traceId: trace,
    })
  })

  test('leaves out what a request has not, on $default', async () => {
    const { event, asked } = await eventOf<APIGatewayProxyEventV2>('2.0', { path: '/' }, { routeKey: '$default' })
    expect(Object.keys(event).sort()).toEqual(
      ['version', 'routeKey', 'rawPath', 'rawQueryString', 'headers', 'requestContext', 'isBase64Encoded'].sort(),
    )
    expect([event.rawPath, event.rawQueryString, event.requestContext.http.userAgent]).toEqual(['/', '', ''])
    expect(event.headers['content-length']).toBe('0')
    expect(asked?.sourceArn).toBe(`arn:aws:execute-api:${region}:${account}:${apiId}/$default/$default`)
  })

  test('takes names like __proto__ as any other', async () => {
    const { event } = await eventOf<APIGatewayProxyEventV2>(
      '2.0',
      { query: '__proto__=1&constructor=2', headers: ['__proto__', 'h'] },
      { routeKey: 'ANY /pets/{__proto__}' },
    )
    expect(Object.entries(event.queryStringParameters ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    expect(Object.entries(event.pathParameters ?? {})).toEqual([['__proto__', '7']])
    expect(Object.entries(event.headers)[0]).toEqual(['__proto__', 'h'])
  })

  const binary = Buffer.from([0xff, 0x00, 0x41])
  test.each<[string, readonly string[], string | Uint8Array, readonly [text: string, isBase64Encoded: boolean]]>([
    ['text/*', ['Content-Type', 'text/csv'], 'a,b', ['a,b', false]],
    ['+json', ['Content-Type', 'application/problem+json'], '{}', ['{}', false]],
    ['+xml', ['Content-Type', 'image/svg+xml;x=1'], '<a/>', ['<a/>', false]],
    ['application/xml', ['Content-Type', 'APPLICATION/XML'], '<a/>', ['<a/>', false]],
    ['application/javascript', ['content-type', 'application/javascript'], '1', ['1', false]],
    ['forms', ['Content-Type', 'application/x-www-form-urlencoded'], 'a=1', ['YT0x', true]],
    ['multipart', ['Content-Type', 'multipart/form-data; boundary=x'], 'x', ['eA==', true]],
    ['anything encoded', ['Content-Type', 'text/plain', 'Content-Encoding', 'gzip'], 'x', ['eA==', true]],
    ['text without a type', [], 'é', ['é', false]],
    ['bytes without a type', [], binary, ['/wBB', true]],
    ['bytes that say they are text', ['Content-Type', 'text/plain'], binary, ['\ufffd\u0000A', false]],
  ])('tells text from bytes: %s', async (_, headers, body, expected) => {
    const { event } = await eventOf<APIGatewayProxyEventV2>('2.0', { method: 'POST', headers, body })
    expect([event.body, event.isBase64Encoded]).toEqual(expected)
  })
})

describe('format 1.0', () => {
  test('has everything of a request, on a named stage', async () => {
    const { event } = await eventOf<APIGatewayProxyEvent & { version: string }>('1.0', full, {
      stageName: 'dev',
      variables: { color: 'red' },
    })
    const trace = event.headers['X-Amzn-Trace-Id'] ?? ''
    expect(event).toEqual({
      version: '1.0',
      resource: '/pets/{id}',
      path: '/dev/pets/caf%C3%A9%20%2F1',
      httpMethod: 'POST',
      headers: {
        Host: `${apiId}.execute-api.localhost`,
        'Content-Type': 'application/json; charset=utf-8',
        'X-A': '1',
        'x-a': '2',
        Cookie: 'one=1; two=2',
        cookie: 'three=3',
        'User-Agent': 'test/1',
        'Content-Length': '10',
        'X-Amzn-Trace-Id': trace,
        'X-Forwarded-For': '203.0.113.9, 192.0.2.1',
        'X-Forwarded-Port': '80',
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: {
        Host: [`${apiId}.execute-api.localhost`],
        'Content-Type': ['application/json; charset=utf-8'],
        'X-A': ['1'],
        'x-a': ['2'],
        Cookie: ['one=1; two=2'],
        cookie: ['three=3'],
        'User-Agent': ['test/1'],
        'Content-Length': ['10'],
        'X-Amzn-Trace-Id': [trace],
        'X-Forwarded-For': ['203.0.113.9, 192.0.2.1'],
        'X-Forwarded-Port': ['80'],
        'X-Forwarded-Proto': ['http'],
      },
      queryStringParameters: { a: '2', b: '& x', c: '' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['& x'], c: [''] },
      requestContext: {
        accountId: account,
        apiId,
        domainName: `${apiId}.execute-api.localhost`,
        domainPrefix: apiId,
        extendedRequestId: 'KtF82HGdliAFjxw=',
        httpMethod: 'POST',
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: '192.0.2.1',
          user: null,
          userAgent: 'test/1',
          userArn: null,
        },
        path: '/dev/pets/caf%C3%A9%20%2F1',
        protocol: 'HTTP/1.1',
        requestId: 'KtF82HGdliAFjxw=',
        requestTime: '20/Nov/2026:07:13:05 +0000',
        requestTimeEpoch: startMs,
        resourceId: null,
        resourcePath: '/pets/{id}',
        stage: 'dev',
      },
      pathParameters: { id: 'café /1' },
      stageVariables: { color: 'red' },
      body: '{"n":"é"}',
      isBase64Encoded: false,
    })
  })

  test('says null for what a request has not', async () => {
    const { event } = await eventOf<APIGatewayProxyEvent>('1.0', { path: '/x' }, { routeKey: '$default' })
    expect(event).toMatchObject({
      resource: '$default',
      path: '/x',
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    })
  })
})

describe('the function', () => {
  test('may be named by an invocation URI with stage variables', async () => {
    const IntegrationUri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${account}:function:\${stageVariables.name}:live/invocations`
    const { asked } = await eventOf(
      '2.0',
      {},
      {
        variables: { name: 'g' },
        routes: { 'ANY /pets/{id}': invoking('2.0', { IntegrationUri, TimeoutInMillis: 50 }) },
      },
    )
    expect([asked?.functionArn, asked?.timeoutMs]).toEqual([`arn:aws:lambda:${region}:${account}:function:g:live`, 50])
  })

  const failing = async (invoke: StageOptions['invoke']): Promise<unknown[]> => {
    const call = stageOf({ routes: { 'GET /pets': invoking('2.0') }, ...(invoke && { invoke }) })
    const { status, text } = await call()
    return [status, text]
  }

  test.each([
    ['timeout', 503, 'Service Unavailable'],
    ['throttled', 503, 'Service Unavailable'],
    ['denied', 500, 'Internal Server Error'],
    ['not-found', 500, 'Internal Server Error'],
    ['unavailable', 500, 'Internal Server Error'],
    ['refused', 500, 'Internal Server Error'],
    ['too-large', 413, 'Request Entity Too Large'],
  ] as const)('that cannot be called (%s) is %i', async (reason, status, message) => {
    const invoke = (): never => {
      throw new FunctionFault(reason, { status: 400, code: 'X', message: 'm' })
    }
    expect(await failing(invoke)).toEqual([status, JSON.stringify({ message })])
  })

  test('that fails is 500', async () => {
    const invoke = (): ReturnType<typeof answering> => answering({ errorMessage: 'boom' }, 'Unhandled')
    expect(await failing(invoke)).toEqual([500, '{"message":"Internal Server Error"}'])
  })

  test('gets no event that is larger than it takes: 413', async () => {
    const call = stageOf({ routes: { 'POST /pets': invoking('2.0') }, invoke: () => answering('ok') })
    const { status, text } = await call({ method: 'POST', body: new Uint8Array(5_000_000).fill(0xff) })
    expect([status, text]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  })
})
