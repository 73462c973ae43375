// Integrations of HTTP and WebSocket APIs: URIs, subtypes, parameters, templates.
import { describe, expect, test } from 'vitest'
import { integrationSubtypes } from '../../nouns/integration-kinds.ts'
import {
  apiWithRoute,
  badRequest,
  conflict,
  lambdaArn,
  lambdaUri,
  notFound,
  testService,
  type TestService,
} from './testing.ts'

const role = 'arn:aws:iam::000000000000:role/r'
const lambda = { IntegrationType: 'AWS_PROXY', IntegrationUri: lambdaArn, PayloadFormatVersion: '2.0' } as const
const url = {
  IntegrationType: 'HTTP_PROXY',
  IntegrationMethod: 'GET',
  IntegrationUri: 'https://example.com/{id}',
  PayloadFormatVersion: '1.0',
} as const
const queue = {
  IntegrationType: 'AWS_PROXY',
  IntegrationSubtype: 'SQS-SendMessage',
  PayloadFormatVersion: '1.0',
  CredentialsArn: role,
  RequestParameters: { QueueUrl: '$request.header.queue', MessageBody: '$request.body' },
} as const

async function webSocketApi(service: TestService): Promise<string> {
  const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const
  return (await service.call('CreateApi', input)).ApiId ?? ''
}

