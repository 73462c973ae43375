// Lambda authorizers of HTTP APIs: events, verdicts, failures and what is remembered. HTTP 12.
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../gateway/src/adapters/clocks.ts'
import { FunctionFault, type FunctionAnswer, type FunctionCall } from '../../gateway/src/ports/functions.ts'
import type { Call, Reply } from '../fixture/plan-call.ts'
import { account, answering, apiId, functionArn, invoking, region, stageOf, startMs } from './stage.ts'

const authorizerArn = `arn:aws:lambda:${region}:${account}:function:auth`
const apiArn = `arn:aws:execute-api:${region}:${account}:${apiId}`

type Verdict = (event: Record<string, unknown>, call: FunctionCall) => FunctionAnswer | Promise<FunctionAnswer>

/** A stage `dev` behind an authorizer; the calls to the authorizer and the events of the route's function. */
function protectedBy(
  verdict: Verdict,
  authorizer: Partial<apigatewayv2.Authorizer> = {},
  format: '1.0' | '2.0' = '2.0',
): {
  readonly call: (call?: Call) => Promise<Reply>
  readonly calls: FunctionCall[]
  readonly events: Record<string, unknown>[]
  readonly clock: VirtualClock
} {
  const calls: FunctionCall[] = []
  const events: Record<string, unknown>[] = []
  const clock = new VirtualClock(startMs)
  const protection = { AuthorizationType: 'CUSTOM' as const, AuthorizerId: 'a1' }
  const call = stageOf({
    stageName: 'dev',
    variables: { color: 'red' },
    clock,
    authorizers: [
      {
        AuthorizerId: 'a1',
        Name: 'lambda',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${authorizerArn}/invocations`,
        AuthorizerPayloadFormatVersion: '2.0',
        IdentitySource: ['$request.header.Authorization'],
        ...authorizer,
      },
    ],
    routes: {
      'GET /pets/{id}': { ...invoking(format), route: protection },
      'GET /cats': { ...invoking(format), route: protection },
      $default: { ...invoking(format), route: protection },
    },
    invoke: (asked) => {
      const event = JSON.parse(String(asked.payload)) as Record<string, unknown>
      if (asked.functionArn === functionArn) {
        events.push(event)
        return answering('in')
      }
      calls.push(asked)
      return verdict(event, asked)
    },
  })
  return {
    call: (given = {}) => call({ path: '/pets/7', headers: ['Authorization', 't1'], ...given }),
    calls,
    events,
    clock,
  }
}

const policy = (Effect: string, Resource: string | readonly string[], Action = 'execute-api:Invoke'): unknown => ({
  Version: '2012-10-17',
  Statement: [{ Effect, Action, Resource }],
})
const allowing = (Resource: string | readonly string[]): FunctionAnswer =>
  answering({
    principalId: 'ada',
    policyDocument: policy('Allow', Resource),
    context: { role: 'admin', n: 1, list: [1] },
  })
const simple = (isAuthorized: unknown, context?: unknown): FunctionAnswer => answering({ isAuthorized, context })
const outcome = ({ status, text }: Reply): unknown[] => [status, text]
const forbidden = [403, '{"message":"Forbidden"}']
const broken = [500, '{"message":"Internal Server Error"}']

describe('events', () => {
  test('of format 2.0 have the request without its body, and what is asked about', async () => {
    let event: APIGatewayRequestAuthorizerEventV2 | undefined
    const { call, calls } = protectedBy(
      (given) => {
        event = given as unknown as APIGatewayRequestAuthorizerEventV2
        return allowing('*')
      },
      {
        IdentitySource: [
          '$request.header.Authorization',
          '$request.querystring.x',
          '$context.routeKey',
          '$stageVariables.color',
        ],
      },
    )
    await call({
      path: '/pets/a%20b',
      query: 'x=1&x=2',
      headers: ['Host', 'h', 'Authorization', 't1', 'Cookie', 'a=1; b=2', 'User-Agent', 'test'],
      body: 'not shown',
    })
    const { 'x-amzn-trace-id': trace, ...headers } = event?.headers ?? {}
    expect(trace).toMatch(/^Root=1-/)
    expect(headers).toEqual({
      host: 'h',
      authorization: 't1',
      'user-agent': 'test',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '80',
      'x-forwarded-proto': 'http',
      'content-length': '9',
    })
    expect({ ...event, headers: undefined }).toEqual({
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${apiArn}/dev/GET/pets/a b`,
      identitySource: ['t1', '1,2', 'GET /pets/{id}', 'red'],
      routeKey: 'GET /pets/{id}',
      rawPath: '/dev/pets/a b',
      rawQueryString: 'x=1&x=2',
      cookies: ['a=1', 'b=2'],
      headers: undefined,
      queryStringParameters: { x: '1,2' },
      requestContext: {
        accountId: account,
        apiId,
        domainName: `${apiId}.execute-api.localhost`,
        domainPrefix: apiId,
        http: { method: 'GET', path: '/dev/pets/a b', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
        requestId: 'KtF82HGdliAFjxw=',
        routeKey: 'GET /pets/{id}',
        stage: 'dev',
        time: '20/Nov/2026:07:13:05 +0000',
        timeEpoch: startMs,
      },
      pathParameters: { id: 'a b' },
      stageVariables: { color: 'red' },
    })
    expect(calls[0]).toMatchObject({
      functionArn: authorizerArn,
      type: 'RequestResponse',
      sourceArn: `${apiArn}/authorizers/a1`,
      principal: 'apigateway.amazonaws.com',
      timeoutMs: 10_000,
    })
  })

  test('of format 1.0 have the method’s ARN and the identity joined', async () => {
    let event: Record<string, unknown> = {}
    const { call } = protectedBy(
      (given) => {
        event = given
        return allowing('*')
      },
      { AuthorizerPayloadFormatVersion: '1.0', IdentitySource: ['$request.header.Authorization', '$request.header.x'] },
    )
    await call({ headers: ['Authorization', 't1', 'X', 'v', 'User-Agent', 'test'], query: 'q=1' })
    expect(event).toMatchObject({
      version: '1.0',
      type: 'REQUEST',
      methodArn: `${apiArn}/dev/GET/pets/7`,
      identitySource: 't1,v',
      authorizationToken: 't1,v',
      resource: '/pets/{id}',
      path: '/dev/pets/7',
      httpMethod: 'GET',
      headers: { Authorization: 't1', X: 'v' },
      queryStringParameters: { q: '1' },
      pathParameters: { id: '7' },
      stageVariables: { color: 'red' },
      requestContext: {
        path: '/dev/pets/7',
        accountId: account,
        stage: 'dev',
        requestId: 'KtF82HGdliAFjxw=',
        identity: { sourceIp: '192.0.2.1', userAgent: 'test' },
        resourcePath: '/pets/{id}',
        httpMethod: 'GET',
        apiId,
      },
    })
  })

  test('show the certificate of a domain name with mutual TLS', async () => {
    const clientCertificate = {
      clientCertPem: 'PEM',
      subjectDN: 'CN=ada',
      issuerDN: 'CN=root',
      serialNumber: '01:02',
      validity: { notBefore: 'May 28 12:30:02 2019 GMT', notAfter: 'Aug  5 09:36:04 2021 GMT' },
    }
    const seen: unknown[] = []
    for (const AuthorizerPayloadFormatVersion of ['1.0', '2.0'] as const) {
      const { call } = protectedBy(
        ({ requestContext }) => {
          seen.push(requestContext)
          return allowing('*')
        },
        { AuthorizerPayloadFormatVersion },
      )
      await call({ clientCertificate })
    }
    expect(seen).toMatchObject([
      { identity: { clientCert: clientCertificate } },
      { authentication: { clientCert: clientCertificate } },
    ])
  })

  test('without identity sources say null; the default route is asked about as such', async () => {
    const seen: unknown[] = []
    const { call } = protectedBy(
      ({ identitySource, routeArn }) => {
        seen.push(identitySource, routeArn)
        return allowing('*')
      },
      { IdentitySource: [] },
    )
    await call({ path: '/any/thing', method: 'POST' })
    expect(seen).toEqual([null, `${apiArn}/dev/$default`])
  })
})

