// REST methods with IAM authorization: signatures, policies of users and sessions, and AWS's words for every refusal. Security A, B.7.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { APIGatewayClient, PutGatewayResponseCommand } from '@aws-sdk/client-api-gateway'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../fixture/folder.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { putMethod, createRestApi, deploy as deployTo } from '../fixture/rest-api.ts'
import { credentials as anyCredentials } from '../fixture/face.ts'
import { startServing } from '../fixture/serving.ts'
import {
  account,
  addMock,
  call,
  createApi,
  deploy,
  outcome,
  policy,
  region,
  startAccess,
  type Access,
} from './access.ts'
import { callSigned, type Credentials } from './signing.ts'

let access: Access

beforeAll(() => {
  access = startAccess()
})

afterAll(() => access.gateway.close())

const identity =
  '{"account":"$context.identity.accountId","key":"$context.identity.accessKey","caller":"$context.identity.caller","user":"$context.identity.user","arn":"$context.identity.userArn"}'

async function iamApi(api: object = {}): Promise<string> {
  const id = await createApi(access, api)
  for (const path of ['/pets/{id}', '/cats']) {
    await addMock(access, id, path, { httpMethod: 'ANY', template: identity, method: { authorizationType: 'AWS_IAM' } })
  }
  await deploy(access, id)
  return id
}

const invoking = (apiId: string, rest: string, Effect = 'Allow'): string =>
  policy({
    Effect,
    Action: 'execute-api:Invoke',
    Resource: `arn:aws:execute-api:${region}:${account}:${apiId}/${rest}`,
  })

let users = 0

/** A new user with a key and, with a document, one inline policy. */
async function createUser(document?: string): Promise<Credentials & { readonly name: string; readonly id: string }> {
  const name = `user${users++}`
  const { User } = await access.iam.send(new CreateUserCommand({ UserName: name, Path: '/staff/' }))
  const { AccessKey } = await access.iam.send(new CreateAccessKeyCommand({ UserName: name }))
  if (document !== undefined) {
    await access.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument: document }))
  }
  return {
    name,
    id: User?.UserId ?? '',
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
}

async function assume(roleName: string, document: string): Promise<Credentials> {
  const trust = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
  await access.iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trust }))
  await access.iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'p', PolicyDocument: document }))
  const { Credentials: given } = await access.sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/${roleName}`,
      RoleSessionName: 'session',
      DurationSeconds: 900,
    }),
  )
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken,
  }
}

const missing = [403, 'MissingAuthenticationTokenException', '{"message":"Missing Authentication Token"}']
const invalidToken = [
  403,
  'UnrecognizedClientException',
  '{"message":"The security token included in the request is invalid."}',
]
const mismatch =
  '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}'

describe('signatures', () => {
  test('let the user in, and tell who it is', async () => {
    const id = await iamApi()
    const ada = await createUser(invoking(id, '*'))
    const answer = await callSigned(access, id, ada, { path: '/cats', query: { a: '1 2', b: 'ä' } })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({
      account,
      key: ada.accessKeyId,
      caller: ada.id,
      user: ada.id,
      arn: `arn:aws:iam::${account}:user/staff/${ada.name}`,
    })
    const posted = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    expect((await callSigned(access, id, ada, { path: '/cats', ...posted })).status).toBe(200)
    expect((await callSigned(access, id, ada, { path: '/cats', presignSeconds: 60 })).status).toBe(200)
  })

  test('are asked for: none, another scheme, parts that are missing', async () => {
    const id = await iamApi()
    expect(outcome(await call(access, id, '/cats'))).toEqual(missing)
    const bearer = await call(access, id, '/cats', { headers: { authorization: 'Bearer x' } })
    expect([bearer.status, bearer.errorType]).toEqual([403, 'IncompleteSignatureException'])
    expect(bearer.text).toBe(
      `{"message":"'x' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'."}`,
    )
    const parts = await call(access, id, '/cats', { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a' } })
    expect([parts.status, parts.errorType]).toEqual([403, 'IncompleteSignatureException'])
    expect(parts.text).toMatch(/^\{"message":"Authorization header requires 'Signature' parameter\. /)
  })

  test('are asked for on paths that are none, of who shows something else', async () => {
    const id = await iamApi()
    const at = async (authorization: string) =>
      outcome(await call(access, id, '/nowhere', { headers: { authorization } }))
    const sentence = `'x.y' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer x.y'.`
    expect(await at('Bearer x.y')).toEqual([403, 'IncompleteSignatureException', JSON.stringify({ message: sentence })])
    const [status, errorType] = await at('token')
    expect([status, errorType]).toEqual([403, 'IncompleteSignatureException'])
    const ada = await createUser(invoking(id, '*'))
    expect(outcome(await callSigned(access, id, ada, { path: '/nowhere' }))).toEqual(missing)
    expect(outcome(await call(access, id, '/nowhere'))).toEqual(missing)
  })

  test('by inactive keys and with wrong secrets are refused', async () => {
    const id = await iamApi()
    const ada = await createUser(invoking(id, '*'))
    const wrong = await callSigned(access, id, { ...ada, secretAccessKey: 'wrong' }, { path: '/cats' })
    expect(outcome(wrong)).toEqual([403, 'InvalidSignatureException', mismatch])
    const tampered = await callSigned(access, id, ada, {
      path: '/cats',
      headers: { 'x-amz-meta': 'a' },
      tamper: (headers) => (headers['x-amz-meta'] = 'b'),
    })
    expect(outcome(tampered)).toEqual([403, 'InvalidSignatureException', mismatch])
    const { name: UserName, accessKeyId: AccessKeyId } = ada
    await access.iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }))
    // What nobody knows is root in `dev`; an inactive key is known.
    expect(outcome(await callSigned(access, id, ada, { path: '/cats' }))).toEqual(invalidToken)
  })

  test('by temporary keys without their own token, and by long-term keys with one, are refused', async () => {
    const id = await iamApi()
    const ada = await createUser(invoking(id, '*'))
    const [one, other] = [await assume('one', invoking(id, '*')), await assume('other', invoking(id, '*'))]
    const at = async (credentials: Credentials) => outcome(await callSigned(access, id, credentials, { path: '/cats' }))
    expect((await at(one))[0]).toBe(200)
    expect(await at({ ...one, sessionToken: undefined })).toEqual(invalidToken)
    expect(await at({ ...one, sessionToken: other.sessionToken })).toEqual(invalidToken)
    expect(await at({ ...ada, sessionToken: one.sessionToken })).toEqual(invalidToken)
    expect(await at({ ...ada, sessionToken: 'undefined' })).toEqual(invalidToken)
    await access.iam.send(new DeleteRolePolicyCommand({ RoleName: 'one', PolicyName: 'p' }))
    await access.iam.send(new DeleteRoleCommand({ RoleName: 'one' }))
    expect(await at(one)).toEqual(invalidToken)
  })

  test('hold for five minutes, for the service and the region', async () => {
    const id = await iamApi()
    const ada = await createUser(invoking(id, '*'))
    const at = (skewMs: number): Promise<readonly [number, string | null, string]> =>
      callSigned(access, id, ada, { path: '/cats', skewMs }).then(outcome)
    expect((await at(-299_000))[0]).toBe(200)
    const [status, code, text] = await at(-301_000)
    expect([status, code]).toEqual([403, 'InvalidSignatureException'])
    expect(text).toMatch(
      /^\{"message":"Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)"\}$/,
    )
    expect((await at(302_000))[2]).toMatch(/^\{"message":"Signature not yet current: /)
    const elsewhere = await callSigned(access, id, ada, { path: '/cats', region: 'eu-west-1', service: 's3' })
    expect(outcome(elsewhere)).toEqual([
      403,
      'InvalidSignatureException',
      `{"message":"Credential should be scoped to correct service: 'execute-api'. Credential should be scoped to a valid region. "}`,
    ])
  })
})

