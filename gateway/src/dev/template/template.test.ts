// Templates on a whole gateway: what is made, what a change changes, what is left alone when something is wrong.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  APIGatewayClient,
  GetUsagePlansCommand,
  GetApiKeysCommand,
  GetDeploymentsCommand,
} from '@aws-sdk/client-api-gateway'
import { GetFunctionCommand, LambdaClient, ListFunctionEventInvokeConfigsCommand } from '@aws-sdk/client-lambda'
import { GetStageCommand, GetModelsCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { expect, onTestFinished, test } from 'vitest'
import { createGateway, type EmbeddedGateway, type GatewayOptions } from '../../embedded.ts'

interface Place {
  readonly gateway: EmbeddedGateway
  readonly folder: string
  /** Writes the template and deploys it. */
  readonly deploy: (text: string, file?: string) => ReturnType<EmbeddedGateway['deploy']>
  readonly get: (apiId: string, path: string) => Promise<string>
}

async function start(options: GatewayOptions = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-template-'))
  const gateway = createGateway({ logLevel: 'error', ...options })
  onTestFinished(async () => {
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    gateway,
    folder,
    deploy: async (text, file = 'template.yaml') => {
      await writeFile(join(folder, file), text)
      return gateway.deploy(join(folder, file))
    },
    get: async (apiId, path) => {
      const answer = await gateway.invoke(`http://${apiId}.execute-api.localhost${path}`)
      return `${answer.status} ${await answer.text()}`
    },
  }
}

const serverless = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs22.x, Handler: index.handler } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./hello
      Environment: { Variables: { WORD: one, API: !Ref Table } }
      Events:
        Rest: { Type: Api, Properties: { Path: '/pets/{id}', Method: get } }
        Http: { Type: HttpApi, Properties: { Path: '/things/{id}', Method: get } }
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
Outputs:
  Function: { Value: !GetAtt Hello.Arn }
  Rest: { Value: !Ref ServerlessRestApi }
`

async function writeHello(folder: string): Promise<void> {
  await mkdir(join(folder, 'hello'))
  const code = `exports.handler = async (event) => ({
    statusCode: 200,
    body: [process.env.WORD, process.env.API, event.pathParameters.id, event.version ?? 'rest'].join(' '),
  })`
  await writeFile(join(folder, 'hello', 'index.js'), code)
}

test('a SAM function answers behind the APIs that its events imply, under ids that stay', async () => {
  const [one, other] = [await start(), await start()]
  await writeHello(one.folder)
  await writeHello(other.folder)
  const { apis, warnings, outputs, functionNames } = await one.deploy(serverless)
  expect(apis.map(({ kind, stageName, routes }) => ({ kind, stageName, routes }))).toEqual([
    { kind: 'REST', stageName: 'Prod', routes: ['GET /pets/{id}'] },
    { kind: 'HTTP', stageName: '$default', routes: ['GET /things/{id}'] },
  ])
  const [restId = '', httpId = ''] = apis.map(({ apiId }) => apiId)
  expect(await one.get(restId, '/Prod/pets/7')).toBe('200 one Table 7 rest')
  expect(await one.get(httpId, '/things/8')).toBe('200 one Table 8 2.0')
  expect(warnings).toEqual(['13:3: AWS::DynamoDB::Table Table is not made by Sluice'])
  expect(outputs).toEqual({
    Function: `arn:aws:lambda:us-east-1:000000000000:function:${functionNames[0]}`,
    Rest: restId,
  })
  expect((await other.deploy(serverless)).apis.map(({ apiId }) => apiId)).toEqual([restId, httpId])
})

test('a change of the template changes what runs', async () => {
  const { deploy, folder, get } = await start()
  await writeHello(folder)
  const { apis } = await deploy(serverless)
  const changed = serverless.replace('WORD: one', 'WORD: two').replace('/things/{id}', '/other/{id}')
  expect((await deploy(changed)).apis.map(({ apiId }) => apiId)).toEqual(apis.map(({ apiId }) => apiId))
  const [restId = '', httpId = ''] = apis.map(({ apiId }) => apiId)
  expect(await get(restId, '/Prod/pets/1')).toBe('200 two Table 1 rest')
  expect(await get(httpId, '/other/1')).toBe('200 two Table 1 2.0')
  expect(await get(httpId, '/things/1')).toBe('404 {"message":"Not Found"}')
})

/** A REST API part by part; `word` is what it answers. */
function plain(word: string, more = ''): string {
  return `
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: plain, Policy: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }] } } }
  Word: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: word } }
  Pet: { Type: AWS::ApiGateway::Model, Properties: { RestApiId: !Ref Api, Name: Pet, ContentType: application/json, Schema: { type: object, title: ${word} } } }
  Check: { Type: AWS::ApiGateway::RequestValidator, Properties: { RestApiId: !Ref Api, ValidateRequestBody: true } }
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Word
      HttpMethod: GET
      AuthorizationType: NONE
      RequestValidatorId: !Ref Check
      Integration:
        Type: MOCK
        RequestTemplates: { application/json: '{"statusCode": 200}' }
        IntegrationResponses: [{ StatusCode: 200, ResponseTemplates: { application/json: ${word} } }]
      MethodResponses: [{ StatusCode: 200, ResponseModels: { application/json: !Ref Pet } }]
  Deployment: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref Api } }
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: { RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod, Variables: { word: ${word} } }
${more}`
}

const keyed = `
  Key: { Type: AWS::ApiGateway::ApiKey, Properties: { Enabled: true } }
  Plan: { Type: AWS::ApiGateway::UsagePlan, Properties: { ApiStages: [{ ApiId: !Ref Api, Stage: !Ref Stage }], Quota: { Limit: 5, Period: DAY } } }
  PlanKey: { Type: AWS::ApiGateway::UsagePlanKey, Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan } }
