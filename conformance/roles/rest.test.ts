// Roles of REST APIs' integrations and authorizers, in `serve`: taken on for the call, and their permissions decide.
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  TestInvokeMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { CreatePolicyCommand, DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod, resourceAt, type MethodPlan } from '../fixture/rest-api.ts'
import {
  account,
  allowRole,
  createRole,
  formTo,
  openPlace,
  openRecorder,
  policy,
  signerIn,
  type Place,
  type Recorder,
} from './place.ts'

let place: Place
let sqs: Recorder
let rest: APIGatewayClient
let iam: IAMClient
let functionArn: string
let apiId: string

const endpoints = new Map<string, string>()

beforeAll(async () => {
  sqs = await openRecorder()
  place = await openPlace({ awsEndpoints: endpoints })
  endpoints.set('SQS', sqs.url).set('STS', place.url)
  const settings = place.settings(place.root)
  rest = new APIGatewayClient(settings)
  iam = new IAMClient(settings)
  const lambda = new LambdaClient(settings)
  functionArn = await createNodeFunction(
    lambda,
    'pets',
    `exports.handler = async () => ({ statusCode: 200, body: 'pets' })`,
  )
  apiId = await createRestApi(rest, 'roles')
})

afterAll(async () => {
  await place.close()
  await sqs.close()
})

const proxy = (credentials?: string): MethodPlan => ({
  integration: {
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: invocationUri(functionArn),
    ...(credentials !== undefined && { credentials }),
  },
})

const queue = (credentials: string): MethodPlan =>
  formTo('arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue', credentials, 'Action=SendMessage&MessageBody=1')

/** Puts a method, deploys, calls it. */
async function answerOf(path: string, plan: MethodPlan, headers: Record<string, string> = {}) {
  await putMethod(rest, apiId, path, plan)
  await deploy(rest, apiId, 'prod')
  return call(path, headers)
}

