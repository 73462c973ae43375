// Access log variables of REST APIs: the phases of a request, and what each name gives where there is nothing to say. Security F.8.
import {
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  UpdateMethodCommand,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zipOf } from '../../gateway/src/services/lambda/testing.ts'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { createPets, openPlace, patchStage, type Place } from './place.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = openPlace()
  backend = await startBackend()
})

afterAll(async () => {
  await place.gateway.close()
  await backend.close()
})

const phases = [
  'authenticate.status',
  'authenticate.error',
  'authorize.status',
  'authorize.error',
  'authorizer.status',
  'authorizer.error',
  'authorizer.integrationStatus',
  'authorizer.requestId',
]

const formatOf = (names: readonly string[]): string =>
  JSON.stringify({
    requestId: '$context.requestId',
    ...Object.fromEntries(names.map((name) => [name, `$context.${name}`])),
  })

const logTo = (group: string, names: readonly string[]): PatchOperation[] => [
  {
    op: 'replace',
    path: '/accessLogSettings/destinationArn',
    value: `arn:aws:logs:us-east-1:000000000000:log-group:${group}`,
  },
  { op: 'replace', path: '/accessLogSettings/format', value: formatOf(names) },
]

/** The variables that are not `-`, of the newest line. */
async function told(logGroupName: string): Promise<Record<string, string>> {
  const { events = [] } = await place.logs.call('FilterLogEvents', { logGroupName })
  const { requestId: _, ...line } = JSON.parse(events.at(-1)?.message ?? '{}') as Record<string, string>
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== '-'))
}

/** Changes the only method of an API that `createPets` made, and deploys it. */
async function changeMethod(restApiId: string, patchOperations: PatchOperation[]): Promise<void> {
  const { items = [] } = await place.rest.send(new GetResourcesCommand({ restApiId }))
  const resourceId = items.find(({ path }) => path === '/pets/{petId}')?.id
  await place.rest.send(new UpdateMethodCommand({ restApiId, resourceId, httpMethod: 'GET', patchOperations }))
  await place.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
}

test('a method with IAM tells who was not known, and asks no authorizer', async () => {
  const id = await createPets(place, { name: 'iam', patches: logTo('iam', phases) })
  await changeMethod(id, [{ op: 'replace', path: '/authorizationType', value: 'AWS_IAM' }])
  await place.get(id, '/prod/pets/1')
  expect(await told('iam')).toEqual({
    'authenticate.status': '403',
    'authenticate.error': 'Missing Authentication Token',
  })
})

test('a method with a Lambda authorizer tells what it said, and how its invocation went', async () => {
  const lambda = new LambdaClient({ ...place.gateway.clientConfig, maxAttempts: 1 })
  const source = `export const handler = async ({ authorizationToken, methodArn }) => ({
    principalId: 'me',
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect: authorizationToken, Action: 'execute-api:Invoke', Resource: methodArn }] },
  })`
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'guard',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/pets',
      Code: { ZipFile: zipOf(source) },
    }),
  )
  const id = await createPets(place, { name: 'guarded', patches: logTo('guarded', phases) })
  const authorizer = await place.rest.send(
    new CreateAuthorizerCommand({
      restApiId: id,
      name: 'guard',
      type: 'TOKEN',
      authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: 0,
    }),
  )
  await changeMethod(id, [
    { op: 'replace', path: '/authorizationType', value: 'CUSTOM' },
    { op: 'replace', path: '/authorizerId', value: authorizer.id },
  ])
  const invoked = {
    'authorizer.integrationStatus': '200',
    'authorizer.requestId': expect.stringMatching(/^[0-9a-f-]{36}$/),
  }
  await place.get(id, '/prod/pets/1', { Authorization: 'Allow' })
  expect(await told('guarded')).toEqual({ 'authorizer.status': '200', ...invoked })
  await place.get(id, '/prod/pets/1', { Authorization: 'Deny' })
  expect(await told('guarded')).toEqual({
    'authorizer.status': '403',
    'authorizer.error':
      'User is not authorized to access this resource with an explicit deny in an identity-based policy',
    ...invoked,
  })
  await place.get(id, '/prod/pets/1')
  expect(await told('guarded')).toEqual({ 'authorizer.status': '401', 'authorizer.error': 'Unauthorized' })
})

test('a backend’s failure is the integration’s alone', async () => {
  const gone = await startBackend()
  const names = [...phases, 'integration.error', 'error.responseType']
  const id = await createPets(place, { name: 'gone', uri: gone.url, patches: logTo('gone', names) })
  await gone.close()
  await place.get(id, '/prod/pets/1')
  expect(await told('gone')).toEqual({
    'integration.error': 'Execution failed due to a network error communicating with endpoint',
    'error.responseType': 'INTEGRATION_FAILURE',
  })
})

