// Custom domain names of the v2 control plane, with their mappings.
import { describe, expect, test } from 'vitest'
import { apiWithRoute, badRequest, conflict, notFound, testService, type TestService } from './testing.ts'

const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1'
const DomainNameConfigurations = [{ CertificateArn }]
const DomainName = 'api.example.com'

async function domain(service: TestService): Promise<void> {
  await service.call('CreateDomainName', { DomainName, DomainNameConfigurations })
}

async function restStage(service: TestService): Promise<void> {
  await service.store.transact(service.scope, async (store) => {
    store.put('RestApi', ['rest'], { id: 'rest', name: 'rest' })
    store.put('Stage', ['rest', 'prod'], { stageName: 'prod', deploymentId: 'd' })
  })
}

describe('a custom domain name', () => {
  test('gets an address of its own and defaults', async () => {
    const service = testService()
    const record = await service.call('CreateDomainName', { DomainName, DomainNameConfigurations, Tags: { a: '1' } })
    expect(record).toEqual({
      ApiMappingSelectionExpression: '$request.basepath',
      DomainName,
      DomainNameArn: `arn:aws:apigateway:us-east-1::/domainnames/${DomainName}`,
      DomainNameConfigurations: [
        {
          ApiGatewayDomainName: expect.stringMatching(/^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/),
          CertificateArn,
          DomainNameStatus: 'AVAILABLE',
          EndpointType: 'REGIONAL',
          HostedZoneId: 'Z1UJRXOUMOOFQ8',
          IpAddressType: 'ipv4',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
      RoutingMode: 'API_MAPPING_ONLY',
      Tags: { a: '1' },
    })
    await expect(service.call('CreateDomainName', { DomainName, DomainNameConfigurations })).rejects.toMatchObject(
      conflict('The domain name you provided already exists.'),
    )
  })

  test.each([
    [{ DomainName: 'a b' }, 'Invalid domain name specified: a b'],
    [{ DomainName: 'a.*.com' }, 'Invalid domain name specified: a.*.com'],
    [{ DomainNameConfigurations: [] }, 'A certificate was not provided for the endpoint type REGIONAL.'],
    [
      { DomainNameConfigurations: [{ EndpointType: 'EDGE' as const, CertificateArn }] },
      'EDGE endpoint type is not supported for APIGatewayV2 domainName',
    ],
    [{ DomainName: 'my_api.example.com' }, 'Domain names cannot contain an underscore character'],
    [{ DomainName: 'example.com.' }, 'Trailing period should be omitted from domain name'],
    [
      { DomainNameConfigurations: [{ CertificateArn: 'arn:aws:acm:us-west-2:000000000000:certificate/1' }] },
      "Invalid certificate ARN: arn:aws:acm:us-west-2:000000000000:certificate/1. Certificate must be in 'us-east-1'.",
    ],
    [{ DomainNameConfigurations: [{ CertificateArn: 'x' }] }, 'Invalid certificate ARN: x'],
    [
      { MutualTlsAuthentication: { TruststoreUri: 'http://x' } },
      'Invalid truststore URI specified. Format should be "s3://<bucket>/<key>"',
    ],
  ])('%j is refused', async (members, message) => {
    const call = testService().call('CreateDomainName', { DomainName, DomainNameConfigurations, ...members })
    await expect(call).rejects.toMatchObject(badRequest(message))
  })

  test('turns mutual TLS off with an empty truststore, and keeps its address', async () => {
    const service = testService()
    const MutualTlsAuthentication = { TruststoreUri: 's3://bucket/trust.pem' }
    const input = { DomainName, DomainNameConfigurations, MutualTlsAuthentication }
    const before = await service.call('CreateDomainName', input)
    expect(before.MutualTlsAuthentication).toEqual(MutualTlsAuthentication)
    const certificate = `${CertificateArn}2`
    const after = await service.call('UpdateDomainName', {
      DomainName,
      DomainNameConfigurations: [{ CertificateArn: certificate }],
      MutualTlsAuthentication: { TruststoreUri: '' },
      RoutingMode: 'ROUTING_RULE_ONLY',
    })
    expect(await service.call('GetDomainName', { DomainName })).not.toHaveProperty('MutualTlsAuthentication')
    expect(after.RoutingMode).toBe('ROUTING_RULE_ONLY')
    expect(after.DomainNameConfigurations).toEqual([
      { ...before.DomainNameConfigurations?.[0], CertificateArn: certificate },
    ])
  })

  test('is free again when deleted, with its mappings', async () => {
    const service = testService()
    await domain(service)
    await restStage(service)
    await service.call('CreateApiMapping', { DomainName, ApiId: 'rest', Stage: 'prod' })
    await service.call('DeleteDomainName', { DomainName })
    expect(await service.store.read(service.scope).list('BasePathMapping', [])).toEqual([])
    await domain(service)
  })
})

describe('an API mapping', () => {
  test('needs an API and a stage that exist', async () => {
    const service = testService()
    await domain(service)
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev' })).rejects.toMatchObject(
      badRequest('Invalid stage identifier specified'),
    )
    await expect(service.call('CreateApiMapping', { DomainName, ApiId: 'none', Stage: 'dev' })).rejects.toMatchObject(
      notFound('Invalid API identifier specified 000000000000:none'),
    )
    await expect(service.call('GetApiMapping', { DomainName, ApiMappingId: 'none' })).rejects.toMatchObject(
      notFound('The api mapping resource specified in the request was not found.'),
    )
  })

  test('has a key of its own, and keeps API and stage from being deleted', async () => {
    const service = testService()
    await domain(service)
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const input = { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'orders/v1' }
    const { ApiMappingId = '' } = await service.call('CreateApiMapping', input)
    await expect(service.call('CreateApiMapping', input)).rejects.toMatchObject(
      conflict('ApiMapping key already exists for this domain name'),
    )
    await expect(service.call('DeleteApi', { ApiId })).rejects.toMatchObject(
      badRequest(
        `Deleting RestApi ${ApiId} failed. Please remove all base path mappings related to the RestApi in your domains: ${DomainName}`,
      ),
    )
    await expect(service.call('DeleteStage', { ApiId, StageName: 'dev' })).rejects.toMatchObject(
      badRequest(
        `Deleting stage dev failed. Please remove all base path mappings related to the stage in your domains: ${DomainName}`,
      ),
    )
    const update = { DomainName, ApiMappingId, ApiId, ApiMappingKey: '' }
    expect(await service.call('UpdateApiMapping', update)).toEqual({
      ApiId,
      ApiMappingId,
      ApiMappingKey: '',
      Stage: 'dev',
    })
    await service.call('DeleteApiMapping', { DomainName, ApiMappingId })
    await service.call('DeleteApi', { ApiId })
  })

  test('does not mind what became of its neighbours', async () => {
    const service = testService()
    await domain(service)
    await restStage(service)
    const input = { DomainName, ApiId: 'rest', Stage: 'prod' }
    await service.call('CreateApiMapping', { ...input, ApiMappingKey: 'a' })
    await service.store.transact(service.scope, async (store) => {
      store.put('Stage', ['rest', 'next'], { stageName: 'next', deploymentId: 'd' })
      store.delete('Stage', ['rest', 'prod'])
    })
    const next = await service.call('CreateApiMapping', { ...input, Stage: 'next', ApiMappingKey: 'b' })
    expect(next).toMatchObject({ ApiMappingKey: 'b', Stage: 'next' })
  })

  test.each(['/a', 'a/', 'a//b', 'a b', 'a?b', 'x'.repeat(301)])('%s is no key', async (ApiMappingKey) => {
    const service = testService()
    await domain(service)
    await restStage(service)
    await expect(
      service.call('CreateApiMapping', { DomainName, ApiId: 'rest', Stage: 'prod', ApiMappingKey }),
    ).rejects.toMatchObject(badRequest("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),"))
  })

  test('of a WebSocket API shares a domain with no other protocol', async () => {
    const service = testService()
    await domain(service)
    await restStage(service)
    const socket = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' } as const
    const { ApiId = '' } = await service.call('CreateApi', socket)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    await service.call('CreateApiMapping', { DomainName, ApiId: 'rest', Stage: 'prod', ApiMappingKey: 'rest' })
    await expect(service.call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev' })).rejects.toMatchObject(
      badRequest('WebSocket APIs cannot share a domain name with REST or HTTP APIs'),
    )
  })
})

describe('a routing rule', () => {
  const Actions = [{ InvokeApi: { ApiId: 'rest', Stage: 'prod' } }]
  const header = (Header: string, ValueGlob: string) => ({ MatchHeaders: { AnyOf: [{ Header, ValueGlob }] } })
  const rule = { DomainName, Actions, Conditions: [header('X-Ver', 'v2*')], Priority: 2 }

  test('is listed by priority, replaced and deleted', async () => {
    const service = testService()
    await domain(service)
    await restStage(service)
    const { RoutingRuleId = '', RoutingRuleArn } = await service.call('CreateRoutingRule', rule)
    expect(RoutingRuleArn).toBe(
      `arn:aws:apigateway:us-east-1:000000000000:/domainnames/${DomainName}/routingrules/${RoutingRuleId}`,
    )
    await service.call('CreateRoutingRule', { ...rule, Conditions: [], Priority: 1 })
    const priorities = async () =>
      (await service.call('ListRoutingRules', { DomainName })).RoutingRules?.map(({ Priority }) => Priority)
    expect(await priorities()).toEqual([1, 2])
    await expect(service.call('CreateRoutingRule', rule)).rejects.toMatchObject(
      conflict('A routing rule with the priority 2 already exists for this domain name'),
    )
    expect(await service.call('PutRoutingRule', { ...rule, RoutingRuleId, Priority: 3, Conditions: [] })).toEqual({
      Actions,
      Conditions: [],
      Priority: 3,
      RoutingRuleArn,
      RoutingRuleId,
    })
    await service.call('DeleteRoutingRule', { DomainName, RoutingRuleId })
    expect(await priorities()).toEqual([1])
  })

  test.each([
    [[header('Via', 'x')], 'The header Via cannot be used in a condition'],
    [[header('x-y', 'a*b')], 'Invalid header value specified: a*b'],
    [[header('x-y', `*${'a'.repeat(38)}*`)], `Invalid header value specified: *${'a'.repeat(38)}*`],
    [[{ MatchBasePaths: { AnyOf: ['a/'] } }], 'Invalid base path specified: a/'],
    [[{ MatchBasePaths: { AnyOf: ['a', 'b'] } }], 'anyOf must have exactly one element'],
    [[{}], 'Each condition must have exactly one of matchHeaders and matchBasePaths'],
    [
      [{ MatchBasePaths: { AnyOf: ['a'] } }, { MatchBasePaths: { AnyOf: ['b'] } }],
      'A routing rule can have at most two header conditions and one base path condition',
    ],
  ])('%j is no list of conditions', async (Conditions, message) => {
    const service = testService()
    await domain(service)
    await restStage(service)
    await expect(service.call('CreateRoutingRule', { ...rule, Conditions })).rejects.toMatchObject(badRequest(message))
  })

  test('points to a REST API', async () => {
    const service = testService()
    await domain(service)
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const http = [{ InvokeApi: { ApiId, Stage: 'dev' } }]
    await expect(service.call('CreateRoutingRule', { ...rule, Actions: http })).rejects.toMatchObject(
      badRequest('The target of a routing rule must be a stage of a REST API'),
    )
  })
})
