// Stages: auto-deploy, variables, settings, deployments.
import { describe, expect, test } from 'vitest'
import type { V2Snapshot } from '../../nouns/snapshot.ts'
import { apiWithRoute, badRequest, conflict, lambdaArn, notFound, testService, type TestService } from './testing.ts'

async function webSocketApi(service: TestService): Promise<string> {
  const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const
  const { ApiId = '' } = await service.call('CreateApi', input)
  await service.call('CreateRoute', { ApiId, RouteKey: 'join' })
  return ApiId
}

/** What the stage's deployment froze. */
async function snapshotOf(service: TestService, ApiId: string, StageName: string): Promise<V2Snapshot | undefined> {
  const reader = service.store.read(service.scope)
  const { DeploymentId = '' } = await service.call('GetStage', { ApiId, StageName })
  const deployment = await reader.get('V2Deployment', [ApiId, DeploymentId])
  const snapshot = deployment && (await reader.get('Snapshot', [deployment.snapshotHash]))
  return snapshot?.protocol === 'REST' ? undefined : snapshot
}

describe('a stage', () => {
  test('of an HTTP API gets its defaults', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const stage = await service.call('CreateStage', { ApiId, StageName: 'dev', Tags: { a: '1' } })
    expect(stage).toEqual({
      CreatedDate: 1_700_000_000,
      DefaultRouteSettings: { DetailedMetricsEnabled: false },
      LastUpdatedDate: 1_700_000_000,
      RouteSettings: {},
      StageName: 'dev',
      StageVariables: {},
      Tags: { a: '1' },
    })
    await expect(service.call('CreateStage', { ApiId, StageName: 'dev' })).rejects.toMatchObject(
      conflict('Stage already exists'),
    )
  })

  test('of a WebSocket API gets its defaults', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const { DefaultRouteSettings } = await service.call('CreateStage', { ApiId, StageName: 'dev' })
    expect(DefaultRouteSettings).toEqual({
      DataTraceEnabled: false,
      DetailedMetricsEnabled: false,
      LoggingLevel: 'OFF',
    })
  })

  const log = { DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:access', Format: '$context.requestId' }
  const execution = 'Execution logs are not supported on protocolType HTTP'
  test.each([
    [{ StageName: 'a b' }, 'Stage name only allows a-zA-Z0-9_'],
    [{ ClientCertificateId: 'x' }, 'ClientCertificateId is not supported for HTTP APIs'],
    [{ DefaultRouteSettings: { LoggingLevel: 'INFO' as const } }, execution],
    [{ RouteSettings: { 'GET /pets': { DataTraceEnabled: true } } }, execution],
    [{ StageVariables: { 'a-b': 'x' } }, 'Invalid stage variable name: a-b. Please use characters a-zA-Z0-9_'],
    [{ AccessLogSettings: { ...log, DestinationArn: 'x' } }, 'Invalid ARN specified in the request'],
    [
      {
        AccessLogSettings: {
          ...log,
          DestinationArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x',
        },
      },
      "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'deliverystream/amazon-apigateway-x'",
    ],
    [{ AccessLogSettings: { ...log, Format: '' } }, 'Access Log format must have 1 to 3072 bytes'],
    [
      { AccessLogSettings: { ...log, Format: '$context.status' } },
      "The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.status'",
    ],
    [
      { AccessLogSettings: { ...log, Format: '$context.requestId $context.xrayTraceId' } },
      'The following context variables are not supported: [$context.xrayTraceId]',
    ],
  ])('%j is refused for an HTTP API', async (members, message) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateStage', { ApiId, StageName: 'dev', ...members })).rejects.toMatchObject(
      badRequest(message),
    )
  })

  test('of a WebSocket API is not called $default', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await expect(service.call('CreateStage', { ApiId, StageName: '$default' })).rejects.toMatchObject(
      badRequest('The stage name $default is not supported for WebSocket APIs'),
    )
  })

  test('of a WebSocket API deploys by itself where it is to', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await service.call('CreateRoute', { ApiId, RouteKey: '$default' })
    const stage = await service.call('CreateStage', { ApiId, StageName: 'dev', AutoDeploy: true })
    await service.call('CreateRoute', { ApiId, RouteKey: 'other' })
    const later = await service.call('GetStage', { ApiId, StageName: 'dev' })
    expect(stage['DeploymentId']).toMatch(/^[a-z0-9]{6}$/)
    expect(later['DeploymentId']).toMatch(/^[a-z0-9]{6}$/)
    expect(later['DeploymentId']).not.toBe(stage['DeploymentId'])
  })

  test('merges variables by name and replaces the settings of a route whole', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const key = { ApiId, StageName: 'dev' }
    await service.call('CreateStage', {
      ...key,
      StageVariables: { a: '1', b: '2' },
      RouteSettings: { 'GET /pets': { ThrottlingBurstLimit: 5, ThrottlingRateLimit: 1.5 } },
    })
    service.pass(60)
    const updated = await service.call('UpdateStage', {
      ...key,
      StageVariables: { a: '', c: '3', __proto__x: '4' },
      RouteSettings: { 'GET /pets': { ThrottlingBurstLimit: 7 } },
    })
    expect(updated).toMatchObject({
      LastUpdatedDate: 1_700_000_060,
      StageVariables: { b: '2', c: '3', __proto__x: '4' },
      RouteSettings: { 'GET /pets': { ThrottlingBurstLimit: 7 } },
    })
    expect(updated.RouteSettings?.['GET /pets']).toEqual({ ThrottlingBurstLimit: 7 })
    await service.call('DeleteRouteSettings', { ...key, RouteKey: 'GET /pets' })
    expect((await service.call('GetStage', key)).RouteSettings).toEqual({})
  })

  test('has settings for $default before there is such a route', async () => {
    const service = testService()
    const RouteSettings = { $default: { ThrottlingBurstLimit: 1111, ThrottlingRateLimit: 9999 } }
    const { ApiId } = await apiWithRoute(service)
    expect(await service.call('CreateStage', { ApiId, StageName: 'dev', RouteSettings })).toMatchObject({
      RouteSettings,
    })
    const events = { $connect: {}, $disconnect: { DataTraceEnabled: true }, ...RouteSettings }
    const chat = { ApiId: await webSocketApi(service), StageName: 'dev', RouteSettings: events }
    expect((await service.call('CreateStage', chat)).RouteSettings).toEqual(events)
  })

  test('has no settings for routes that do not exist', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const missing = notFound('Unable to find Route by key GET /cats within the provided RouteSettings')
    await expect(
      service.call('CreateStage', { ApiId, StageName: 'dev', RouteSettings: { 'GET /cats': {} } }),
    ).rejects.toMatchObject(missing)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    await expect(
      service.call('DeleteRouteSettings', { ApiId, StageName: 'dev', RouteKey: 'GET /cats' }),
    ).rejects.toMatchObject(missing)
  })

  test.each<[string, (service: TestService, stage: { ApiId: string; StageName: string }) => Promise<unknown>]>([
    ['its own operation', (service, stage) => service.call('DeleteAccessLogSettings', stage)],
    ['empty settings', (service, stage) => service.call('UpdateStage', { ...stage, AccessLogSettings: {} })],
  ])('loses its access log by %s', async (_means, turnOff) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev', AccessLogSettings: log })
    await turnOff(service, { ApiId, StageName: 'dev' })
    expect(await service.call('GetStage', { ApiId, StageName: 'dev' })).not.toHaveProperty('AccessLogSettings')
  })

  test('tells watchers to forget cached verdicts', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const keys: unknown[] = []
    service.store.watch((changes) => keys.push(...changes.map(({ kind, key }) => [kind, ...key])))
    await service.call('ResetAuthorizersCache', { ApiId, StageName: 'dev' })
    expect(keys).toEqual([['V2Stage', ApiId, 'dev']])
  })
})