async function call(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${place.url}/restapis/${apiId}/prod/_user_request_${path}`, { headers })
  return { status: response.status, text: await response.text() }
}

/** The execution log of a test call. */
async function logOf(path: string): Promise<string> {
  const resourceId = await resourceAt(rest, apiId, path)
  const { log = '' } = await rest.send(
    new TestInvokeMethodCommand({ restApiId: apiId, resourceId, httpMethod: 'GET', pathWithQueryString: path }),
  )
  return log
}

const refusal = { status: 500, text: '{"message": "Internal server error"}' }
const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`
const failed = 'Execution failed due to configuration error: '
const cannotAssume = (name: string): string =>
  `${failed}API Gateway does not have permission to assume the provided role ${roleArn(name)}`

describe('a function without a resource policy', () => {
  test('is not invoked without a role', async () => {
    expect(await answerOf('/bare', proxy())).toEqual(refusal)
  })

  test('is invoked as a role that may; what the role may counts from the next call on', async () => {
    const role = await createRole(iam, 'invoker')
    expect(await answerOf('/invoker', proxy(role))).toEqual(refusal)
    expect(await logOf('/invoker')).toContain(`${failed}Invalid permissions on Lambda function`)
    await allowRole(iam, 'invoker', 'lambda:InvokeFunction', functionArn)
    expect(await call('/invoker')).toEqual({ status: 200, text: 'pets' })
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'invoker', PolicyName: 'lambda-InvokeFunction' }))
    expect(await call('/invoker')).toEqual(refusal)
  })

  test('is invoked by custom integrations, and as a role that a stage variable names, the same way', async () => {
    const role = await createRole(iam, 'other-ways')
    await allowRole(iam, 'other-ways', 'lambda:InvokeFunction', functionArn)
    const custom = {
      ...proxy(role),
      integration: { ...proxy(role).integration, type: 'AWS' as const },
      responses: [{ statusCode: '200' }],
      integrationResponses: [{ statusCode: '200' }],
    }
    expect(await answerOf('/custom', custom)).toEqual({ status: 200, text: '{"statusCode":200,"body":"pets"}' })
    const variable = `arn:aws:iam::${account}:role/\${stageVariables.role}`
    expect(await answerOf('/variable', proxy(variable))).toEqual(refusal)
    const patchOperations = [{ op: 'replace' as const, path: '/variables/role', value: 'other-ways' }]
    await rest.send(new UpdateStageCommand({ restApiId: apiId, stageName: 'prod', patchOperations }))
    expect(await call('/variable')).toEqual({ status: 200, text: 'pets' })
  })

  test('is not invoked beyond the boundary of a role; the function’s own policy may name the role', async () => {
    const PolicyDocument = policy({ Action: 'sqs:*', Resource: '*' })
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument }))
    const service = { Service: 'apigateway.amazonaws.com' }
    const role = await createRole(iam, 'bounded', service, { PermissionsBoundary: Policy?.Arn })
    await allowRole(iam, 'bounded', 'lambda:InvokeFunction', '*')
    expect(await answerOf('/bounded', proxy(role))).toEqual(refusal)
    const lambda = new LambdaClient(place.settings(place.root))
    const named = { FunctionName: 'pets', StatementId: 'named', Action: 'lambda:InvokeFunction' }
    const session = `arn:aws:sts::${account}:assumed-role/bounded/BackplaneAssumeRoleSession`
    await lambda.send(new AddPermissionCommand({ ...named, Principal: session }))
    expect(await call('/bounded')).toEqual({ status: 200, text: 'pets' })
  })

  test('streams for a role that may', async () => {
    const lambda = new LambdaClient(place.settings(place.root))
    const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      awslambda.HttpResponseStream.from(stream, { statusCode: 200 }).end('streamed')
    })`
    const arn = await createNodeFunction(lambda, 'streams', source)
    const role = await createRole(iam, 'streamer')
    const uri = `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`
    const integration = { ...proxy(role).integration, uri, responseTransferMode: 'STREAM' as const }
    expect(await answerOf('/stream', { integration })).toEqual(refusal)
    await allowRole(iam, 'streamer', 'lambda:InvokeFunction', arn)
    expect(await call('/stream')).toEqual({ status: 200, text: 'streamed' })
  })

  test('is not invoked as a role that trusts somebody else, whatever the role may', async () => {
    const role = await createRole(iam, 'lambdas-own', { Service: 'lambda.amazonaws.com' })
    await allowRole(iam, 'lambdas-own', 'lambda:InvokeFunction', '*')
    expect(await answerOf('/distrust', proxy(role))).toEqual(refusal)
    expect(await logOf('/distrust')).toContain(cannotAssume('lambdas-own'))
  })

  test('is not invoked as a role that was deleted, from the next call on', async () => {
    const role = await createRole(iam, 'short')
    await allowRole(iam, 'short', 'lambda:InvokeFunction', '*')
    expect(await answerOf('/short', proxy(role))).toMatchObject({ status: 200 })
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'short', PolicyName: 'lambda-InvokeFunction' }))
    await iam.send(new DeleteRoleCommand({ RoleName: 'short' }))
    expect(await call('/short')).toEqual(refusal)
    expect(await logOf('/short')).toContain(cannotAssume('short'))
  })
})

describe('services of AWS', () => {
  test('are called with temporary credentials of the role, the same until they end', async () => {
    const role = await createRole(iam, 'sender')
    expect(await answerOf('/queue', queue(role))).toEqual({ status: 200, text: '{"MessageId":"1"}' })
    const first = sqs.last()
    expect(signerIn(first)).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(first['x-amz-security-token']).toMatch(/^[A-Za-z0-9+/=]{100,}$/)
    expect(first.authorization).toContain('x-amz-security-token')
    await call('/queue')
    expect(signerIn(sqs.last())).toBe(signerIn(first))
  })

  test('that this gateway has itself know the caller as the role’s session', async () => {
    await createRole(iam, 'asker')
    const plan = formTo(
      'arn:aws:apigateway:us-east-1:sts:path//',
      roleArn('asker'),
      'Action=GetCallerIdentity&Version=2011-06-15',
    )
    const { status, text } = await answerOf('/identity', plan)
    expect(status).toBe(200)
    expect(text).toContain(`arn:aws:sts::${account}:assumed-role/asker/BackplaneAssumeRoleSession`)
  })

  test('are not called as a role that nobody here knows', async () => {
    expect(await answerOf('/unknown', queue(roleArn('apigw')))).toEqual(refusal)
    expect(await logOf('/unknown')).toContain(cannotAssume('apigw'))
  })
})

describe('a Lambda authorizer', () => {
  test('is asked as its role, or not at all', async () => {
    const lambda = new LambdaClient(place.settings(place.root))
    const guard = await createNodeFunction(
      lambda,
      'guard',
      `exports.handler = async ({ methodArn }) => ({ principalId: 'p', policyDocument: { Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }] } })`,
    )
    const role = await createRole(iam, 'asking')
    const { id: authorizerId = '' } = await rest.send(
      new CreateAuthorizerCommand({
        restApiId: apiId,
        name: 'guard',
        type: 'TOKEN',
        authorizerUri: invocationUri(guard),
        authorizerCredentials: role,
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 0,
      }),
    )
    const plan: MethodPlan = {
      method: { authorizationType: 'CUSTOM', authorizerId },
      integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
      responses: [{ statusCode: '200' }],
      integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': 'in' } }],
    }
    const headers = { authorization: 'token' }
    expect(await answerOf('/guarded', plan, headers)).toEqual({ status: 500, text: '{"message":null}' })
    await allowRole(iam, 'asking', 'lambda:InvokeFunction', guard)
    expect(await call('/guarded', headers)).toEqual({ status: 200, text: 'in' })
  })
})