describe('an integration of an HTTP API', () => {
  test.each([
    [lambda, { ConnectionType: 'INTERNET', IntegrationMethod: 'POST', TimeoutInMillis: 30_000 }],
    [{ ...lambda, IntegrationUri: lambdaUri, PayloadFormatVersion: '1.0' }, { IntegrationMethod: 'POST' }],
    [{ ...lambda, IntegrationUri: `${lambdaArn}:\${stageVariables.alias}` }, {}],
    [url, { IntegrationMethod: 'GET', TimeoutInMillis: 30_000 }],
    [{ ...url, IntegrationUri: 'http://${stageVariables.host}:8080/x' }, {}],
    [queue, { ConnectionType: 'INTERNET' }],
  ] as const)('%j is kept with its defaults', async (input, defaults) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const IntegrationId = expect.stringMatching(/^[a-z0-9]{7}$/) as string
    const kept = await service.call('CreateIntegration', { ApiId, ...input })
    expect(kept).toMatchObject({ ...input, ...defaults, IntegrationId })
    expect(kept).not.toHaveProperty('PassthroughBehavior')
  })

  const missing =
    'Operation: SQS-SendMessage requires enabling passthrough, or defining all of the following parameters in the parameter mapping'
  const mapping = 'Invalid mapping expression specified: Validation Result: warnings : [], errors : '
  const onlyProxies =
    'Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)'
  test.each([
    [{ ...lambda, PayloadFormatVersion: undefined }, 'PayloadFormatVersion is a required parameter for integration'],
    [{ ...lambda, PayloadFormatVersion: '3.0' }, 'Unsupported PayloadFormatVersion: 3.0'],
    [
      { ...url, PayloadFormatVersion: '2.0' },
      'PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY',
    ],
    [{ ...lambda, IntegrationUri: 'pets' }, 'Invalid ARN specified in the request'],
    [{ ...lambda, IntegrationType: 'MOCK' as const }, onlyProxies],
    [{ ...lambda, RequestTemplates: { $default: 'x' } }, 'RequestTemplates is not supported for HTTP APIs'],
    [{ ...lambda, PassthroughBehavior: 'NEVER' as const }, 'PassthroughBehavior is not supported for HTTP APIs'],
    [
      { ...url, IntegrationMethod: undefined },
      'HttpMethod parameter method must be specified for integrationType HTTPPROXY',
    ],
    [{ ...url, IntegrationMethod: 'get' }, 'Invalid HTTP method specified: get'],
    [{ ...url, IntegrationUri: 'example.com' }, 'Invalid HTTP endpoint specified for URI'],
    [
      { ...url, TlsConfig: { ServerNameToVerify: 'x' } },
      'TlsConfig is not supported for public HTTP_PROXY integrations',
    ],
    [
      { ...url, ConnectionType: 'VPC_LINK' as const },
      'ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK',
    ],
    [{ ...queue, PayloadFormatVersion: '2.0' }, 'Operation: SQS-SendMessage is not supported.'],
    [{ ...queue, IntegrationSubtype: 'SQS-Send' }, 'Operation: SQS-Send is not supported.'],
    [{ ...queue, IntegrationSubtype: '__proto__' }, 'Operation: __proto__ is not supported.'],
    [
      { ...queue, CredentialsArn: undefined },
      'Role ARN must be specified for AWS integration configuration with Subtype: SQS-SendMessage',
    ],
    [{ ...queue, RequestParameters: { QueueUrl: 'x' } }, `${missing}: [QueueUrl, MessageBody]`],
    [
      { ...queue, RequestParameters: { ...queue.RequestParameters, queueUrl: 'x' } },
      'Invalid request parameter specified for the integration subtype SQS-SendMessage: queueUrl',
    ],
    [{ ...queue, IntegrationUri: lambdaArn }, 'IntegrationUri is not supported for SQS-SendMessage integrations'],
    [
      { ...url, RequestParameters: { 'append:path': 'x' } },
      `${mapping}[Invalid Request Actioned Parameter destination specified: append:path]`,
    ],
    [
      { ...url, RequestParameters: { 'append:header.x': '$request.body..x' } },
      `${mapping}[Invalid mapping expression specified: $request.body..x]`,
    ],
    [
      { ...url, RequestParameters: { 'append:header.a b': 'x' } },
      `${mapping}[Invalid Request Actioned Parameter destination specified: append:header.a b]`,
    ],
    [
      { ...url, ResponseParameters: { '200': { 'overwrite:statuscode': '99' } } },
      `${mapping}[Status Code 99 is not valid.]`,
    ],
    [
      { ...url, ResponseParameters: { $x: { 'overwrite:statuscode': '200' } } },
      `${mapping}[Status Code $x is not valid.]`,
    ],
    [{ ...url, RequestParameters: { 'overwrite:header.Via': 'x' } }, 'Operations on header via are restricted'],
    [{ ...url, RequestParameters: { 'remove:header.x': 'y' } }, 'The value of remove:header.x must be empty'],
    [
      { ...url, ResponseParameters: { '200': { 'badaction:header.x': 'y' } } },
      `${mapping}[Invalid Response Actioned Parameter destination specified: badaction:header.x]`,
    ],
    [
      { ...url, ResponseParameters: { '2xx': { 'append:header.x': 'y' } } },
      `${mapping}[Status Code 2xx is not valid.]`,
    ],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateIntegration', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })

  test.each(Object.entries(integrationSubtypes))('%s takes exactly the parameters of its row', async (subtype, row) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const names = [...row.required, ...row.optional]
    const input = { ...queue, ApiId, IntegrationSubtype: subtype }
    const all = Object.fromEntries(names.map((name) => [name, 'x']))
    expect(await service.call('CreateIntegration', { ...input, RequestParameters: all })).toMatchObject({
      RequestParameters: all,
    })
    const { [row.required[0]]: _dropped, ...fewer } = all
    await expect(service.call('CreateIntegration', { ...input, RequestParameters: fewer })).rejects.toMatchObject(
      badRequest(
        `Operation: ${subtype} requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [${row.required.join(', ')}]`,
      ),
    )
  })

  test('a private one names a VPC link that exists, and a listener or a URL', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const IntegrationUri = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/lb/1/2'
    const input = { ...url, ApiId, IntegrationUri, ConnectionType: 'VPC_LINK', ConnectionId: 'none' } as const
    await expect(service.call('CreateIntegration', input)).rejects.toMatchObject(
      notFound('Invalid VPC link identifier specified'),
    )
    const { VpcLinkId = '' } = await service.call('CreateVpcLink', { Name: 'link', SubnetIds: ['subnet-1'] })
    const TlsConfig = { ServerNameToVerify: 'example.com' }
    const created = await service.call('CreateIntegration', { ...input, ConnectionId: VpcLinkId, TlsConfig })
    const Target = `integrations/${created.IntegrationId}`
    const { RouteId } = await service.call('CreateRoute', { ApiId, RouteKey: 'ANY /private', Target })
    await expect(service.call('DeleteVpcLink', { VpcLinkId })).rejects.toMatchObject(
      badRequest(
        `Cannot delete vpc link. Vpc link '${VpcLinkId}', is referenced in [GET:${RouteId}] in format of [Method:Resource].`,
      ),
    )
    const to = (IntegrationUri: string) =>
      service.call('CreateIntegration', { ...input, ConnectionId: VpcLinkId, IntegrationUri })
    expect(await to('https://example.com')).toMatchObject({ IntegrationUri: 'https://example.com' })
    await expect(to('ftp://example.com')).rejects.toMatchObject(
      badRequest(
        'For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.',
      ),
    )
    await expect(to('http://')).rejects.toMatchObject(badRequest('Invalid HTTP endpoint specified for URI'))
  })

  test('parameters are merged by name and responses by status code', async () => {
    const service = testService()
    const { ApiId, IntegrationId } = await apiWithRoute(service)
    await service.call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      Description: 'd',
      RequestParameters: { 'append:header.a': '1', 'append:header.b': '2' },
      ResponseParameters: { '200': { 'append:header.a': '1' }, '500': { 'overwrite:statuscode': '200' } },
    })
    const updated = await service.call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      Description: '',
      RequestParameters: { 'append:header.a': '', 'append:header.c': '3' },
      ResponseParameters: { '200': {}, '404': { 'append:header.a': '2' } },
    })
    expect(updated).toEqual({
      ConnectionType: 'INTERNET',
      IntegrationId,
      IntegrationMethod: 'ANY',
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: 'http://127.0.0.1:9000/pets',
      PayloadFormatVersion: '1.0',
      RequestParameters: { 'append:header.b': '2', 'append:header.c': '3' },
      ResponseParameters: { '404': { 'append:header.a': '2' }, '500': { 'overwrite:statuscode': '200' } },
      TimeoutInMillis: 30_000,
    })
  })

  test('is not deleted while a route has it', async () => {
    const service = testService()
    const { ApiId, IntegrationId, RouteId } = await apiWithRoute(service)
    await expect(service.call('DeleteIntegration', { ApiId, IntegrationId })).rejects.toMatchObject(
      conflict(`Cannot delete Integration because it is referenced by the following Routes with Ids: [${RouteId}]`),
    )
    await service.call('UpdateRoute', { ApiId, RouteId, Target: '' })
    await service.call('DeleteIntegration', { ApiId, IntegrationId })
    await expect(service.call('GetIntegration', { ApiId, IntegrationId })).rejects.toMatchObject(
      notFound('Invalid Integration identifier specified'),
    )
  })
})