const valued = [
  'accountId',
  'apiId',
  'deploymentId',
  'domainName',
  'domainPrefix',
  'extendedRequestId',
  'httpMethod',
  'identity.sourceIp',
  'identity.userAgent',
  'integration.integrationStatus',
  'integration.latency',
  'integration.responseTransferMode',
  'integration.status',
  'integrationLatency',
  'integrationStatus',
  'path',
  'protocol',
  'requestTime',
  'requestTimeEpoch',
  'resourceId',
  'resourcePath',
  'responseLatency',
  'responseLength',
  'stage',
  'status',
  'xrayTraceId',
]

const unset = [
  'isCanaryRequest',
  'authorizer.principalId',
  'authorizer.claims.sub',
  'authorizer.claims',
  'authorizer.anything',
  'authorizer.latency',
  'authorizer.integrationLatency',
  'authenticate.latency',
  'authorize.latency',
  'awsEndpointRequestId',
  'customDomain.basePathMatched',
  'customDomain.routingRuleIdMatched',
  'error.message',
  'error.messageString',
  'error.responseType',
  'error.validationErrorString',
  'identity.accountId',
  'identity.apiKey',
  'identity.apiKeyId',
  'identity.caller',
  'identity.clientCert.clientCertPem',
  'identity.clientCert.subjectDN',
  'identity.clientCert.issuerDN',
  'identity.clientCert.serialNumber',
  'identity.clientCert.validity.notBefore',
  'identity.clientCert.validity.notAfter',
  'identity.cognitoAuthenticationProvider',
  'identity.cognitoAuthenticationType',
  'identity.cognitoIdentityId',
  'identity.cognitoIdentityPoolId',
  'identity.principalOrgId',
  'identity.user',
  'identity.userArn',
  'identity.vpcId',
  'identity.vpceId',
  'integration.error',
  'integration.requestId',
  'integration.timeToAllHeaders',
  'integration.timeToFirstContent',
  'integrationErrorMessage',
  'tlsVersion',
  'cipherSuite',
  'waf.error',
  'waf.latency',
  'waf.status',
  'wafResponseCode',
  'webaclArn',
  ...phases,
]

test('every variable has a value or a dash', async () => {
  const id = await createPets(place, { name: 'all', uri: backend.url, patches: logTo('valued', valued) })
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793'
  await place.get(id, '/prod/pets/1', { 'User-Agent': 'test', 'X-Amzn-Trace-Id': trace })
  const line = await told('valued')
  expect(Object.keys(line).sort()).toEqual([...valued].sort())
  expect(line).toMatchObject({
    'integration.responseTransferMode': 'BUFFERED',
    'integration.status': '200',
    resourcePath: '/pets/{petId}',
    xrayTraceId: '1-5759e988-bd862e3fe1be46a994272793',
  })
  // A format has 3 KB at most: not all names fit into one.
  for (const [group, names] of Object.entries({ first: unset.slice(0, 30), second: unset.slice(30) })) {
    await patchStage(place.rest, id, logTo(group, names))
    await place.get(id, '/prod/pets/1')
    expect((await place.logs.call('FilterLogEvents', { logGroupName: group })).events).toHaveLength(1)
    expect(await told(group)).toEqual({})
  }
})

test('a name ends where it ends', async () => {
  const id = await createPets(place, { name: 'ends' })
  const value = '$context.requestId $context.waf.status-$context.authorize.status.'
  const patches = logTo('ends', []).map((patch) =>
    patch.path?.endsWith('format') === true ? { ...patch, value } : patch,
  )
  await patchStage(place.rest, id, patches)
  await place.get(id, '/prod/pets/1')
  const { events } = await place.logs.call('FilterLogEvents', { logGroupName: 'ends' })
  expect(events?.[0]?.message?.slice(37)).toBe('---.')
})

test('what a template overrides can be logged', async () => {
  const names = ['requestOverride.header.trace', 'requestOverride.path.id', 'responseOverride.status']
  const restApiId = await createPets(place, { name: 'overrides', patches: logTo('overrides', names) })
  const { items = [] } = await place.rest.send(new GetResourcesCommand({ restApiId }))
  const resourceId = items.find(({ path }) => path === '/pets/{petId}')?.id
  const template =
    '#set($context.requestOverride.header.trace = "t-1")#set($context.responseOverride.status = 201){"statusCode":200}'
  await place.rest.send(
    new PutIntegrationCommand({
      restApiId,
      resourceId,
      httpMethod: 'GET',
      type: 'MOCK',
      requestTemplates: { 'application/json': template },
    }),
  )
  await place.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  await place.get(restApiId, '/prod/pets/1')
  expect(await told('overrides')).toEqual({ 'requestOverride.header.trace': 't-1', 'responseOverride.status': '201' })
})
