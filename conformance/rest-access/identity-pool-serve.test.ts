// `sluice serve`: identity pools are their owner's to change, and anybody's to ask for an identity.
import { join } from 'node:path'
import { Sha256 } from '@aws-crypto/sha256-js'
import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity'
import { SignatureV4 } from '@smithy/signature-v4'
import { createClient, type Client } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/cognito-identity'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { modelOf } from '../../gateway/src/services/models.ts'
import { callApi } from '../fixture/call.ts'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { temporaryFolder } from '../fixture/folder.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startServingAlone } from '../fixture/serving.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { account, policy, region } from './access.ts'
import { createPool, identityPoolHost, openPlace, signIn } from './identity-pool.ts'

let sluice: RunningSluice
let end: () => Promise<void>
let root: Credentials
let iam: IAMClient

beforeAll(async () => {
  ;({ sluice, root, end } = await startServingAlone())
  iam = new IAMClient({ region, endpoint: sluice.url, credentials: root, maxAttempts: 1 })
})

afterAll(() => end())

/** Signs with these credentials; not at all without. */
function poolsOf(credentials?: Credentials): Client<Operations> {
  return createClient<Operations>(modelOf('cognito-identity'), {
    endpoint: sluice.url,
    region,
    ...(credentials && { credentials }),
    sign: async (request, signing) => {
      const { service, credentials, region } = signing
      const { sessionToken: _none, ...keys } = credentials
      const signer = new SignatureV4({ service, region, credentials: keys, sha256: Sha256 })
      const { method, path, host, body } = request
      const headers = { ...request.headers, host }
      const signed = await signer.sign({ method, protocol: 'http:', hostname: host, path, query: {}, headers, body })
      return { ...request, headers: signed.headers }
    },
    send: async ({ scheme, host, path, headers, body }) => {
      const response = await fetch(`${scheme}://${host}${path}`, { method: 'POST', headers, body: Buffer.from(body) })
      const answer = Buffer.from(await response.arrayBuffer())
      return { status: response.status, headers: Object.fromEntries(response.headers), body: answer }
    },
  })
}

async function createUser(UserName: string, statement: object | readonly object[]): Promise<Credentials> {
  await iam.send(new CreateUserCommand({ UserName }))
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(statement) }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

/** A role that may do everything, for the guests of every pool. */
async function createGuestRole(RoleName: string): Promise<string> {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: identityPoolHost },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { 'ForAnyValue:StringLike': { [`${identityPoolHost}:amr`]: 'unauthenticated' } },
  }
  const AssumeRolePolicyDocument = policy(statement)
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyDocument = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

const guests = { IdentityPoolName: 'guests', AllowUnauthenticatedIdentities: true }

test('a guest signs in without credentials, and may do what AWS lets guests do', async () => {
  const owner = poolsOf(root)
  const { IdentityPoolId } = await owner.call('CreateIdentityPool', guests)
  const unauthenticated = await createGuestRole('guests')
  await owner.call('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated } })
  const nobody = async (): Promise<never> => {
    throw new Error('the operation takes no credentials')
  }
  const sdk = new CognitoIdentityClient({ region, endpoint: sluice.url, credentials: nobody, maxAttempts: 1 })
  const guest = await signIn({ sdk }, IdentityPoolId)
  const { rest } = clientsOf(sluice.url, root)
  const id = await createRestApi(rest, 'pets')
  await putMethod(rest, id, '/pets', {
    method: { authorizationType: 'AWS_IAM' },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [
      { statusCode: '200', responseTemplates: { 'application/json': '$context.identity.cognitoIdentityId' } },
    ],
  })
  await deploy(rest, id, 'prod')
  const { sessionToken = '', accessKeyId, secretAccessKey } = guest
  const credentials = { accessKeyId, secretAccessKey, sessionToken }
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 })
  const path = `/_aws/execute-api/${id}/prod/pets`
  const { host } = new URL(sluice.url)
  const request = { method: 'GET', protocol: 'http:', hostname: host, path, headers: { host } }
  const { headers } = await signer.sign(request)
  expect((await callApi(sluice.url, id, '/prod/pets')).status).toBe(403)
  const answer = await fetch(`${sluice.url}${path}`, { headers })
  expect([answer.status, await answer.text()]).toEqual([200, guest.identityId])
  const control = new APIGatewayClient({ region, endpoint: sluice.url, credentials, maxAttempts: 1 })
  await expect(control.send(new GetRestApisCommand())).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('not authorized to perform: apigateway:GET') as string,
  })
})