describe('an integration of a WebSocket API', () => {
  test.each([
    [
      { IntegrationType: 'MOCK', RequestTemplates: { $default: '{"statusCode":200}' } },
      {
        PassthroughBehavior: 'WHEN_NO_MATCH',
        IntegrationResponseSelectionExpression: '${integration.response.statuscode}',
      },
    ],
    [{ IntegrationType: 'AWS_PROXY', IntegrationUri: lambdaUri }, { IntegrationMethod: 'POST' }],
    [
      { IntegrationType: 'AWS', IntegrationMethod: 'POST', IntegrationUri: lambdaUri },
      { IntegrationResponseSelectionExpression: '${integration.response.body.errorMessage}' },
    ],
    [{ IntegrationType: 'AWS', IntegrationUri: lambdaUri }, { IntegrationMethod: 'POST' }],
    [
      {
        IntegrationType: 'HTTP',
        IntegrationMethod: 'POST',
        IntegrationUri: 'https://example.com/{id}',
        RequestParameters: { 'integration.request.path.id': 'route.request.querystring.id' },
      },
      {},
    ],
  ] as const)('%j is kept with its defaults', async (input, defaults) => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    expect(await service.call('CreateIntegration', { ApiId, ...input })).toMatchObject({
      ...input,
      ConnectionType: 'INTERNET',
      PayloadFormatVersion: '1.0',
      TimeoutInMillis: 29_000,
      ...defaults,
    })
  })

  const mapping = 'Invalid mapping expression specified: Validation Result: warnings : [], errors : '
  const mock = { IntegrationType: 'MOCK' } as const
  test.each([
    [{ ...mock, PayloadFormatVersion: '2.0' }, 'Unsupported PayloadFormatVersion: 2.0'],
    [{ ...mock, TimeoutInMillis: 29_001 }, 'Timeout should be between 50 ms and 29000 ms'],
    [{ ...mock, IntegrationSubtype: 'SQS-SendMessage' }, 'IntegrationSubtype is not supported for WebSocket APIs'],
    [{ ...mock, TlsConfig: { ServerNameToVerify: 'x' } }, 'TlsConfig is not supported for WebSocket APIs'],
    [
      { IntegrationType: 'HTTP' as const, IntegrationUri: 'http://x' },
      'HttpMethod parameter method must be specified for integrationType HTTP',
    ],
    [
      { IntegrationType: 'AWS_PROXY' as const, IntegrationUri: lambdaArn },
      'AWS ARN for integration must contain path or action',
    ],
    [
      { ...mock, RequestParameters: { 'integration.request.header.x': '$request.header.x' } },
      `${mapping}[Invalid mapping expression specified: $request.header.x]`,
    ],
    [
      {
        IntegrationType: 'HTTP' as const,
        IntegrationMethod: 'GET',
        IntegrationUri: 'http://x',
        ConnectionType: 'VPC_LINK' as const,
      },
      'Invalid VPC link identifier specified',
    ],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await expect(service.call('CreateIntegration', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })

  test('has responses by unique key, and takes them along', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const { IntegrationId = '' } = await service.call('CreateIntegration', { ApiId, IntegrationType: 'MOCK' })
    const input = { ApiId, IntegrationId, IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates: { $default: 'x' } }
    const { IntegrationResponseId = '' } = await service.call('CreateIntegrationResponse', input)
    await expect(service.call('CreateIntegrationResponse', input)).rejects.toMatchObject(
      conflict('Integration response with key /2\\d\\d/ already exists for this integration'),
    )
    await expect(
      service.call('CreateIntegrationResponse', { ...input, IntegrationResponseKey: '200' }),
    ).rejects.toMatchObject(
      badRequest('IntegrationResponseKey must be $default or a regular expression between slashes'),
    )
    const ResponseTemplates = { $default: '', other: 'y' }
    expect(
      await service.call('UpdateIntegrationResponse', {
        ApiId,
        IntegrationId,
        IntegrationResponseId,
        ResponseTemplates,
      }),
    ).toEqual({ IntegrationResponseId, IntegrationResponseKey: '/2\\d\\d/', ResponseTemplates })
    await service.call('DeleteIntegration', { ApiId, IntegrationId })
    expect(await service.store.read(service.scope).list('V2IntegrationResponse', [])).toEqual([])
  })
})