describe('policies', () => {
  test.each([
    ['the ARN itself', `${apiArn}/dev/GET/pets/7`, [200, 'in']],
    ['a wildcard', `${apiArn}/*/GET/pets/?`, [200, 'in']],
    ['another path', `${apiArn}/dev/GET/pets/8`, forbidden],
    ['another verb', `${apiArn}/dev/POST/pets/7`, forbidden],
    ['another API', `arn:aws:execute-api:${region}:${account}:other/dev/GET/pets/7`, forbidden],
  ])('that allow %s', async (_, resource, expected) => {
    expect(outcome(await protectedBy(() => allowing(resource)).call())).toEqual(expected)
  })

  test('that deny win, and other actions count for nothing', async () => {
    const both = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'execute-api:*', Resource: `${apiArn}/dev/GET/pets/*` },
      ],
    }
    const answered = (policyDocument: unknown): FunctionAnswer => answering({ principalId: 'ada', policyDocument })
    expect(outcome(await protectedBy(() => answered(both)).call())).toEqual(forbidden)
    expect(outcome(await protectedBy(() => answered(policy('Allow', '*', 's3:*'))).call())).toEqual(forbidden)
  })

  test.each([
    ['the address', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, [200, 'in']],
    ['the agent', { StringEquals: { 'aws:UserAgent': 'test' } }, [200, 'in']],
    ['another agent', { StringEquals: { 'aws:UserAgent': 'other' } }, forbidden],
    ['the time', { DateLessThan: { 'aws:CurrentTime': '2026-11-20T07:13:06Z' } }, [200, 'in']],
    ['a time gone by', { DateLessThan: { 'aws:CurrentTime': '2026-11-20T07:13:05Z' } }, forbidden],
    ['who calls', { StringEquals: { 'aws:PrincipalType': 'Anonymous' } }, [200, 'in']],
  ])('may ask for %s', async (_, Condition, expected) => {
    const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', Condition }
    const policyDocument = { Version: '2012-10-17', Statement }
    const { call } = protectedBy(() => answering({ principalId: 'ada', policyDocument }))
    expect(outcome(await call({ headers: ['Authorization', 't1', 'User-Agent', 'test'] }))).toEqual(expected)
  })

  test('hand their context on, with its types', async () => {
    const { call, events } = protectedBy(() => allowing('*'))
    await call()
    expect(events[0]?.['requestContext']).toMatchObject({
      authorizer: { lambda: { role: 'admin', n: 1, list: [1] } },
    })
    const old = protectedBy(() => allowing('*'), {}, '1.0')
    await old.call()
    const authorizer = { principalId: 'ada', integrationLatency: 0, role: 'admin', n: 1, list: [1] }
    expect(old.events[0]?.['requestContext']).toMatchObject({ authorizer })
  })
})