test('a role that is not here gives nobody credentials', async () => {
  const owner = poolsOf(root)
  const { IdentityPoolId } = await owner.call('CreateIdentityPool', guests)
  const unauthenticated = `arn:aws:iam::${account}:role/elsewhere`
  await owner.call('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated } })
  const { IdentityId = '' } = await poolsOf().call('GetId', { IdentityPoolId })
  await expect(poolsOf().call('GetCredentialsForIdentity', { IdentityId })).rejects.toMatchObject({
    code: 'InvalidIdentityPoolConfigurationException',
  })
})

test('what `dev` gave for a role that nobody knew is worth nothing', async () => {
  const data = join(await temporaryFolder(), 'data')
  const place = await openPlace({ dataFolder: data })
  const { IdentityPoolId } = await createPool(place, guests)
  const unauthenticated = `arn:aws:iam::${account}:role/elsewhere`
  await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated } })
  const { identityId: _id, sessionToken = '', ...keys } = await signIn(place, IdentityPoolId)
  const credentials = { ...keys, sessionToken }
  const { Arn } = await new STSClient({ ...place.gateway.clientConfig, credentials }).send(
    new GetCallerIdentityCommand(),
  )
  expect(Arn).toBe(`arn:aws:sts::${account}:assumed-role/elsewhere/CognitoIdentityCredentials`)
  await place.close()
  const served = await startSluice(['serve', '--data', data])
  onTestFinished(async () => void (await served.stop()))
  const sts = new STSClient({ region, endpoint: served.url, credentials, maxAttempts: 1 })
  await expect(sts.send(new GetCallerIdentityCommand())).rejects.toMatchObject({ Code: 'InvalidClientTokenId' })
})

test('a pool is changed by whoever may, and by nobody without a signature', async () => {
  const { IdentityPoolId } = await poolsOf(root).call('CreateIdentityPool', guests)
  const nobody = poolsOf()
  for (const call of [
    () => nobody.call('CreateIdentityPool', guests),
    () => nobody.call('DescribeIdentityPool', { IdentityPoolId }),
    () => nobody.call('DeleteIdentityPool', { IdentityPoolId }),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'MissingAuthenticationTokenException' })
  }
  const arn = `arn:aws:cognito-identity:${region}:${account}:identitypool/${IdentityPoolId}`
  const reader = poolsOf(
    await createUser('reader', { Effect: 'Allow', Action: 'cognito-identity:Describe*', Resource: arn }),
  )
  expect((await reader.call('DescribeIdentityPool', { IdentityPoolId })).IdentityPoolName).toBe('guests')
  await expect(reader.call('DeleteIdentityPool', { IdentityPoolId })).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/reader is not authorized to perform: cognito-identity:DeleteIdentityPool on resource: ${arn} because no identity-based policy allows the cognito-identity:DeleteIdentityPool action`,
  })
})

test('who gives a role to a pool needs to pass it', async () => {
  const { IdentityPoolId } = await poolsOf(root).call('CreateIdentityPool', guests)
  const unauthenticated = await createGuestRole('passed')
  const all = { Effect: 'Allow', Action: 'cognito-identity:*', Resource: '*' }
  const set = (user: Client<Operations>) =>
    user.call('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated } })
  await expect(set(poolsOf(await createUser('setter', all)))).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: expect.stringContaining(`iam:PassRole on resource: ${unauthenticated}`) as string,
  })
  const pass = {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: unauthenticated,
    Condition: { StringEquals: { 'iam:PassedToService': identityPoolHost } },
  }
  const passer = poolsOf(await createUser('passer', [all, pass]))
  await set(passer)
  expect((await passer.call('GetIdentityPoolRoles', { IdentityPoolId })).Roles).toEqual({ unauthenticated })
})

test('new guests are 25 a second; whoever signs in is not counted among them', async () => {
  const { IdentityPoolId } = await poolsOf(root).call('CreateIdentityPool', guests)
  const asked = Array.from({ length: 200 }, () => poolsOf().call('GetId', { IdentityPoolId }))
  const outcomes = await Promise.allSettled(asked)
  const refused = outcomes.filter(({ status }) => status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(176)
  expect(refused[0]).toMatchObject({ reason: { code: 'TooManyRequestsException' } })
  const Logins = { 'accounts.google.com': 'x' }
  await expect(poolsOf().call('GetId', { IdentityPoolId, Logins })).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  })
})
