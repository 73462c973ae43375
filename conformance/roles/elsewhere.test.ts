// Roles that this gateway's IAM does not have: AWS's own, for which another gateway stands here, and anybody's in `dev`.
import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import {
  allowRole,
  createRole,
  createUser,
  formTo,
  openPlace,
  openRecorder,
  signerIn,
  type Keys,
  type Place,
  type Recorder,
} from './place.ts'

const awsAccount = '999999999999'

let aws: Place
let sqs: Recorder
let process: Keys
let gateway: Place

beforeAll(async () => {
  aws = await openPlace({ account: awsAccount })
  sqs = await openRecorder()
  const iam = new IAMClient(aws.settings(aws.root))
  process = await createUser(iam, 'gateway', { Action: 'sts:AssumeRole', Resource: '*' })
  await createRole(iam, 'far', { AWS: `arn:aws:iam::${awsAccount}:user/gateway` })
  await createRole(iam, 'closed', { AWS: `arn:aws:iam::${awsAccount}:user/somebody` })
})

afterEach(() => gateway.close())

afterAll(async () => {
  await aws.close()
  await sqs.close()
})

const endpoints = (): ReadonlyMap<string, string> =>
  new Map([
    ['STS', aws.url],
    ['SQS', sqs.url],
  ])

/** What a method answers whose integration calls a service with a form. */
async function answerOf(uri: string, credentials: string, form: string): Promise<{ status: number; text: string }> {
  const rest = new APIGatewayClient(gateway.settings(gateway.root))
  const apiId = await createRestApi(rest, 'elsewhere')
  await putMethod(rest, apiId, '/call', formTo(uri, credentials, form))
  await deploy(rest, apiId, 'prod')
  const response = await fetch(`${gateway.url}/_aws/execute-api/${apiId}/prod/call`)
  return { status: response.status, text: await response.text() }
}

const identity = (credentials: string) =>
  answerOf('arn:aws:apigateway:us-east-1:sts:path//', credentials, 'Action=GetCallerIdentity&Version=2011-06-15')
const message = (credentials: string) =>
  answerOf('arn:aws:apigateway:us-east-1:sqs:path/1/queue', credentials, 'Action=SendMessage&MessageBody=1')
const far = (name: string): string => `arn:aws:iam::${awsAccount}:role/${name}`
const refusal = { status: 500, text: '{"message": "Internal server error"}' }

test('`serve` takes on a role that AWS has, with the credentials of the process', async () => {
  gateway = await openPlace({ lambdaCredentials: process, awsEndpoints: endpoints() })
  const { status, text } = await identity(far('far'))
  expect(status).toBe(200)
  expect(text).toContain(`arn:aws:sts::${awsAccount}:assumed-role/far/BackplaneAssumeRoleSession`)
  expect((await message(far('far'))).status).toBe(200)
  expect(signerIn(sqs.last())).toMatch(/^ASIA/)
  expect(sqs.last()['x-amz-security-token']).toMatch(/^[A-Za-z0-9+/=]{100,}$/)
})

test('functions that are elsewhere are invoked as the role that AWS has', async () => {
  const source = `exports.handler = async () => ({ statusCode: 200, body: 'far away' })`
  const functionArn = await createNodeFunction(new LambdaClient(aws.settings(aws.root)), 'pets', source)
  gateway = await openPlace({ lambdaCredentials: process, lambdaEndpoint: aws.url, awsEndpoints: endpoints() })
  const rest = new APIGatewayClient(gateway.settings(gateway.root))
  const apiId = await createRestApi(rest, 'elsewhere')
  const integration = {
    type: 'AWS_PROXY' as const,
    integrationHttpMethod: 'POST',
    uri: invocationUri(functionArn),
    credentials: far('far'),
  }
  await putMethod(rest, apiId, '/call', { integration })
  await deploy(rest, apiId, 'prod')
  const call = async () => {
    const response = await fetch(`${gateway.url}/_aws/execute-api/${apiId}/prod/call`)
    return { status: response.status, text: await response.text() }
  }
  expect(await call()).toEqual(refusal)
  await allowRole(new IAMClient(aws.settings(aws.root)), 'far', 'lambda:InvokeFunction', functionArn)
  expect(await call()).toEqual({ status: 200, text: 'far away' })
})

test('`serve` calls nobody as a role that AWS refuses, nor where AWS cannot be asked', async () => {
  gateway = await openPlace({ lambdaCredentials: process, awsEndpoints: endpoints() })
  sqs.forget()
  expect(await message(far('closed'))).toEqual(refusal)
  expect(await message(far('none'))).toEqual(refusal)
  await gateway.close()
  gateway = await openPlace({ awsEndpoints: endpoints() })
  expect(await message(far('far'))).toEqual(refusal)
  expect(sqs.last()).toEqual({})
})

test('`dev` lets a role pass that nobody knows, signs as the process, and says so once', async () => {
  const said: string[] = []
  const log = { debug: () => {}, info: note, warn: () => {}, error: () => {} }
  function note(fields: object, sentence: string): void {
    said.push(`${sentence} ${JSON.stringify(fields)}`)
  }
  gateway = await openPlace({ mode: 'dev', lambdaCredentials: process, awsEndpoints: endpoints(), log })
  expect((await message(far('any'))).status).toBe(200)
  expect((await message(far('any'))).status).toBe(200)
  expect(signerIn(sqs.last())).toBe(process.accessKeyId)
  expect(sqs.last()['x-amz-security-token']).toBeUndefined()
  expect(said.filter((line) => line.includes('role'))).toEqual([
    `nobody here knows the role: its calls go with the credentials of the process {"role":"${far('any')}"}`,
  ])
})

test('`dev` verifies the roles that it knows', async () => {
  gateway = await openPlace({ mode: 'dev', lambdaCredentials: process, awsEndpoints: endpoints() })
  const iam = new IAMClient(gateway.settings(gateway.root))
  expect((await message(await createRole(iam, 'trusting'))).status).toBe(200)
  expect(signerIn(sqs.last())).toMatch(/^ASIA/)
  expect(await message(await createRole(iam, 'distrusting', { Service: 'lambda.amazonaws.com' }))).toEqual(refusal)
})