describe('policies', () => {
  test('of a user decide by stage, verb and path', async () => {
    const id = await iamApi()
    const arn = (path: string): string => `arn:aws:execute-api:${region}:********0000:${id}/prod/GET${path}`
    const ada = await createUser(invoking(id, 'prod/GET/pets/7'))
    const user = `arn:aws:iam::${account}:user/staff/${ada.name}`
    expect((await callSigned(access, id, ada, { path: '/pets/7' })).status).toBe(200)
    expect(outcome(await callSigned(access, id, ada, { path: '/pets/8' }))).toEqual([
      403,
      'AccessDeniedException',
      `{"Message":"User: ${user} is not authorized to perform: execute-api:Invoke on resource: ${arn('/pets/8')}"}`,
    ])
    const denied = await createUser(
      policy([
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' },
      ]),
    )
    expect((await callSigned(access, id, denied, { path: '/cats' })).text).toBe(
      `{"Message":"User: arn:aws:iam::${account}:user/staff/${denied.name} is not authorized to perform: execute-api:Invoke on resource: ${arn('/cats')} with an explicit deny"}`,
    )
  })

  test('that deny do not hide who called from the gateway response', async () => {
    const id = await iamApi()
    const ada = await createUser()
    const responseTemplates = { 'application/json': '{"arn":"$context.identity.userArn"}' }
    await access.rest.send(
      new PutGatewayResponseCommand({ restApiId: id, responseType: 'ACCESS_DENIED', responseTemplates }),
    )
    await deploy(access, id)
    const { status, text } = await callSigned(access, id, ada, { path: '/cats' })
    expect([status, text]).toEqual([403, `{"arn":"arn:aws:iam::${account}:user/staff/${ada.name}"}`])
  })

  test('of a role hold for its sessions, until they end', async () => {
    const id = await iamApi()
    const session = await assume('caller', invoking(id, 'prod/GET/cats'))
    const answer = await callSigned(access, id, session, { path: '/cats' })
    expect(JSON.parse(answer.text)).toMatchObject({
      caller: expect.stringMatching(/^AROA\w+:session$/) as string,
      arn: `arn:aws:sts::${account}:assumed-role/caller/session`,
    })
    expect((await callSigned(access, id, session, { path: '/pets/1' })).status).toBe(403)
    access.gateway.clock.advance(901_000)
    expect(outcome(await callSigned(access, id, session, { path: '/cats' }))).toEqual([
      403,
      'ExpiredTokenException',
      '{"message":"The security token included in the request is expired"}',
    ])
  })
})

