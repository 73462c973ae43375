// `serve` as a whole, over real sockets: keys, users, roles on loan, functions with their role's credentials, a second gateway as Lambda endpoint.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateFunctionCommand, DeleteFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { systemClock } from './adapters/clocks.ts'
import { createRemoteFunctions } from './adapters/remote-functions.ts'
import { createHttpUpstream } from './adapters/upstream/http-upstream.ts'
import { modelOf } from './services/models.ts'
import { openServing, type Keys, type Serving } from './testing.ts'

const account = '123456789012'
const region = 'us-east-1'

let gateway: Serving
let root: Keys
let settings: Serving['settings']

beforeAll(async () => {
  gateway = await openServing({ account, region })
  ;({ root, settings } = gateway)
})

afterAll(() => gateway.close())

async function callerOf(credentials: Keys): Promise<string | undefined> {
  return (await new STSClient(settings(credentials)).send(new GetCallerIdentityCommand({}))).Arn
}

interface Issued {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}

function keysOf({ AccessKeyId = '', SecretAccessKey = '', SessionToken }: Issued = {}): Keys {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }
  return SessionToken === undefined ? keys : { ...keys, sessionToken: SessionToken }
}

async function createRole(RoleName: string, principal: object): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  })
  const { Role } = await new IAMClient(settings(root)).send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }),
  )
  return Role?.Arn ?? ''
}

async function createUser(UserName: string): Promise<Keys> {
  const iam = new IAMClient(settings(root))
  await iam.send(new CreateUserCommand({ UserName }))
  return keysOf((await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey)
}

test('the root key of the file is the account’s root; an unknown key is nobody', async () => {
  expect(await callerOf(root)).toBe(`arn:aws:iam::${account}:root`)
  await expect(callerOf({ ...root, secretAccessKey: 'wrong' })).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  await expect(callerOf({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x' })).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  })
})

test('a user takes on a role that trusts it, and no other', async () => {
  const tom = await createUser('Tom')
  const sts = new STSClient(settings(tom))
  const open = await createRole('open', { AWS: `arn:aws:iam::${account}:user/Tom` })
  const closed = await createRole('closed', { Service: 'lambda.amazonaws.com' })
  const { Credentials, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({ RoleArn: open, RoleSessionName: 'visit' }),
  )
  const assumed = `arn:aws:sts::${account}:assumed-role/open/visit`
  expect(AssumedRoleUser?.Arn).toBe(assumed)
  expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:visit$/)
  const keys = keysOf(Credentials)
  expect(await callerOf(keys)).toBe(assumed)
  await expect(callerOf({ ...keys, sessionToken: 'x'.repeat(100) })).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  })
  await expect(sts.send(new AssumeRoleCommand({ RoleArn: closed, RoleSessionName: 'visit' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${account}:user/Tom is not authorized to perform: sts:AssumeRole on resource: ${closed}`,
  })
  await new IAMClient(settings(root)).send(new DeleteRoleCommand({ RoleName: 'open' }))
  await expect(callerOf(keys)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
})

test('a role that trusts the account is for users whose own policies say so', async () => {
  const ann = await createUser('Ann')
  const sts = new STSClient(settings(ann))
  const RoleArn = await createRole('shared', { AWS: account })
  const assume = (): Promise<unknown> => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit' }))
  await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' })
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const put = new PutUserPolicyCommand({ UserName: 'Ann', PolicyName: 'assume', PolicyDocument })
  await new IAMClient(settings(root)).send(put)
  await expect(assume()).resolves.toMatchObject({
    AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/shared/visit` },
  })
})

test('a session token of a user is the user', async () => {
  const eve = await createUser('Eve')
  const { Credentials } = await new STSClient(settings(eve)).send(new GetSessionTokenCommand({}))
  expect(await callerOf(keysOf(Credentials))).toBe(`arn:aws:iam::${account}:user/Eve`)
})

test('a function calls the gateway with its role’s credentials, and its code is forgotten with it', async () => {
  const Role = await createRole('runner', { Service: 'lambda.amazonaws.com' })
  const lambda = new LambdaClient(settings(root))
  const source = `export const handler = async () => ({
    AccessKeyId: process.env.AWS_ACCESS_KEY_ID,
    SecretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    SessionToken: process.env.AWS_SESSION_TOKEN,
    endpoint: process.env.AWS_ENDPOINT_URL,
  })`
  await createFunction(lambda, 'caller', source, Role)
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'caller' }))
  const told = JSON.parse(Buffer.from(Payload ?? []).toString()) as Issued & { endpoint: string }
  expect(told.endpoint).toBe(gateway.url)
  expect(await callerOf(keysOf(told))).toBe(`arn:aws:sts::${account}:assumed-role/runner/caller`)
  const blobs = (): Promise<string[]> => readdir(join(gateway.dataFolder, 'blobs'))
  const kept = await filesBelow(await blobs())
  await createFunction(lambda, 'twin', source, Role)
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'caller' }))
  expect(await filesBelow(await blobs())).toEqual(kept)
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'twin' }))
  await expect.poll(async () => (await filesBelow(await blobs())).length).toBe(kept.length - 1)
})

test('another gateway invokes functions here, signed, and hears what is wrong', async () => {
  const lambda = new LambdaClient(settings(root))
  await createFunction(
    lambda,
    'far',
    'export const handler = async (event) => ({ event })',
    'arn:aws:iam::123456789012:role/none',
  )
  const functionArn = `arn:aws:lambda:${region}:${account}:function:far`
  const upstream = createHttpUpstream()
  onTestFinished(() => upstream.close())
  const parts = { endpoint: gateway.url, upstream, clock: systemClock, model: () => modelOf('lambda') }
  const remote = createRemoteFunctions({ ...parts, credentials: root })
  const call = {
    functionArn,
    payload: '{"a":1}',
    type: 'RequestResponse',
    principal: 'apigateway.amazonaws.com',
  } as const
  const answer = await remote.invoke({ ...call, logTail: true })
  expect(answer).toMatchObject({ status: 200, executedVersion: '$LATEST', functionError: undefined })
  expect(Buffer.from(answer.payload).toString()).toBe('{"event":{"a":1}}')
  expect(answer.logTail).toContain('START RequestId: ')
  const streamed = await remote.stream(call)
  const chunks: Uint8Array[] = []
  for await (const chunk of streamed.chunks) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('{"event":{"a":1}}')
  expect(await streamed.end).toMatchObject({ functionError: undefined })
  await expect(remote.invoke({ ...call, functionArn: `${functionArn}:9` })).rejects.toMatchObject({
    name: 'FunctionFault',
    reason: 'not-found',
    status: 404,
    code: 'ResourceNotFoundException',
  })
  const stranger = createRemoteFunctions({ ...parts, credentials: { ...root, secretAccessKey: 'wrong' } })
  await expect(stranger.invoke(call)).rejects.toMatchObject({ name: 'FunctionFault', reason: 'denied', status: 403 })
  const nowhere = createRemoteFunctions({ ...parts, endpoint: 'http://127.0.0.1:1', credentials: undefined })
  await expect(nowhere.invoke(call)).rejects.toMatchObject({ name: 'FunctionFault', reason: 'unavailable' })
})

async function createFunction(lambda: LambdaClient, FunctionName: string, source: string, Role: string): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }, { mtime: '2026-01-01' }) },
    }),
  )
}

async function filesBelow(folders: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(folders.map((folder) => readdir(join(gateway.dataFolder, 'blobs', folder))))
  return lists.flat().sort()
}