`

test('an API that is written part by part is changed in place, and what leaves the template goes', async () => {
  const { gateway, deploy, get } = await start()
  const rest = new APIGatewayClient(gateway.clientConfig)
  const { apiId: restApiId } = await deploy(plain('one', keyed))
  expect(await get(restApiId, '/prod/word')).toBe('200 one')
  expect(
    (await rest.send(new GetUsagePlansCommand({}))).items?.map(({ apiStages, quota }) => ({ apiStages, quota })),
  ).toEqual([{ apiStages: [{ apiId: restApiId, stage: 'prod' }], quota: { limit: 5, period: 'DAY', offset: 0 } }])
  await deploy(plain('two'))
  expect(await get(restApiId, '/prod/word')).toBe('200 two')
  expect((await rest.send(new GetStageCommand({ restApiId, stageName: 'prod' }))).variables).toEqual({ word: 'two' })
  expect((await rest.send(new GetDeploymentsCommand({ restApiId }))).items).toHaveLength(1)
  const models = (await rest.send(new GetModelsCommand({ restApiId }))).items ?? []
  expect(models.map(({ name }) => name).sort()).toEqual(['Empty', 'Error', 'Pet'])
  expect((await rest.send(new GetUsagePlansCommand({}))).items).toEqual([])
  expect((await rest.send(new GetApiKeysCommand({}))).items).toEqual([])
  await deploy('Resources: { Logs: { Type: AWS::Logs::LogGroup } }')
  expect((await rest.send(new GetRestApisCommand({}))).items).toEqual([])
})

test('what runs stays when the template is wrong, and the place is told', async () => {
  const { deploy, get } = await start()
  const { apiId } = await deploy(plain('one'))
  const wrong: readonly (readonly [string, object])[] = [
    [plain('two').replace('PathPart: word }', 'PathPart: word'), { place: { line: 5, column: 3 } }],
    [
      plain('two').replace('!Ref Word', '!Ref Wort'),
      { message: expect.stringContaining('[Wort]'), place: { line: 11, column: 7 } },
    ],
    [
      plain('two').replace('HttpMethod: GET', 'HttpMethods: GET'),
      { message: 'Get: AWS::ApiGateway::Method has no property HttpMethods', place: { line: 12, column: 7 } },
    ],
    [
      plain('two').replace('Type: MOCK', 'Type: MOK'),
      {
        message: expect.stringMatching(/^Get \(AWS::ApiGateway::Method\): 1 validation error detected: Value 'MOK'/),
        place: { line: 7, column: 3 },
      },
    ],
  ]
  for (const [text, fault] of wrong) {
    await expect(deploy(text)).rejects.toMatchObject(fault)
    expect(await get(apiId, '/prod/word')).toBe('200 one')
  }
  await deploy(plain('three'))
  expect(await get(apiId, '/prod/word')).toBe('200 three')
})

const bodied = (type: string): string => `
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        info: { title: in the body, version: '1' }
        paths:
          /a:
            get:
              responses: { '200': { description: ok } }
              x-amazon-apigateway-integration:
                type: ${type}
                requestTemplates: { application/json: '{"statusCode": 200}' }
                responses: { default: { statusCode: '200', responseTemplates: { application/json: !Ref 'AWS::Region' } } }
  Deployment: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref Api, StageName: live } }
