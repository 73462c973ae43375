// Roles for tokens of identity providers: OIDC providers of the account, and Cognito's identity pools.
import { ApiGatewayV2Client, UpdateRouteCommand } from '@aws-sdk/client-apigatewayv2'
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type AssumeRoleWithWebIdentityCommandOutput,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPair, startIssuer, tokenOf, type Issuer, type SigningPair } from '../http-plans/issuer.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { putMethod } from '../fixture/rest-api.ts'
import { account, addMock, createApi, deploy, policy, region, startAccess, type Access } from './access.ts'
import { callSigned, type Credentials } from './signing.ts'

let access: Access
let issuer: Issuer
let pool: Issuer
let pair: SigningPair
/** The issuer without its scheme. */
let host: string
let providerArn: string

beforeAll(async () => {
  issuer = await startIssuer()
  pool = await startIssuer()
  pair = await createPair('one')
  issuer.keys = [pair.publicJwk]
  pool.keys = [pair.publicJwk]
  access = startAccess({ cognitoIssuers: { 'cognito-identity.amazonaws.com': pool.issuer } })
  host = issuer.issuer.replace('http://', '')
  const { OpenIDConnectProviderArn = '' } = await access.iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: ['pets-app'] }),
  )
  providerArn = OpenIDConnectProviderArn
})

afterAll(async () => {
  await access.gateway.close()
  await issuer.close()
  await pool.close()
})

const now = (): number => Math.floor(access.gateway.clock.now() / 1000)

/** A token that everything is right about, but for what is said. */
function token(claims: object = {}, signer = pair): Promise<string> {
  const right = { iss: issuer.issuer, aud: 'pets-app', sub: 'subject-1', iat: now(), exp: now() + 600 }
  return tokenOf(signer, JSON.parse(JSON.stringify({ ...right, ...claims })) as typeof right)
}

let roles = 0

async function createRole(
  Federated: string,
  Condition?: object,
  actions = ['sts:AssumeRoleWithWebIdentity'],
): Promise<string> {
  const RoleName = `web${roles++}`
  const statement = { Effect: 'Allow', Principal: { Federated }, Action: actions, ...(Condition && { Condition }) }
  const { Role } = await access.iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(statement) }),
  )
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' })
  await access.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

function assume(
  RoleArn: string,
  WebIdentityToken: string,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
): Promise<AssumeRoleWithWebIdentityCommandOutput> {
  return access.sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, WebIdentityToken, RoleSessionName: 'app1', ...input }),
  )
}

function credentialsOf({ Credentials: given }: AssumeRoleWithWebIdentityCommandOutput): Credentials {
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken,
  }
}