describe('simple responses', () => {
  const EnableSimpleResponses = true

  test('let in or not, and hand their context on', async () => {
    const yes = protectedBy(() => simple(true, { user: 'ada' }), { EnableSimpleResponses })
    expect(outcome(await yes.call())).toEqual([200, 'in'])
    expect(yes.events[0]?.['requestContext']).toMatchObject({ authorizer: { lambda: { user: 'ada' } } })
    expect(outcome(await protectedBy(() => simple(false), { EnableSimpleResponses }).call())).toEqual(forbidden)
  })

  test('are policies where they are not enabled, and the other way round', async () => {
    expect(outcome(await protectedBy(() => simple(true)).call())).toEqual(broken)
    expect(outcome(await protectedBy(() => allowing('*'), { EnableSimpleResponses }).call())).toEqual(broken)
  })
})

describe('failures are 500', () => {
  test.each<[string, Verdict]>([
    ['no object', () => answering('yes')],
    ['no JSON', () => ({ ...answering(null), payload: Buffer.from('{') })],
    ['no principal', () => answering({ policyDocument: policy('Allow', '*') })],
    ['no policy', () => answering({ principalId: 'ada' })],
    [
      'a policy that is none',
      () => answering({ principalId: 'ada', policyDocument: { Statement: [{ Effect: 'Maybe' }] } }),
    ],
    [
      'a context that is no map',
      () => answering({ principalId: 'a', policyDocument: policy('Allow', '*'), context: [1] }),
    ],
    ['an error, also Unauthorized', () => answering({ errorMessage: 'Unauthorized' }, 'Unhandled')],
    ['a time-out', () => fail('timeout')],
    ['no permission', () => fail('denied')],
    ['a throttle', () => fail('throttled')],
  ])('%s', async (_, verdict) => {
    const { call, events } = protectedBy(verdict)
    expect(outcome(await call())).toEqual(broken)
    expect(events).toEqual([])
  })

  const fail = (reason: 'timeout' | 'denied' | 'throttled'): never => {
    throw new FunctionFault(reason, { status: 400, code: 'X', message: reason })
  }
})