`

test('a document within a template is imported, and a mistake in it has its own place', async () => {
  const { deploy, get } = await start()
  const { apiId, name } = await deploy(bodied('mock'))
  expect(name).toBe('in the body')
  expect(await get(apiId, '/live/a')).toBe('200 us-east-1')
  await expect(deploy(bodied('mok'))).rejects.toMatchObject({ place: { line: 14, column: 17 } })
  expect(await get(apiId, '/live/a')).toBe('200 us-east-1')
})

test('parts beside a document are made again when the document changes, also after a deployment that failed', async () => {
  const { deploy, get } = await start()
  const part = (path: string, type: string): string => `${bodied('mock').replace('/a:', `${path}:`)}
  Word: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: word } }
  Get: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Word, HttpMethod: GET, Integration: { Type: ${type}, RequestTemplates: { application/json: '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: 200 }] }, MethodResponses: [{ StatusCode: 200 }] } }
`
  const { apiId, routes } = await deploy(part('/a', 'MOCK'))
  expect(routes.toSorted()).toEqual(['GET /a', 'GET /word'])
  await expect(deploy(part('/b', 'MOK'))).rejects.toMatchObject({ message: expect.stringContaining('MOK') })
  expect(await get(apiId, '/live/a')).toBe('200 us-east-1')
  expect((await deploy(part('/b', 'MOCK'))).routes.toSorted()).toEqual(['GET /b', 'GET /word'])
  expect(await get(apiId, '/live/word')).toBe('200 ')
})

test('state that an earlier run left is taken over', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-template-data-'))
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true }))
  const text = `${plain('one', keyed)}${socketsAndRoutes('GET /a')}`
  const first = createGateway({ dataFolder, logLevel: 'error' })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-template-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'template.yaml'), text)
  const before = await first.deploy(join(folder, 'template.yaml'))
  await first.close()
  const { deploy, get } = await start({ dataFolder })
  const after = await deploy(text.replace('application/json: one', 'application/json: two'))
  expect(after.apis).toEqual(before.apis)
  expect(await get(after.apiId, '/prod/word')).toBe('200 two')
})

function socketsAndRoutes(routeKey: string): string {
  return `
  Http: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: http, ProtocolType: HTTP, CorsConfiguration: { AllowOrigins: ['*'] } } }
  Backend: { Type: AWS::ApiGatewayV2::Integration, Properties: { ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: 'http://example.com/', PayloadFormatVersion: '1.0' } }
  Jwt: { Type: AWS::ApiGatewayV2::Authorizer, Properties: { ApiId: !Ref Http, AuthorizerType: JWT, Name: jwt, IdentitySource: [$request.header.Authorization], JwtConfiguration: { Audience: [me], Issuer: 'https://issuer.example' } } }
  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Http, RouteKey: '${routeKey}', Target: !Sub 'integrations/\${Backend}', AuthorizationType: JWT, AuthorizerId: !Ref Jwt } }
  HttpStage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Http, StageName: $default, AutoDeploy: true } }
  Chat: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action } }
  Echo: { Type: AWS::ApiGatewayV2::Integration, Properties: { ApiId: !Ref Chat, IntegrationType: MOCK } }
  Say: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Chat, RouteKey: say, Target: !Join [/, [integrations, !Ref Echo]] } }
  SayResponse: { Type: AWS::ApiGatewayV2::RouteResponse, Properties: { ApiId: !Ref Chat, RouteId: !Ref Say, RouteResponseKey: $default } }
  ChatDeployment: { Type: AWS::ApiGatewayV2::Deployment, Properties: { ApiId: !Ref Chat } }
  ChatStage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Chat, StageName: live, DeploymentId: !Ref ChatDeployment } }