describe('a deployment', () => {
  test('freezes the API for the stage that it names', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const deployment = await service.call('CreateDeployment', { ApiId, StageName: 'dev', Description: 'first' })
    expect(deployment).toEqual({
      AutoDeployed: false,
      CreatedDate: 1_700_000_000,
      DeploymentId: expect.stringMatching(/^[a-z0-9]{6}$/),
      DeploymentStatus: 'DEPLOYED',
      Description: 'first',
    })
    await service.call('DeleteRoute', { ApiId, RouteId })
    const snapshot = await snapshotOf(service, ApiId, 'dev')
    expect(snapshot).toMatchObject({ format: 1, protocol: 'HTTP', api: { ApiId, Name: 'pets' } })
    expect(snapshot?.routes.map(({ RouteKey }) => RouteKey)).toEqual(['GET /pets'])
    expect(snapshot?.api).not.toHaveProperty('Tags')
  })

  test('of an API without routes is refused in the words of its protocol', async () => {
    const service = testService()
    const http = await service.call('CreateApi', { Name: 'p', ProtocolType: 'HTTP' })
    const unable = badRequest('Unable to deploy API because no valid routes exist in this API')
    await expect(service.call('CreateDeployment', { ApiId: http.ApiId ?? '' })).rejects.toMatchObject(unable)
    await service.call('CreateRoute', { ApiId: http.ApiId ?? '', RouteKey: 'GET /without-integration' })
    await expect(service.call('CreateDeployment', { ApiId: http.ApiId ?? '' })).rejects.toMatchObject(unable)
    const input = { Name: 'c', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' } as const
    const socket = await service.call('CreateApi', input)
    await expect(service.call('CreateDeployment', { ApiId: socket.ApiId ?? '' })).rejects.toMatchObject(
      badRequest('At least one route is required before deploying the Api.'),
    )
  })

  test('is not deleted while a stage points to it, and takes its snapshot along', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const { DeploymentId = '' } = await service.call('CreateDeployment', { ApiId, StageName: 'dev' })
    const twin = await service.call('CreateDeployment', { ApiId })
    await expect(service.call('DeleteDeployment', { ApiId, DeploymentId })).rejects.toMatchObject(
      badRequest('Active stages pointing to this deployment must be moved or deleted'),
    )
    const snapshots = () => service.store.read(service.scope).list('Snapshot', [])
    await service.call('DeleteDeployment', { ApiId, DeploymentId: twin.DeploymentId ?? '' })
    expect(await snapshots()).toHaveLength(1)
    await service.call('DeleteStage', { ApiId, StageName: 'dev' })
    await service.call('DeleteDeployment', { ApiId, DeploymentId })
    expect(await snapshots()).toEqual([])
  })

  test('can be moved to by a stage, if it exists', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const { DeploymentId } = await service.call('CreateDeployment', { ApiId })
    expect(await service.call('UpdateStage', { ApiId, StageName: 'dev', DeploymentId })).toMatchObject({ DeploymentId })
    await expect(service.call('UpdateStage', { ApiId, StageName: 'dev', DeploymentId: 'none' })).rejects.toMatchObject(
      notFound('Invalid Deployment identifier specified'),
    )
    await expect(service.call('CreateDeployment', { ApiId, StageName: 'prod' })).rejects.toMatchObject(
      notFound('Invalid stage identifier specified'),
    )
  })

  test('of a WebSocket API needs the models that its routes name', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    await service.call('CreateRoute', { ApiId, RouteKey: 'say', RequestModels: { $default: 'Message' } })
    await expect(service.call('CreateDeployment', { ApiId })).rejects.toMatchObject(
      badRequest('Invalid model identifier specified: Message of the route say'),
    )
    await service.call('UpdateApi', { ApiId, DisableSchemaValidation: true })
    await service.call('CreateDeployment', { ApiId })
    await service.call('UpdateApi', { ApiId, DisableSchemaValidation: false })
    await service.call('CreateModel', { ApiId, Name: 'Message', Schema: '{"type":"object"}' })
    expect(await service.call('CreateDeployment', { ApiId })).toMatchObject({ DeploymentStatus: 'DEPLOYED' })
  })
})