test('a missing or empty identity source is 401, and the function is not called', async () => {
  const { call, calls } = protectedBy(() => allowing('*'), {
    IdentitySource: ['$request.header.Authorization', '$request.querystring.k'],
  })
  const unauthorized = [401, '{"message":"Unauthorized"}']
  expect(outcome(await call())).toEqual(unauthorized)
  expect(outcome(await call({ query: 'k=' }))).toEqual(unauthorized)
  expect(outcome(await call({ query: 'k=1', headers: [] }))).toEqual(unauthorized)
  expect(calls).toEqual([])
  expect((await call({ query: 'k=1' })).status).toBe(200)
})

describe('verdicts', () => {
  const remembering = { AuthorizerResultTtlInSeconds: 60 }

  test('are asked for at every request without a TTL', async () => {
    const { call, calls } = protectedBy(() => allowing('*'))
    await call()
    await call()
    expect(calls.length).toBe(2)
  })

  test('are remembered for the TTL by the values of the identity sources, for all routes', async () => {
    const { call, calls, clock } = protectedBy(() => allowing([`${apiArn}/dev/GET/cats`]), remembering)
    expect(outcome(await call({ path: '/cats' }))).toEqual([200, 'in'])
    // The policy is remembered, and decides anew for each ARN.
    expect(outcome(await call())).toEqual(forbidden)
    expect(calls.length).toBe(1)
    await call({ headers: ['Authorization', 't2'] })
    expect(calls.length).toBe(2)
    clock.advance(59_999)
    await call({ path: '/cats' })
    expect(calls.length).toBe(2)
    clock.advance(1)
    await call({ path: '/cats' })
    expect(calls.length).toBe(3)
  })

  test('that deny are remembered, failures are not', async () => {
    let answer = simple(false)
    const { call, calls } = protectedBy(() => answer, { ...remembering, EnableSimpleResponses: true })
    await call()
    answer = simple(true)
    expect(outcome(await call())).toEqual(forbidden)
    expect(calls.length).toBe(1)
    answer = simple('?')
    expect(outcome(await call({ headers: ['Authorization', 't2'] }))).toEqual(broken)
    answer = simple(true)
    expect(outcome(await call({ headers: ['Authorization', 't2'] }))).toEqual([200, 'in'])
  })

  test('are asked for once by requests that come together', async () => {
    const { call, calls } = protectedBy(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return allowing('*')
    }, remembering)
    const replies = await Promise.all([call(), call(), call({ headers: ['Authorization', 't2'] })])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(calls.length).toBe(2)
  })

  test('are never remembered without an identity source', async () => {
    const { call, calls } = protectedBy(() => allowing('*'), { ...remembering, IdentitySource: [] })
    await call()
    await call()
    expect(calls.length).toBe(2)
  })
})