`
}

test('HTTP and WebSocket APIs are made part by part, and their routes change in place', async () => {
  const { deploy, get } = await start()
  const { apis } = await deploy(`Resources:${socketsAndRoutes('GET /a')}`)
  expect(apis.map(({ kind, stageName, routes }) => [kind, stageName, routes])).toEqual([
    ['HTTP', '$default', ['GET /a']],
    ['WEBSOCKET', 'live', ['say']],
  ])
  const apiId = apis[0]?.apiId ?? ''
  expect(await get(apiId, '/a')).toBe('401 {"message":"Unauthorized"}')
  await deploy(`Resources:${socketsAndRoutes('GET /b')}`)
  expect(await get(apiId, '/a')).toBe('404 {"message":"Not Found"}')
  expect(await get(apiId, '/b')).toBe('401 {"message":"Unauthorized"}')
})

/** What no other test makes. */
const rest = `
Parameters: { Description: { Type: String } }
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: all, Parameters: { endpointConfigurationTypes: REGIONAL } } }
  Any:
    Type: AWS::ApiGateway::Method
    Properties: { RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: ANY, Integration: { Type: MOCK } }
  Denied: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref Api, ResponseType: ACCESS_DENIED, StatusCode: 404 } }
  Ask: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: !Ref Api, Name: ask, Type: TOKEN, IdentitySource: method.request.header.T, AuthorizerUri: !Sub 'arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${Inline.Arn}/invocations', AuthorizerResultTtlInSeconds: 1 } }
  Told: { Type: AWS::ApiGateway::DocumentationPart, Properties: { RestApiId: !Ref Api, Location: { Type: API }, Properties: '{"description":"x"}' } }
  Version: { Type: AWS::ApiGateway::DocumentationVersion, DependsOn: Told, Properties: { RestApiId: !Ref Api, DocumentationVersion: '1' } }
  Client: { Type: AWS::ApiGateway::ClientCertificate, Properties: { Description: !Ref Description } }
  Account: { Type: AWS::ApiGateway::Account, Properties: { CloudWatchRoleArn: !GetAtt Role.Arn } }
  Deployment: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref Api } }
  Stage:
    Type: AWS::ApiGateway::Stage
    DependsOn: Account
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: prod
      Description: !Ref Description
      ClientCertificateId: !Ref Client
      DocumentationVersion: !Ref Version
      AccessLogSetting: { DestinationArn: !GetAtt Logs.Arn, Format: $context.requestId }
      MethodSettings: [{ ResourcePath: /*, HttpMethod: '*', LoggingLevel: INFO, ThrottlingBurstLimit: 5 }, { ResourcePath: /~1, HttpMethod: GET, MetricsEnabled: true }]
  Logs: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 7 } }
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { Service: apigateway.amazonaws.com }, Action: 'sts:AssumeRole' }] } } }
  Policy: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [!Ref Role], PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } } }
  Inline: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, Role: !GetAtt Role.Arn, Description: !Ref Description, Code: { ZipFile: 'exports.handler = async () => 1' } } }
  Permit: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !GetAtt Inline.Arn, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com } }
  Published: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Inline } }
  Live: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref Inline, FunctionVersion: !GetAtt Published.Version, Name: live } }
  Domain: { Type: AWS::ApiGateway::DomainName, Properties: { DomainName: api.example.com, RegionalCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/x', EndpointConfiguration: { Types: [REGIONAL] } } }
  Mapping: { Type: AWS::ApiGateway::BasePathMapping, Properties: { DomainName: !Ref Domain, BasePath: shop, RestApiId: !Ref Api, Stage: !Ref Stage } }
Outputs:
  Alias: { Value: !Ref Live }
  Mapping: { Value: !Ref Mapping }
`

test('every other kind is made, changed and removed', async () => {
  const { gateway, deploy } = await start({ templateParameters: { Description: 'first' } })
  const client = new APIGatewayClient(gateway.clientConfig)
  const { apiId, outputs, functionNames } = await deploy(rest)
  expect(outputs).toEqual({
    Alias: `arn:aws:lambda:us-east-1:000000000000:function:${functionNames[0]}:live`,
    Mapping: 'api.example.com|shop',
  })
  const stageOf = () => client.send(new GetStageCommand({ restApiId: apiId, stageName: 'prod' }))
  expect(await stageOf()).toMatchObject({
    description: 'first',
    documentationVersion: '1',
    accessLogSettings: { format: '$context.requestId' },
    methodSettings: { '*/*': { loggingLevel: 'INFO', throttlingBurstLimit: 5 }, '~1/GET': { metricsEnabled: true } },
  })
  const changed = rest
    .replaceAll('!Ref Description', 'second')
    .replace('StatusCode: 404', 'StatusCode: 410')
    .replace('AuthorizerResultTtlInSeconds: 1', 'AuthorizerResultTtlInSeconds: 2')
    .replace(/ {6}MethodSettings.*\n/, '')
  expect((await deploy(changed)).apiId).toBe(apiId)
  expect(await stageOf()).toMatchObject({ description: 'second', methodSettings: {} })
  await deploy('Parameters: { Description: { Type: String } }\nResources: { Nothing: { Type: A::B::C } }')
  expect((await client.send(new GetRestApisCommand({}))).items).toEqual([])
})