describe('an OIDC provider', () => {
  test('is kept by its URL, without the scheme', async () => {
    expect(providerArn).toBe(`arn:aws:iam::${account}:oidc-provider/${host}`)
    const read = await access.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn }))
    expect(read).toMatchObject({ Url: host, ClientIDList: ['pets-app'], ThumbprintList: [] })
    const { OpenIDConnectProviderList } = await access.iam.send(new ListOpenIDConnectProvidersCommand())
    expect(OpenIDConnectProviderList).toEqual([{ Arn: providerArn }])
    await expect(access.iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer }))).rejects.toMatchObject(
      {
        name: 'EntityAlreadyExistsException',
        message: `Provider with url ${issuer.issuer} already exists.`,
      },
    )
    await expect(access.iam.send(new CreateOpenIDConnectProviderCommand({ Url: 'ftp://x' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Invalid Open ID Connect Provider URL',
    })
  })

  test('gets and loses client ids, and goes', async () => {
    const Url = 'https://idp.example.com/realms/pets'
    const { OpenIDConnectProviderArn: arn } = await access.iam.send(new CreateOpenIDConnectProviderCommand({ Url }))
    const at = { OpenIDConnectProviderArn: arn }
    for (const ClientID of ['a', 'b', 'a'])
      await access.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...at, ClientID }))
    await access.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...at, ClientID: 'a' }))
    expect((await access.iam.send(new GetOpenIDConnectProviderCommand(at))).ClientIDList).toEqual(['b'])
    await access.iam.send(new DeleteOpenIDConnectProviderCommand(at))
    await expect(access.iam.send(new GetOpenIDConnectProviderCommand(at))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${arn}`,
    })
  })
})

describe('a token', () => {
  test('is worth a session of the role that trusts it', async () => {
    const condition = { StringEquals: { [`${host}:aud`]: 'pets-app', [`${host}:sub`]: 'subject-1' } }
    const arn = await createRole(providerArn, condition)
    const answer = await assume(arn, await token())
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'subject-1',
      Audience: 'pets-app',
      Provider: issuer.issuer,
      AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/${arn.split('/')[1]}/app1` },
    })
    await expect(assume(arn, await token({ sub: 'subject-2' }))).rejects.toMatchObject({
      Code: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      $metadata: { httpStatusCode: 403 },
    })
  })

  test('is for its `azp`, where it has one', async () => {
    const arn = await createRole(providerArn, {
      StringEquals: { [`${host}:aud`]: 'pets-app', [`${host}:oaud`]: 'other' },
    })
    expect((await assume(arn, await token({ aud: 'other', azp: 'pets-app' }))).Audience).toBe('pets-app')
  })

  test('brings `amr`, tags and a source identity', async () => {
    const condition = {
      'ForAnyValue:StringLike': { [`${host}:amr`]: 'mfa' },
      StringEquals: { 'aws:RequestTag/team': 'zoo', 'sts:SourceIdentity': 'ada' },
    }
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity']
    const claims = {
      amr: ['pwd', 'mfa'],
      'https://aws.amazon.com/tags': { principal_tags: { team: ['zoo'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'ada',
    }
    const arn = await createRole(providerArn, condition, actions)
    expect((await assume(arn, await token(claims))).SourceIdentity).toBe('ada')
    const untagged = await createRole(providerArn)
    await expect(assume(untagged, await token(claims))).rejects.toMatchObject({ Code: 'AccessDenied' })
  })

  test('by another provider, or for a role that trusts others, is refused', async () => {
    const arn = await createRole(providerArn)
    await expect(assume(arn, await token({ iss: 'https://other.example.com' }))).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      Code: 'InvalidIdentityToken',
      message: 'No OpenIDConnect provider found in your account for https://other.example.com',
      $metadata: { httpStatusCode: 400 },
    })
    const trustsCognito = await createRole('cognito-identity.amazonaws.com')
    await expect(assume(trustsCognito, await token())).rejects.toMatchObject({ Code: 'AccessDenied' })
    const nobody = `arn:aws:iam::${account}:role/nobody`
    await expect(assume(nobody, await token())).rejects.toMatchObject({ Code: 'AccessDenied' })
  })

  const verificationKey =
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

  test.each<[name: string, make: () => Promise<string>, fault: string, message: string | RegExp]>([
    [
      'that is none',
      async () => 'none',
      'InvalidIdentityTokenException',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    ],
    ['for somebody else', () => token({ aud: 'other' }), 'InvalidIdentityTokenException', 'Incorrect token audience'],
    ['for nobody', () => token({ aud: undefined }), 'InvalidIdentityTokenException', 'Missing a required claim: aud'],
    ['of nobody', () => token({ sub: undefined }), 'InvalidIdentityTokenException', 'Missing a required claim: sub'],
    [
      'signed by an unknown key',
      async () => token({}, await createPair('two')),
      'InvalidIdentityTokenException',
      verificationKey,
    ],
    [
      'signed by another key of that name',
      async () => token({}, await createPair('one')),
      'InvalidIdentityTokenException',
      verificationKey,
    ],
    [
      'with a long subject',
      () => token({ sub: 'x'.repeat(1_100) }),
      'InvalidIdentityTokenException',
      'The claim sub of the token cannot be passed to a session.',
    ],
    [
      'with a bad source identity',
      () => token({ 'https://aws.amazon.com/source_identity': 'a b' }),
      'InvalidIdentityTokenException',
      'The claim https://aws.amazon.com/source_identity of the token cannot be passed to a session.',
    ],
    [
      'with a long tag',
      () => token({ 'https://aws.amazon.com/tags': { principal_tags: { a: ['x'.repeat(257)] } } }),
      'InvalidIdentityTokenException',
      'The claim https://aws.amazon.com/tags of the token cannot be passed to a session.',
    ],
    [
      'that is over',
      () => token({ exp: now() - 1 }),
      'ExpiredTokenException',
      /^Token expired: current date\/time \d{10} must be before the expiration date\/time \d{10}$/,
    ],
    [
      'that is not valid yet',
      () => token({ nbf: now() + 60 }),
      'IDPRejectedClaimException',
      'The token is not valid yet',
    ],
  ])('%s is refused', async (_, make, name, message) => {
    const arn = await createRole(providerArn)
    await expect(assume(arn, await make())).rejects.toMatchObject({
      name,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    })
  })

  test('of a provider that does not answer is refused in other words', async () => {
    const Url = 'http://127.0.0.1:9'
    const { OpenIDConnectProviderArn = '' } = await access.iam.send(new CreateOpenIDConnectProviderCommand({ Url }))
    const arn = await createRole(OpenIDConnectProviderArn)
    await expect(assume(arn, await token({ iss: Url }))).rejects.toMatchObject({
      name: 'IDPCommunicationErrorException',
      Code: 'IDPCommunicationError',
      message: verificationKey,
    })
  })
})