test('templates and models are replaced whole by an update, parameters are merged', async () => {
  const service = testService()
  const ApiId = await webSocketApi(service)
  const { IntegrationId = '' } = await service.call('CreateIntegration', {
    ApiId,
    IntegrationType: 'HTTP',
    IntegrationMethod: 'POST',
    IntegrationUri: 'https://example.com',
    RequestTemplates: { one: '1', old: '0' },
    RequestParameters: { 'integration.request.header.a': "'1'" },
  })
  const RequestTemplates = { two: '2' }
  const RequestParameters = { 'integration.request.header.b': "'2'" }
  expect(
    await service.call('UpdateIntegration', { ApiId, IntegrationId, RequestTemplates, RequestParameters }),
  ).toMatchObject({
    RequestTemplates,
    RequestParameters: { 'integration.request.header.a': "'1'", 'integration.request.header.b': "'2'" },
  })
  const answer = { ApiId, IntegrationId, IntegrationResponseKey: '$default', ResponseTemplates: { one: '1' } }
  const { IntegrationResponseId = '' } = await service.call('CreateIntegrationResponse', answer)
  const ResponseTemplates = { two: '2' }
  const response = { ApiId, IntegrationId, IntegrationResponseId, ResponseTemplates }
  expect((await service.call('UpdateIntegrationResponse', response)).ResponseTemplates).toEqual(ResponseTemplates)
  const route = await service.call('CreateRoute', { ApiId, RouteKey: 'say', RequestModels: { one: 'M' } })
  const { RouteId = '' } = route
  const RequestModels = { two: 'M' }
  expect((await service.call('UpdateRoute', { ApiId, RouteId, RequestModels })).RequestModels).toEqual(RequestModels)
  const given = { ApiId, RouteId, RouteResponseKey: '$default', ResponseModels: { one: 'M' } }
  const { RouteResponseId = '' } = await service.call('CreateRouteResponse', given)
  const ResponseModels = { two: 'M' }
  expect(
    (await service.call('UpdateRouteResponse', { ApiId, RouteId, RouteResponseId, ResponseModels })).ResponseModels,
  ).toEqual(ResponseModels)
})

test('a private integration becomes a public one when its connection and TLS configuration are taken away', async () => {
  const service = testService()
  const { ApiId } = await apiWithRoute(service)
  const { VpcLinkId = '' } = await service.call('CreateVpcLink', { Name: 'link', SubnetIds: ['subnet-1'] })
  const { IntegrationId = '' } = await service.call('CreateIntegration', {
    ApiId,
    ...url,
    ConnectionType: 'VPC_LINK',
    ConnectionId: VpcLinkId,
    TlsConfig: { ServerNameToVerify: 'pets.internal' },
  })
  const change = { ConnectionType: 'INTERNET', ConnectionId: '', TlsConfig: {} } as const
  const changed = await service.call('UpdateIntegration', { ApiId, IntegrationId, ...change })
  expect(changed).toMatchObject({ ConnectionType: 'INTERNET' })
  expect(changed).not.toHaveProperty('ConnectionId')
  expect(changed).not.toHaveProperty('TlsConfig')
})

test.each([
  [[], 'SubnetIds for a vpc link cannot be empty'],
  [Array.from({ length: 11 }, (_, index) => `subnet-${index}`), 'A VPC link has at most 10 subnets'],
])('a VPC link with the subnets %j is refused', async (SubnetIds, message) => {
  const call = testService().call('CreateVpcLink', { Name: 'link', SubnetIds })
  await expect(call).rejects.toMatchObject(badRequest(message))
})