test('what is to be retained stays when it leaves the template', async () => {
  const { gateway, deploy } = await start()
  await deploy(
    'Resources: { Key: { Type: AWS::ApiGateway::ApiKey, DeletionPolicy: Retain, Properties: { Name: kept } } }',
  )
  await deploy('Resources: { Nothing: { Type: A::B::C } }')
  const { items } = await new APIGatewayClient(gateway.clientConfig).send(new GetApiKeysCommand({}))
  expect(items?.map(({ name }) => name)).toEqual(['kept'])
})

test('what a function reserves, its tags and its retries are those of the template', async () => {
  const { gateway, folder, deploy } = await start()
  await writeHello(folder)
  const lambda = new LambdaClient({ ...gateway.clientConfig, maxAttempts: 1 })
  onTestFinished(() => lambda.destroy())
  const text = (properties: string, more = ''): string => `
Resources:
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      { FunctionName: hello, Runtime: nodejs22.x, Handler: index.handler, Role: 'arn:aws:iam::000000000000:role/r', Code: ./hello, ${properties} }
  ${more}`
  const retries = `
  Retries: { Type: AWS::Lambda::EventInvokeConfig, Properties: { FunctionName: !Ref Hello, Qualifier: $LATEST, MaximumRetryAttempts: 0 } }`
  const shown = async () => {
    const { Tags, Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName: 'hello' }))
    const list = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName: 'hello' }))
    return [
      Tags,
      Concurrency?.ReservedConcurrentExecutions,
      list.FunctionEventInvokeConfigs?.map(({ MaximumRetryAttempts }) => MaximumRetryAttempts),
    ]
  }
  const tags = "Tags: [{ Key: team, Value: zoo }, { Key: old, Value: '1' }]"
  await deploy(text(`ReservedConcurrentExecutions: 3, ${tags}`, retries))
  expect(await shown()).toEqual([{ team: 'zoo', old: '1' }, 3, [0]])
  await deploy(text('ReservedConcurrentExecutions: 0, Tags: [{ Key: team, Value: farm }]'))
  expect(await shown()).toEqual([{ team: 'farm' }, 0, []])
  await deploy(text('MemorySize: 256'))
  expect(await shown()).toEqual([undefined, undefined, []])
})
