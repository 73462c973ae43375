// `iam:PassRole` in `serve`: who gives a role to an API must be allowed to pass it to API Gateway.
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  PutRestApiCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  type PutIntegrationCommandInput,
} from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand as CreateHttpAuthorizerCommand,
  CreateIntegrationCommand,
  ImportApiCommand,
  UpdateIntegrationCommand as UpdateHttpIntegrationCommand,
} from '@aws-sdk/client-apigatewayv2'
import { IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { invocationUri } from '../fixture/functions.ts'
import { createRestApi, resourceAt } from '../fixture/rest-api.ts'
import { account, createUser, openPlace, region, type Place } from './place.ts'

const credentials = `arn:aws:iam::${account}:role/service/api`
const uri = invocationUri(`arn:aws:lambda:${region}:${account}:function:pets`)

let place: Place
let rest: APIGatewayClient
let http: ApiGatewayV2Client
let iam: IAMClient
let integration: PutIntegrationCommandInput

const refusal = {
  name: 'AccessDeniedException',
  message: `User: arn:aws:iam::${account}:user/ann is not authorized to perform: iam:PassRole on resource: ${credentials}`,
}

beforeAll(async () => {
  place = await openPlace()
  iam = new IAMClient(place.settings(place.root))
  const ann = await createUser(iam, 'ann')
  rest = new APIGatewayClient(place.settings(ann))
  http = new ApiGatewayV2Client(place.settings(ann))
  await allow({ Action: 'apigateway:*', Resource: '*' })
  const restApiId = await createRestApi(rest, 'pass')
  const address = { restApiId, resourceId: await resourceAt(rest, restApiId, '/pets'), httpMethod: 'GET' }
  await rest.send(new PutMethodCommand({ ...address, authorizationType: 'NONE' }))
  integration = { ...address, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri, credentials }
})

beforeEach(() => allow({ Action: 'apigateway:*', Resource: '*' }))

afterAll(() => place.close())

/** All that Ann may do. */
async function allow(...statements: readonly object[]): Promise<void> {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', ...statement }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'all', PolicyDocument }))
}

/** Lets Ann pass the role to a service. */
const allowPassingTo = (service: string): Promise<void> =>
  allow(
    { Action: 'apigateway:*', Resource: '*' },
    { Action: 'iam:PassRole', Resource: credentials, Condition: { StringEquals: { 'iam:PassedToService': service } } },
  )

test('a role is given to an integration by who may pass it to API Gateway', async () => {
  const put = (): Promise<unknown> => rest.send(new PutIntegrationCommand(integration))
  await expect(put()).rejects.toMatchObject(refusal)
  await allowPassingTo('lambda.amazonaws.com')
  await expect(put()).rejects.toMatchObject(refusal)
  await allowPassingTo('apigateway.amazonaws.com')
  await expect(put()).resolves.toMatchObject({ credentials })
})

test('the role that is there stays when something else is changed; another is asked for', async () => {
  await new APIGatewayClient(place.settings(place.root)).send(new PutIntegrationCommand(integration))
  const update = (path: string, value: string): Promise<unknown> =>
    rest.send(new UpdateIntegrationCommand({ ...integration, patchOperations: [{ op: 'replace', path, value }] }))
  await expect(update('/timeoutInMillis', '5000')).resolves.toMatchObject({ credentials, timeoutInMillis: 5000 })
  await expect(update('/credentials', `${credentials}2`)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `${refusal.message}2`,
  })
  await expect(update('/credentials', `arn:aws:iam::${account}:\${stageVariables.role}`)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

test('authorizers’ roles are passed as well', async () => {
  const { restApiId } = integration
  const authorizer = {
    restApiId,
    name: 'guard',
    type: 'TOKEN' as const,
    authorizerUri: uri,
    identitySource: 'method.request.header.Authorization',
  }
  const withRole = new CreateAuthorizerCommand({ ...authorizer, authorizerCredentials: credentials })
  await expect(rest.send(withRole)).rejects.toMatchObject(refusal)
  const { id: authorizerId } = await rest.send(new CreateAuthorizerCommand(authorizer))
  const patchOperations = [{ op: 'replace' as const, path: '/authorizerCredentials', value: credentials }]
  const update = new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations })
  await expect(rest.send(update)).rejects.toMatchObject(refusal)
})

test('a document brings no role that its importer may not pass', async () => {
  const { restApiId } = integration
  const operation = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri, credentials } }
  const document = { openapi: '3.0.1', info: { title: 'pass' }, paths: { '/dogs': { get: operation } } }
  const body = Buffer.from(JSON.stringify(document))
  await expect(rest.send(new PutRestApiCommand({ restApiId, mode: 'merge', body }))).rejects.toMatchObject({
    message: expect.stringContaining(refusal.message) as string,
  })
  const v2 = { ...operation['x-amazon-apigateway-integration'], payloadFormatVersion: '2.0' }
  const Body = JSON.stringify({
    ...document,
    paths: { '/dogs': { get: { 'x-amazon-apigateway-integration': v2 } } },
  })
  await expect(http.send(new ImportApiCommand({ Body }))).rejects.toMatchObject(refusal)
})

test('HTTP APIs ask the same', async () => {
  const { ApiId } = await http.send(new CreateApiCommand({ Name: 'pass', ProtocolType: 'HTTP' }))
  const lambda = { ApiId, IntegrationType: 'AWS_PROXY' as const, IntegrationUri: uri, PayloadFormatVersion: '2.0' }
  const create = new CreateIntegrationCommand({ ...lambda, CredentialsArn: credentials })
  await expect(http.send(create)).rejects.toMatchObject(refusal)
  const { IntegrationId } = await http.send(new CreateIntegrationCommand(lambda))
  const update = new UpdateHttpIntegrationCommand({ ApiId, IntegrationId, CredentialsArn: credentials })
  await expect(http.send(update)).rejects.toMatchObject(refusal)
  const quick = { Name: 'quick', ProtocolType: 'HTTP' as const, Target: uri, CredentialsArn: credentials }
  await expect(http.send(new CreateApiCommand(quick))).rejects.toMatchObject(refusal)
  const authorizer = new CreateHttpAuthorizerCommand({
    ApiId,
    Name: 'guard',
    AuthorizerType: 'REQUEST',
    AuthorizerUri: uri,
    AuthorizerPayloadFormatVersion: '2.0',
    AuthorizerCredentialsArn: credentials,
    IdentitySource: ['$request.header.Authorization'],
  })
  await expect(http.send(authorizer)).rejects.toMatchObject(refusal)
  await allowPassingTo('apigateway.amazonaws.com')
  await expect(http.send(update)).resolves.toMatchObject({ CredentialsArn: credentials })
})
