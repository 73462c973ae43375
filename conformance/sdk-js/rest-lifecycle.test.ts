// Every kind of part of a REST API: what is read back is what was made and patched, attribute by attribute, and a plan shows no difference.
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateDocumentationPartCommand,
  CreateDocumentationVersionCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateStageCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  DeleteDocumentationPartCommand,
  DeleteDocumentationVersionCommand,
  DeleteGatewayResponseCommand,
  DeleteIntegrationCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteMethodResponseCommand,
  DeleteModelCommand,
  DeleteRequestValidatorCommand,
  DeleteResourceCommand,
  DeleteStageCommand,
  GetAuthorizerCommand,
  GetDeploymentCommand,
  GetDocumentationPartCommand,
  GetDocumentationVersionCommand,
  GetGatewayResponseCommand,
  GetIntegrationCommand,
  GetIntegrationResponseCommand,
  GetMethodCommand,
  GetMethodResponseCommand,
  GetModelCommand,
  GetRequestValidatorCommand,
  GetResourceCommand,
  GetStageCommand,
  GetTagsCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAccountCommand,
  UpdateAuthorizerCommand,
  UpdateDeploymentCommand,
  UpdateDocumentationPartCommand,
  UpdateDocumentationVersionCommand,
  UpdateIntegrationCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
  UpdateModelCommand,
  UpdateRequestValidatorCommand,
  UpdateResourceCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invocationUri } from '../fixture/functions.ts'
import { idOf, testLifecycles, told } from '../fixture/lifecycle.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'

const gateway = createGateway()
const rest = new APIGatewayClient({ ...gateway.clientConfig, maxAttempts: 1 })
const uri = invocationUri('arn:aws:lambda:us-east-1:000000000000:function:f')

let restApiId: string
let resourceId: string

beforeAll(async () => {
  restApiId = await createRestApi(rest, 'lifecycle')
  const plan = { integration: { type: 'MOCK' as const } }
  resourceId = (await putMethod(rest, restApiId, '/held', plan)).resourceId
  await deploy(rest, restApiId, 'held')
  const role = { op: 'replace' as const, path: '/cloudwatchRoleArn', value: 'arn:aws:iam::000000000000:role/logs' }
  await rest.send(new UpdateAccountCommand({ patchOperations: [role] }))
})

afterAll(() => gateway.close())

const at = () => ({ restApiId, resourceId, httpMethod: 'POST' })