/** Table A: the caller's own account. Each side allows, is silent, or denies. */
describe('a user’s policy and a resource policy', () => {
  const statement = (Effect: string): object => ({
    Effect,
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/*',
  })
  const silent = { ...statement('Allow'), Resource: 'execute-api:/other/*' }
  const own = { allow: '*', neither: undefined, deny: 'Deny' } as const
  const resource = { allow: statement('Allow'), neither: silent, deny: statement('Deny') } as const

  test.each([
    ['allow', 'allow', 200],
    ['allow', 'neither', 200],
    ['allow', 'deny', 'explicit'],
    ['neither', 'allow', 200],
    ['neither', 'neither', 'implicit'],
    ['neither', 'deny', 'explicit'],
    ['deny', 'allow', 'explicit'],
    ['deny', 'neither', 'explicit'],
    ['deny', 'deny', 'explicit'],
  ] as const)('%s and %s: %s', async (user, api, expected) => {
    const id = await iamApi({ policy: policy(resource[api]) })
    const ada = await createUser(
      own[user] === undefined ? undefined : invoking(id, '*', own[user] === 'Deny' ? 'Deny' : 'Allow'),
    )
    const { status, text } = await callSigned(access, id, ada, { path: '/cats' })
    expect([status, text.endsWith(' with an explicit deny"}')]).toEqual([
      expected === 200 ? 200 : 403,
      expected === 'explicit',
    ])
  })

  test('of another account must both allow', async () => {
    const foreign = { accessKeyId: '111122223333', secretAccessKey: 'any' }
    const open = await iamApi({ policy: policy(statement('Allow')) })
    expect((await callSigned(access, open, foreign, { path: '/cats' })).status).toBe(200)
    const closed = await iamApi()
    const { status, text } = await callSigned(access, closed, foreign, { path: '/cats' })
    expect([status, text]).toEqual([
      403,
      `{"Message":"User: arn:aws:iam::111122223333:root is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:${region}:********0000:${closed}/prod/GET/cats"}`,
    ])
  })
})

test('in `serve` only known keys count, and curl signs as well as any', async () => {
  const folder = await temporaryFolder()
  const { sluice, root } = await startServing(folder)
  onTestFinished(async () => {
    await sluice.stop()
  })
  const rest = new APIGatewayClient({ region, endpoint: sluice.url, credentials: root, maxAttempts: 1 })
  const id = await createRestApi(rest, 'signed')
  await putMethod(rest, id, '/pets', {
    method: { authorizationType: 'AWS_IAM' },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [
      { statusCode: '200', responseTemplates: { 'application/json': '$context.identity.userArn' } },
    ],
  })
  await deployTo(rest, id, 'prod')
  const curl = async ({ accessKeyId, secretAccessKey }: Credentials): Promise<string> => {
    const host = `${id}.execute-api.localhost`
    const { stdout } = await promisify(execFile)('curl', [
      '-s',
      '--aws-sigv4',
      `aws:amz:${region}:execute-api`,
      '--user',
      `${accessKeyId}:${secretAccessKey}`,
      '--connect-to',
      `${host}:${sluice.port}:127.0.0.1:${sluice.port}`,
      `http://${host}:${sluice.port}/prod/pets?a=1&b=2`,
    ])
    return stdout
  }
  expect(await curl(root)).toBe(`arn:aws:iam::${account}:root`)
  expect(await curl(anyCredentials)).toBe(invalidToken[2])
  expect(await curl({ ...root, secretAccessKey: 'wrong' })).toBe(mismatch)
})

test('with the caller’s credentials a function is invoked by the caller’s own policies', async () => {
  const source = 'exports.handler = async (event) => ({ statusCode: 200, body: event.requestContext.identity.userArn })'
  const functionArn = await createNodeFunction(access.lambda, 'as-caller', source)
  const id = await createApi(access)
  const integration = {
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: invocationUri(functionArn),
    credentials: 'arn:aws:iam::*:user/*',
  } as const
  await putMethod(access.rest, id, '/signed', { method: { authorizationType: 'AWS_IAM' }, integration })
  await putMethod(access.rest, id, '/open', { integration })
  await deploy(access, id)
  const invoke = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  const both = await createUser(
    policy([invoke, { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn }]),
  )
  const one = await createUser(policy([invoke]))
  const answer = await callSigned(access, id, both, { path: '/signed' })
  expect([answer.status, answer.text]).toEqual([200, `arn:aws:iam::${account}:user/staff/${both.name}`])
  const failed = [500, 'InternalServerErrorException', '{"message": "Internal server error"}']
  expect(outcome(await callSigned(access, id, one, { path: '/signed' }))).toEqual(failed)
  expect(outcome(await call(access, id, '/open'))).toEqual(failed)
})