describe('the session of a token', () => {
  test('is limited by the policy that was passed with it', async () => {
    const id = await createApi(access)
    for (const path of ['/pets', '/cats']) await addMock(access, id, path, { method: { authorizationType: 'AWS_IAM' } })
    await deploy(access, id)
    const Policy = policy({
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: `arn:aws:execute-api:${region}:${account}:*/prod/GET/pets`,
    })
    const session = credentialsOf(await assume(await createRole(providerArn), await token(), { Policy }))
    expect((await callSigned(access, id, session, { path: '/pets' })).status).toBe(200)
    expect((await callSigned(access, id, session, { path: '/cats' })).status).toBe(403)
  })
})

describe('an identity pool', () => {
  const poolId = 'us-east-1:11111111-2222-3333-4444-555555555555'
  const identityId = 'us-east-1:66666666-7777-8888-9999-000000000000'
  const login = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Example'
  const condition = {
    StringEquals: { 'cognito-identity.amazonaws.com:aud': poolId },
    'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
  }
  const amr = ['authenticated', login, `${login}:CognitoSignIn:subject-1`]
  const poolToken = (claims: object = {}): Promise<string> =>
    token({ iss: pool.issuer, aud: poolId, sub: identityId, amr, ...claims })

  test('lets in whom its role trusts', async () => {
    const arn = await createRole('cognito-identity.amazonaws.com', condition)
    expect(await assume(arn, await poolToken())).toMatchObject({
      Provider: 'cognito-identity.amazonaws.com',
      Audience: poolId,
      SubjectFromWebIdentityToken: identityId,
    })
    for (const claims of [{ amr: ['unauthenticated'] }, { aud: 'us-east-1:other' }]) {
      await expect(assume(arn, await poolToken(claims))).rejects.toMatchObject({ Code: 'AccessDenied' })
    }
  })

  test('is told to templates, logs and functions', async () => {
    const names = [
      'cognitoIdentityId',
      'cognitoIdentityPoolId',
      'cognitoAuthenticationType',
      'cognitoAuthenticationProvider',
    ]
    const template = `{${names.map((name) => `"${name}":"$context.identity.${name}"`).join(',')}}`
    const id = await createApi(access)
    const method = { authorizationType: 'AWS_IAM' }
    await addMock(access, id, '/mock', { method, template })
    const source =
      'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.identity) })'
    const functionArn = await createNodeFunction(access.lambda, 'identity', source)
    await putMethod(access.rest, id, '/function', {
      method,
      integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(functionArn) },
    })
    await deploy(access, id)
    const arn = await createRole('cognito-identity.amazonaws.com', {
      StringEquals: { 'cognito-identity.amazonaws.com:aud': poolId },
    })
    const RoleSessionName = 'CognitoIdentityCredentials'
    const session = credentialsOf(await assume(arn, await poolToken(), { RoleSessionName }))
    const expected = {
      cognitoIdentityId: identityId,
      cognitoIdentityPoolId: poolId,
      cognitoAuthenticationType: 'authenticated',
      cognitoAuthenticationProvider: `${login},${login}:CognitoSignIn:subject-1`,
    }
    expect(JSON.parse((await callSigned(access, id, session, { path: '/mock' })).text)).toEqual(expected)
    expect(JSON.parse((await callSigned(access, id, session, { path: '/function' })).text)).toMatchObject({
      ...expected,
      caller: expect.stringMatching(/^AROA\w+:CognitoIdentityCredentials$/) as string,
    })
    const guest = credentialsOf(await assume(arn, await poolToken({ amr: ['unauthenticated'] })))
    expect(JSON.parse((await callSigned(access, id, guest, { path: '/function' })).text)).toMatchObject({
      cognitoAuthenticationType: 'unauthenticated',
      cognitoAuthenticationProvider: null,
    })
  })

  test('is told to functions of HTTP APIs, in both formats', async () => {
    const http = new ApiGatewayV2Client(access.gateway.clientConfig)
    const source =
      'exports.handler = async ({ requestContext: { identity, authorizer } }) => ({ statusCode: 200, body: JSON.stringify(authorizer?.iam?.cognitoIdentity ?? identity) })'
    const functionArn = await createNodeFunction(access.lambda, 'http-identity', source)
    const ApiId = await createHttpApi(http, 'identities', { stageName: 'prod' })
    for (const version of ['1.0', '2.0'] as const) {
      const { RouteId } = await addRoute(http, ApiId, `GET /${version}`, invoke(functionArn, version))
      await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'AWS_IAM' }))
    }
    const arn = await createRole('cognito-identity.amazonaws.com', condition)
    const session = credentialsOf(await assume(arn, await poolToken()))
    expect(JSON.parse((await callSigned(access, ApiId, session, { path: '/2.0' })).text)).toEqual({
      amr,
      identityId,
      identityPoolId: poolId,
    })
    expect(JSON.parse((await callSigned(access, ApiId, session, { path: '/1.0' })).text)).toMatchObject({
      cognitoIdentityId: identityId,
      cognitoIdentityPoolId: poolId,
      cognitoAuthenticationType: 'authenticated',
    })
  })
})
