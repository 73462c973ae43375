// Execution logs of REST APIs: the lines of authorizers and of API keys, in AWS's words and order. Security F.5, F.6.
import {
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { createPair, startIssuer, tokenOf, type Issuer } from '../http-plans/issuer.ts'
import { allowLogging, openPlace, type Place } from './place.ts'

let place: Place
let issuer: Issuer
let authorizerUri: string

const source = `exports.handler = async ({ authorizationToken, methodArn }) => {
  if (authorizationToken === 'Unauthorized') throw new Error('Unauthorized')
  const Effect = authorizationToken === 'denied' ? 'Deny' : 'Allow'
  const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource: methodArn }]
  return { principalId: 'principal-ada', policyDocument: { Version: '2012-10-17', Statement } }
}`

beforeAll(async () => {
  issuer = await startIssuer()
  place = openPlace({ cognitoIssuers: { 'us-east-1_Pool': issuer.issuer } })
  await allowLogging(place)
  const lambda = new LambdaClient(place.gateway.clientConfig)
  authorizerUri = invocationUri(await createNodeFunction(lambda, 'authorizer', source))
})

afterAll(async () => {
  await place.gateway.close()
  await issuer.close()
})

interface Plan {
  readonly authorizer?: object
  readonly method?: object
  readonly dataTrace?: boolean
}

/** An API that logs at INFO, and its authorizer. */
async function logged({ authorizer, method, dataTrace = false }: Plan): Promise<{ id: string; authorizerId: string }> {
  const id = await createRestApi(place.rest, 'admission')
  let authorizerId = ''
  if (authorizer !== undefined) {
    const identitySource = 'method.request.header.X-Token'
    const command = { restApiId: id, name: 'a', type: 'TOKEN', identitySource, authorizerUri, ...authorizer } as const
    authorizerId = (await place.rest.send(new CreateAuthorizerCommand(command))).id ?? ''
  }
  await putMethod(place.rest, id, '/pets', {
    method: { ...(authorizer && { authorizationType: 'CUSTOM', authorizerId }), ...method },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200' }],
  })
  await deploy(place.rest, id, 'prod')
  const patchOperations = [
    { op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' } as const,
    { op: 'replace', path: '/*/*/logging/dataTrace', value: String(dataTrace) } as const,
  ]
  await place.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
  return { id, authorizerId }
}

/** The lines that one request leaves, without what is common to all. */
async function linesOf(id: string, headers: Record<string, string> = {}): Promise<readonly string[]> {
  place.gateway.clock.advance(1_000)
  const answer = await place.get(id, '/prod/pets', headers)
  const requestId = answer.headers.get('x-amzn-requestid') ?? ''
  const { events = [] } = await place.logs.call('FilterLogEvents', {
    logGroupName: `API-Gateway-Execution-Logs_${id}/prod`,
    startTime: place.gateway.clock.now(),
  })
  return events
    .map(({ message = '' }) => message.replace(`(${requestId}) `, '').replaceAll(requestId, 'ID'))
    .filter((line) => !/^(?:Extended|HTTP Method|Method |Starting execution|Successfully completed exec)/.test(line))
}

const noKey = (id: string): readonly string[] => [
  `Verifying Usage Plan for request: ID. API Key:  API Stage: ${id}/prod`,
  "API Key  authorized because method 'GET /pets' does not require API Key. Request will not contribute to throttle or quota limits",
]

test('a Lambda authorizer that is asked, and one that is remembered', async () => {
  const { id, authorizerId } = await logged({ authorizer: {} })
  const uri = `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:authorizer/invocations`
  const starting = `Starting authorizer: ${authorizerId} for request: ID`
  const using = 'Using valid authorizer policy for principal: *******al-ada'
  const done = 'Successfully completed authorizer execution'
  const asked = [starting, `Sending request to ${uri}`, using, done, ...noKey(id)]
  expect(await linesOf(id, { 'X-Token': 'let-me-in' })).toEqual(asked)
  expect(await linesOf(id, { 'X-Token': 'let-me-in' })).toEqual([starting, using, done, ...noKey(id)])
  expect(await linesOf(id, { 'X-Token': 'denied' })).toEqual([
    ...asked.slice(0, 4),
    'The client is not authorized to perform this operation.',
    'Gateway response type: ACCESS_DENIED with status code: 403',
  ])
  expect(await linesOf(id, { 'X-Token': 'Unauthorized' })).toEqual([
    ...asked.slice(0, 2),
    'Unauthorized request: ID',
    'Gateway response type: UNAUTHORIZED with status code: 401',
  ])
  expect(await linesOf(id)).toEqual(['Gateway response type: UNAUTHORIZED with status code: 401'])
})

test('with data trace, what the authorizer was asked and answered', async () => {
  const { id } = await logged({ authorizer: {}, dataTrace: true })
  const lines = await linesOf(id, { 'X-Token': 'let-me-in' })
  expect(lines[1]).toBe('Incoming identity: ***-me-in')
  const body = lines.find((line) => line.startsWith('Endpoint request body after transformations: {"type":"TOKEN"'))
  expect(body).toContain('"authorizationToken":"let-me-in"')
  expect(lines).toContainEqual(expect.stringMatching(/^Authorizer result body before parsing: \{"principalId"/))
})

test('a Cognito authorizer, let in and refused', async () => {
  const authorizer = {
    type: 'COGNITO_USER_POOLS',
    providerARNs: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Pool'],
  }
  const pair = await createPair('k1')
  issuer.keys = [pair.publicJwk]
  const { id, authorizerId } = await logged({ authorizer, method: { authorizationType: 'COGNITO_USER_POOLS' } })
  const iat = Math.floor(place.gateway.clock.now() / 1000)
  const claims = { iss: issuer.issuer, token_use: 'id', iat, exp: iat + 3_600 }
  const starting = `Starting authorizer: ${authorizerId} for request: ID`
  expect(await linesOf(id, { 'X-Token': await tokenOf(pair, claims) })).toEqual([
    starting,
    'Successfully completed authorizer execution',
    ...noKey(id),
  ])
  expect(await linesOf(id, { 'X-Token': await tokenOf(pair, { ...claims, token_use: 'access' }) })).toEqual([
    starting,
    'Unauthorized request: ID',
    'the token is of another use',
    'Gateway response type: UNAUTHORIZED with status code: 401',
  ])
})

test('an API key that is taken, and one that is not', async () => {
  const { id } = await logged({ method: { apiKeyRequired: true }, dataTrace: true })
  const { rest } = place
  const { id: keyId, value = '' } = await rest.send(new CreateApiKeyCommand({ enabled: true }))
  const apiStages = [{ apiId: id, stage: 'prod' }]
  const { id: usagePlanId } = await rest.send(new CreateUsagePlanCommand({ name: 'p', apiStages }))
  await rest.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
  const masked = `${'*'.repeat(34)}${value.slice(-6)}`
  expect((await linesOf(id, { 'x-api-key': value })).slice(0, 3)).toEqual([
    `Verifying Usage Plan for request: ID. API Key: ${masked} API Stage: ${id}/prod`,
    `Usage Plan check succeeded for API Key ${masked} and API Stage ${id}/prod`,
    `API Key: ${masked}`,
  ])
  expect((await linesOf(id)).slice(0, 2)).toEqual([
    `Verifying Usage Plan for request: ID. API Key:  API Stage: ${id}/prod`,
    `API Key  not authorized because method 'GET /pets' requires API Key and API Key is not associated with a Usage Plan for API Stage ${id}/prod: No Usage Plan found for key and API Stage`,
  ])
})