describe('a stage that deploys by itself', () => {
  const stageKey = { StageName: '$default' }

  test.each<
    [string, (service: TestService, ids: { ApiId: string; IntegrationId: string; RouteId: string }) => unknown]
  >([
    ['a new route', ({ call }, { ApiId }) => call('CreateRoute', { ApiId, RouteKey: 'GET /x' })],
    ['a changed route', ({ call }, { ApiId, RouteId }) => call('UpdateRoute', { ApiId, RouteId, OperationName: 'x' })],
    [
      'a changed integration',
      ({ call }, { ApiId, IntegrationId }) => call('UpdateIntegration', { ApiId, IntegrationId, TimeoutInMillis: 50 }),
    ],
    ['a changed API', ({ call }, { ApiId }) => call('UpdateApi', { ApiId, DisableExecuteApiEndpoint: true })],
    [
      'a new authorizer',
      ({ call }, { ApiId }) =>
        call('CreateAuthorizer', {
          ApiId,
          Name: 'jwt',
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer: 'https://issuer.example.com', Audience: ['a'] },
        }),
    ],
  ])('follows %s', async (_what, change) => {
    const service = testService()
    const ids = await apiWithRoute(service)
    const { ApiId } = ids
    const before = await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    service.pass(5)
    await change(service, ids)
    const after = await service.call('GetStage', { ApiId, ...stageKey })
    expect(after.DeploymentId).not.toBe(before.DeploymentId)
    expect(after.LastDeploymentStatusMessage).toBe(
      `Successfully deployed stage with deployment ID '${after.DeploymentId}'`,
    )
    expect(after.LastUpdatedDate).toBe(1_700_000_005)
    const reader = service.store.read(service.scope)
    const routes = (await reader.list('V2Route', [ApiId])).map(({ record }) => record)
    expect((await snapshotOf(service, ApiId, '$default'))?.routes).toEqual(routes)
  })

  test('is left alone by a change that changes nothing', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    const { DeploymentId } = await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    await service.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /pets' })
    await service.call('CreateStage', { ApiId, StageName: 'other' })
    expect(await service.call('GetStage', { ApiId, ...stageKey })).toMatchObject({ DeploymentId })
    expect((await service.call('GetDeployments', { ApiId })).Items).toHaveLength(1)
  })

  test('tells whoever runs the gateway of a listener that leads nowhere', async () => {
    const service = testService()
    const { ApiId, IntegrationId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true })
    expect(service.warned).toEqual([])
    const { VpcLinkId = '' } = await service.call('CreateVpcLink', { Name: 'link', SubnetIds: ['subnet-1'] })
    const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/net/lb/1/2'
    await service.call('UpdateIntegration', {
      ApiId,
      IntegrationId,
      ConnectionType: 'VPC_LINK',
      ConnectionId: VpcLinkId,
      IntegrationUri: arn,
    })
    expect(service.warned).toEqual([{ apiId: ApiId, arn }])
  })

  test('says so when there is nothing to deploy, and keeps what it had', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    const { DeploymentId } = await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    await service.call('DeleteRoute', { ApiId, RouteId })
    expect(await service.call('GetStage', { ApiId, ...stageKey })).toMatchObject({
      DeploymentId,
      LastDeploymentStatusMessage:
        'Deployment attempt failed: Unable to deploy API because no valid routes exist in this API',
    })
  })

  test('takes no deployment from elsewhere until it stops deploying by itself', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    const { DeploymentId } = await service.call('CreateDeployment', { ApiId })
    const refused = badRequest(
      `Deployment ID cannot be set on this stage 000000000000:${ApiId} because AutoDeploy is enabled.`,
    )
    const given = { ApiId, StageName: 'other', AutoDeploy: true, DeploymentId }
    await expect(service.call('CreateStage', given)).rejects.toMatchObject(refused)
    await expect(service.call('UpdateStage', { ApiId, ...stageKey, DeploymentId })).rejects.toMatchObject(refused)
    await expect(service.call('CreateDeployment', { ApiId, ...stageKey })).rejects.toMatchObject(refused)
    const stopped = await service.call('UpdateStage', { ApiId, ...stageKey, AutoDeploy: false, DeploymentId })
    expect(stopped).toMatchObject({ DeploymentId })
    expect(stopped).not.toHaveProperty('AutoDeploy')
    await service.call('CreateRoute', { ApiId, RouteKey: 'GET /x' })
    expect(await service.call('GetStage', { ApiId, ...stageKey })).toMatchObject({ DeploymentId })
  })

  test('leaves only the newest of its old deployments behind', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    const manual = await service.call('CreateDeployment', { ApiId, Description: 'manual' })
    for (let change = 0; change < 15; change += 1) {
      service.pass(1)
      await service.call('UpdateApi', { ApiId, Description: `change ${change}` })
    }
    const { Items = [] } = await service.call('GetDeployments', { ApiId })
    expect(Items).toHaveLength(12)
    expect(Items.map(({ DeploymentId }) => DeploymentId)).toContain(manual.DeploymentId)
    const oldest = Math.min(
      ...Items.filter(({ AutoDeployed }) => AutoDeployed).map(({ CreatedDate = 0 }) => CreatedDate),
    )
    expect(oldest).toBe(1_700_000_005)
    expect(await service.store.read(service.scope).list('Snapshot', [])).toHaveLength(12)
  })

  test('a failing change deploys nothing', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const stage = await service.call('CreateStage', { ApiId, ...stageKey, AutoDeploy: true })
    await expect(service.call('UpdateApi', { ApiId, Description: 'x', Target: lambdaArn })).rejects.toMatchObject({
      code: 'BadRequestException',
    })
    expect(await service.call('GetStage', { ApiId, ...stageKey })).toEqual(stage)
  })
})