testLifecycles({
  Resource: {
    create: () => rest.send(new CreateResourceCommand({ restApiId, parentId: resourceId, pathPart: 'a' })),
    read: (made) => rest.send(new GetResourceCommand({ restApiId, resourceId: idOf(made) })),
    update: (made, patchOperations) =>
      rest.send(new UpdateResourceCommand({ restApiId, resourceId: idOf(made), patchOperations })),
    patches: [['/pathPart', 'b']],
    shows: { pathPart: 'b', path: '/held/b' },
    remove: (made) => rest.send(new DeleteResourceCommand({ restApiId, resourceId: idOf(made) })),
  },
  Method: {
    create: () =>
      rest.send(
        new PutMethodCommand({
          ...at(),
          authorizationType: 'NONE',
          apiKeyRequired: true,
          operationName: 'o',
          requestParameters: { 'method.request.querystring.a': true },
          requestModels: { 'application/json': 'Empty' },
        }),
      ),
    read: () => rest.send(new GetMethodCommand(at())),
    update: (_made, patchOperations) => rest.send(new UpdateMethodCommand({ ...at(), patchOperations })),
    patches: [
      ['/authorizationType', 'AWS_IAM'],
      ['/authorizerId', ''],
      ['/apiKeyRequired', 'false'],
      ['/operationName', 'p'],
      ['/requestValidatorId', undefined],
      ['/requestParameters/method.request.querystring.a', undefined, 'remove'],
      ['/requestParameters/method.request.header.b', 'false', 'add'],
      ['/requestModels/application~1json', 'Error'],
    ],
    shows: {
      authorizationType: 'AWS_IAM',
      apiKeyRequired: false,
      operationName: 'p',
      requestParameters: { 'method.request.header.b': false },
      requestModels: { 'application/json': 'Error' },
    },
    remove: () => rest.send(new DeleteMethodCommand(at())),
  },
  Integration: {
    create: async () => {
      await rest.send(new PutMethodCommand({ ...at(), httpMethod: 'PUT', authorizationType: 'NONE' }))
      return rest.send(
        new PutIntegrationCommand({
          ...at(),
          httpMethod: 'PUT',
          type: 'HTTP',
          integrationHttpMethod: 'GET',
          uri: 'http://a.example',
          requestParameters: { 'integration.request.header.a': "'b'" },
          requestTemplates: { 'application/json': '{}' },
          cacheKeyParameters: ['integration.request.header.a'],
          timeoutInMillis: 100,
        }),
      )
    },
    read: () => rest.send(new GetIntegrationCommand({ ...at(), httpMethod: 'PUT' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateIntegrationCommand({ ...at(), httpMethod: 'PUT', patchOperations })),
    patches: [
      ['/cacheKeyParameters/integration.request.header.a', undefined, 'remove'],
      ['/requestParameters/integration.request.header.a', undefined, 'remove'],
      ['/requestParameters/integration.request.header.c', "'d'", 'add'],
      ['/requestTemplates/application~1json', '{"a": 1}'],
      ['/requestTemplates/text~1xml', '<a/>', 'add'],
      ['/cacheNamespace', 'mine'],
      ['/timeoutInMillis', '29000'],
      ['/contentHandling', 'CONVERT_TO_TEXT'],
      ['/passthroughBehavior', 'NEVER'],
      ['/credentials', ''],
      ['/uri', 'https://b.example'],
      ['/httpMethod', 'POST'],
      ['/tlsConfig/insecureSkipVerification', 'true'],
    ],
    shows: {
      type: 'HTTP',
      httpMethod: 'POST',
      uri: 'https://b.example',
      requestParameters: { 'integration.request.header.c': "'d'" },
      requestTemplates: { 'application/json': '{"a": 1}', 'text/xml': '<a/>' },
      cacheKeyParameters: [],
      cacheNamespace: 'mine',
      timeoutInMillis: 29_000,
      contentHandling: 'CONVERT_TO_TEXT',
      passthroughBehavior: 'NEVER',
      tlsConfig: { insecureSkipVerification: true },
    },
    remove: async () => {
      await rest.send(new DeleteIntegrationCommand({ ...at(), httpMethod: 'PUT' }))
      return rest.send(new DeleteMethodCommand({ ...at(), httpMethod: 'PUT' }))
    },
  },
  MethodResponse: {
    create: () =>
      rest.send(
        new PutMethodResponseCommand({
          ...at(),
          httpMethod: 'GET',
          statusCode: '200',
          responseModels: { 'application/json': 'Empty' },
          responseParameters: { 'method.response.header.a': true },
        }),
      ),
    read: () => rest.send(new GetMethodResponseCommand({ ...at(), httpMethod: 'GET', statusCode: '200' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateMethodResponseCommand({ ...at(), httpMethod: 'GET', statusCode: '200', patchOperations })),
    patches: [
      ['/responseModels/application~1json', 'Error'],
      ['/responseParameters/method.response.header.a', undefined, 'remove'],
      ['/responseParameters/method.response.header.b', 'true', 'add'],
    ],
    shows: {
      responseModels: { 'application/json': 'Error' },
      responseParameters: { 'method.response.header.b': true },
    },
    remove: () => rest.send(new DeleteMethodResponseCommand({ ...at(), httpMethod: 'GET', statusCode: '200' })),
  },
  IntegrationResponse: {
    create: () =>
      rest.send(
        new PutIntegrationResponseCommand({
          ...at(),
          httpMethod: 'GET',
          statusCode: '404',
          selectionPattern: '4..',
          responseTemplates: { 'application/json': 'x' },
          contentHandling: 'CONVERT_TO_BINARY',
        }),
      ),
    read: () => rest.send(new GetIntegrationResponseCommand({ ...at(), httpMethod: 'GET', statusCode: '404' })),
    remove: () => rest.send(new DeleteIntegrationResponseCommand({ ...at(), httpMethod: 'GET', statusCode: '404' })),
  },
  Model: {
    create: () =>
      rest.send(
        new CreateModelCommand({
          restApiId,
          name: 'Pet',
          contentType: 'application/json',
          schema: '{"type": "object"}',
          description: 'd',
        }),
      ),
    read: () => rest.send(new GetModelCommand({ restApiId, modelName: 'Pet' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateModelCommand({ restApiId, modelName: 'Pet', patchOperations })),
    patches: [
      ['/description', ''],
      ['/schema', '{"type":  "array"}'],
    ],
    shows: { schema: '{"type":  "array"}' },
    remove: () => rest.send(new DeleteModelCommand({ restApiId, modelName: 'Pet' })),
  },
  RequestValidator: {
    create: () => rest.send(new CreateRequestValidatorCommand({ restApiId, name: 'v', validateRequestBody: true })),
    read: (made) => rest.send(new GetRequestValidatorCommand({ restApiId, requestValidatorId: idOf(made) })),
    update: (made, patchOperations) =>
      rest.send(new UpdateRequestValidatorCommand({ restApiId, requestValidatorId: idOf(made), patchOperations })),
    patches: [
      ['/name', 'w'],
      ['/validateRequestBody', 'false'],
      ['/validateRequestParameters', 'true'],
    ],
    shows: { name: 'w', validateRequestBody: false, validateRequestParameters: true },
    remove: (made) => rest.send(new DeleteRequestValidatorCommand({ restApiId, requestValidatorId: idOf(made) })),
  },
  Authorizer: {
    create: () =>
      rest.send(
        new CreateAuthorizerCommand({
          restApiId,
          name: 'a',
          type: 'TOKEN',
          authorizerUri: uri,
          authorizerCredentials: 'arn:aws:iam::000000000000:role/a',
          identitySource: 'method.request.header.Authorization',
          identityValidationExpression: '.*',
          authorizerResultTtlInSeconds: 300,
        }),
      ),
    read: (made) => rest.send(new GetAuthorizerCommand({ restApiId, authorizerId: idOf(made) })),
    update: (made, patchOperations) =>
      rest.send(new UpdateAuthorizerCommand({ restApiId, authorizerId: idOf(made), patchOperations })),
    patches: [
      ['/name', 'b'],
      ['/type', 'REQUEST'],
      ['/identitySource', 'method.request.header.a,method.request.querystring.b'],
      ['/authorizerCredentials', ''],
      ['/authorizerResultTtlInSeconds', '0'],
      ['/identityValidationExpression', ''],
    ],
    shows: {
      name: 'b',
      type: 'REQUEST',
      authorizerUri: uri,
      identitySource: 'method.request.header.a,method.request.querystring.b',
      authorizerResultTtlInSeconds: 0,
    },
    remove: (made) => rest.send(new DeleteAuthorizerCommand({ restApiId, authorizerId: idOf(made) })),
  },
  DocumentationPart: {
    create: () =>
      rest.send(
        new CreateDocumentationPartCommand({
          restApiId,
          location: { type: 'METHOD', path: '/held', method: 'GET' },
          properties: '{"description":"x"}',
        }),
      ),
    read: (made) => rest.send(new GetDocumentationPartCommand({ restApiId, documentationPartId: idOf(made) })),
    update: (made, patchOperations) =>
      rest.send(new UpdateDocumentationPartCommand({ restApiId, documentationPartId: idOf(made), patchOperations })),
    patches: [['/properties', '{"description":"y"}']],
    shows: { properties: '{"description":"y"}', location: { type: 'METHOD', path: '/held', method: 'GET' } },
    remove: (made) => rest.send(new DeleteDocumentationPartCommand({ restApiId, documentationPartId: idOf(made) })),
  },
  DocumentationVersion: {
    create: () =>
      rest.send(new CreateDocumentationVersionCommand({ restApiId, documentationVersion: 'v1', description: 'd' })),
    read: () => rest.send(new GetDocumentationVersionCommand({ restApiId, documentationVersion: 'v1' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateDocumentationVersionCommand({ restApiId, documentationVersion: 'v1', patchOperations })),
    patches: [['/description', 'e']],
    shows: { version: 'v1', description: 'e' },
    remove: () => rest.send(new DeleteDocumentationVersionCommand({ restApiId, documentationVersion: 'v1' })),
  },
  Deployment: {
    create: () => rest.send(new CreateDeploymentCommand({ restApiId, description: 'd' })),
    read: (made) => rest.send(new GetDeploymentCommand({ restApiId, deploymentId: idOf(made) })),
    update: (made, patchOperations) =>
      rest.send(new UpdateDeploymentCommand({ restApiId, deploymentId: idOf(made), patchOperations })),
    patches: [['/description', 'e']],
    shows: { description: 'e' },
    remove: (made) => rest.send(new DeleteDeploymentCommand({ restApiId, deploymentId: idOf(made) })),
  },
  Stage: {
    create: async () => {
      const deployment = await rest.send(new CreateDeploymentCommand({ restApiId }))
      return rest.send(
        new CreateStageCommand({
          restApiId,
          stageName: 's',
          deploymentId: deployment.id,
          description: 'd',
          cacheClusterEnabled: true,
          cacheClusterSize: '0.5',
          variables: { a: '1', b: '2' },
          tracingEnabled: true,
          canarySettings: { percentTraffic: 10, stageVariableOverrides: { a: '3' }, useStageCache: true },
          tags: { a: 'b' },
        }),
      )
    },
    read: () => rest.send(new GetStageCommand({ restApiId, stageName: 's' })),
    update: (_made, patchOperations) =>
      rest.send(new UpdateStageCommand({ restApiId, stageName: 's', patchOperations })),
    patches: [
      ['/description', 'e'],
      ['/cacheClusterEnabled', 'false'],
      ['/cacheClusterSize', '1.6'],
      ['/variables/a', undefined, 'remove'],
      ['/variables/b', '4'],
      ['/tracingEnabled', 'false'],
      ['/canarySettings/percentTraffic', '33.3'],
      ['/canarySettings/stageVariableOverrides/a', undefined, 'remove'],
      ['/canarySettings/stageVariableOverrides/c', '5'],
      ['/canarySettings/useStageCache', 'false'],
      ['/accessLogSettings/destinationArn', 'arn:aws:logs:us-east-1:000000000000:log-group:g'],
      ['/accessLogSettings/format', '$context.requestId'],
      ['/*/*/logging/loglevel', 'INFO'],
      ['/*/*/throttling/burstLimit', '-1'],
      ['/*/*/throttling/rateLimit', '-1'],
      ['/*/*/caching/ttlInSeconds', '0'],
    ],
    shows: {
      description: 'e',
      cacheClusterEnabled: false,
      cacheClusterSize: '1.6',
      cacheClusterStatus: 'NOT_AVAILABLE',
      variables: { b: '4' },
      tracingEnabled: false,
      canarySettings: { percentTraffic: 33.3, stageVariableOverrides: { c: '5' }, useStageCache: false },
      accessLogSettings: {
        destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:g',
        format: '$context.requestId',
      },
      methodSettings: {
        '*/*': { loggingLevel: 'INFO', throttlingBurstLimit: -1, throttlingRateLimit: -1, cacheTtlInSeconds: 0 },
      },
      tags: { a: 'b' },
    },
    remove: () => rest.send(new DeleteStageCommand({ restApiId, stageName: 's' })),
  },
})

test('a gateway response goes back to its default', async () => {
  const responseType = 'UNAUTHORIZED'
  const before = told(await rest.send(new GetGatewayResponseCommand({ restApiId, responseType })))
  const responseParameters = { 'gatewayresponse.header.a': "'b'" }
  const put = await rest.send(
    new PutGatewayResponseCommand({ restApiId, responseType, statusCode: '418', responseParameters }),
  )
  expect(told(await rest.send(new GetGatewayResponseCommand({ restApiId, responseType })))).toEqual(told(put))
  await rest.send(new DeleteGatewayResponseCommand({ restApiId, responseType }))
  expect(told(await rest.send(new GetGatewayResponseCommand({ restApiId, responseType })))).toEqual(before)
})

test('tags are read back by ARN, whatever they are on', async () => {
  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/held`
  await rest.send(new TagResourceCommand({ resourceArn, tags: { a: '1', 'b/c': '2' } }))
  await rest.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }))
  expect((await rest.send(new GetTagsCommand({ resourceArn }))).tags).toEqual({ 'b/c': '2' })
  expect((await rest.send(new GetStageCommand({ restApiId, stageName: 'held' }))).tags).toEqual({ 'b/c': '2' })
})
