// Identity pools, from the token of a sign-in to calls of REST and HTTP APIs with IAM authorization.
import { ApiGatewayV2Client, UpdateRouteCommand } from '@aws-sdk/client-apigatewayv2'
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { putMethod } from '../fixture/rest-api.ts'
import { createPair } from '../http-plans/issuer.ts'
import { account, addMock, createApi, deploy } from './access.ts'
import {
  clientId,
  createPool,
  createPoolRole,
  idToken,
  identityPoolHost,
  openPlace,
  signIn,
  userPool,
  type Place,
} from './identity-pool.ts'
import { callSigned } from './signing.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
})

afterAll(() => place.close())

const iamMethod = { authorizationType: 'AWS_IAM' }

/** A REST API whose `/{who}` and `/function` need IAM authorization. */
async function restApi(): Promise<string> {
  const id = await createApi(place)
  await addMock(place, id, '/{who}', { method: iamMethod })
  const source =
    'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.identity) })'
  const functionArn = await createNodeFunction(place.lambda, `identity-${id}`, source)
  await putMethod(place.rest, id, '/function', {
    method: iamMethod,
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationUri(functionArn) },
  })
  await deploy(place, id)
  return id
}

async function httpApi(): Promise<string> {
  const http = new ApiGatewayV2Client(place.gateway.clientConfig)
  const source =
    'exports.handler = async ({ requestContext }) => ({ statusCode: 200, body: JSON.stringify(requestContext.authorizer.iam) })'
  const ApiId = await createHttpApi(http, 'identities', { stageName: 'prod' })
  const functionArn = await createNodeFunction(place.lambda, `identity-${ApiId}`, source)
  const { RouteId } = await addRoute(http, ApiId, 'GET /function', invoke(functionArn, '2.0'))
  await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'AWS_IAM' }))
  return ApiId
}

describe('a user of the user pool', () => {
  test('calls APIs as the identity of the pool, with the permissions of its role', async () => {
    const { IdentityPoolId: poolId } = await createPool(place)
    const resource = `arn:aws:execute-api:us-east-1:${account}:*/prod/GET/$\{cognito-identity.amazonaws.com:sub}`
    const authenticated = await createPoolRole(place, { name: 'users', amr: 'authenticated', poolId, resource })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated } })
    const user = await signIn(place, poolId, { [userPool]: await idToken(place) })
    const other = await signIn(place, poolId, { [userPool]: await idToken(place, { sub: 'grace' }) })
    expect(user.identityId).toMatch(/^us-east-1:[0-9a-f-]{36}$/)
    expect(other.identityId).not.toBe(user.identityId)
    const api = await restApi()
    const path = `/${encodeURIComponent(user.identityId)}`
    expect((await callSigned(place, api, user, { path })).status).toBe(200)
    const refused = await callSigned(place, api, other, { path })
    expect([refused.status, refused.errorType]).toEqual([403, 'AccessDeniedException'])
  })

  test('is told to functions of REST and HTTP APIs', async () => {
    const { IdentityPoolId: poolId } = await createPool(place)
    const authenticated = await createPoolRole(place, { name: 'told', amr: 'authenticated', poolId })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated } })
    const user = await signIn(place, poolId, { [userPool]: await idToken(place) })
    const amr = ['authenticated', userPool, `${userPool}:CognitoSignIn:ada`]
    const rest = await callSigned(place, await restApi(), user, { path: '/function' })
    expect(JSON.parse(rest.text)).toMatchObject({
      cognitoIdentityId: user.identityId,
      cognitoIdentityPoolId: poolId,
      cognitoAuthenticationType: 'authenticated',
      cognitoAuthenticationProvider: `${userPool},${userPool}:CognitoSignIn:ada`,
      accessKey: user.accessKeyId,
      caller: expect.stringMatching(/^AROA\w+:CognitoIdentityCredentials$/) as string,
      userArn: `arn:aws:sts::${account}:assumed-role/told/CognitoIdentityCredentials`,
    })
    const http = await callSigned(place, await httpApi(), user, { path: '/function' })
    expect(JSON.parse(http.text)).toMatchObject({
      cognitoIdentity: { amr, identityId: user.identityId, identityPoolId: poolId },
    })
  })

  test('has one identity, whenever they come', async () => {
    const { IdentityPoolId } = await createPool(place)
    const ids = new Set<string>()
    for (const claims of [{}, { email: 'ada@example.com' }]) {
      const Logins = { [userPool]: await idToken(place, claims) }
      ids.add((await place.pools.call('GetId', { IdentityPoolId, Logins })).IdentityId ?? '')
    }
    const [IdentityId = ''] = ids
    expect(ids.size).toBe(1)
    const { CreationDate, LastModifiedDate, ...described } = await place.pools.call('DescribeIdentity', { IdentityId })
    expect(described).toEqual({ IdentityId, Logins: [userPool] })
    expect([CreationDate, LastModifiedDate]).toEqual([expect.any(Number), CreationDate])
  })

  test('needs a role that trusts the pool', async () => {
    const { IdentityPoolId: poolId } = await createPool(place)
    const Logins = { [userPool]: await idToken(place) }
    const misconfigured = {
      name: 'InvalidIdentityPoolConfigurationException',
      message: 'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
      $metadata: { httpStatusCode: 400 },
    }
    await expect(signIn(place, poolId, Logins)).rejects.toMatchObject(misconfigured)
    const authenticated = await createPoolRole(place, { name: 'others', poolId: 'us-east-1:0000' })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated } })
    await expect(signIn(place, poolId, Logins)).rejects.toMatchObject(misconfigured)
  })

  test('may do everything with a role that nobody here knows, in `dev`', async () => {
    const { IdentityPoolId: poolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const arn = `arn:aws:iam::${account}:role/service-role/elsewhere`
    const Roles = { authenticated: arn, unauthenticated: arn }
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles })
    const api = await restApi()
    for (const [logins, cognitoAuthenticationType] of [
      [{ [userPool]: await idToken(place) }, 'authenticated'],
      [undefined, 'unauthenticated'],
    ] as const) {
      const session = await signIn(place, poolId, logins)
      const answer = await callSigned(place, api, session, { path: '/function' })
      expect(JSON.parse(answer.text)).toMatchObject({
        cognitoAuthenticationType,
        cognitoIdentityId: session.identityId,
        userArn: `arn:aws:sts::${account}:assumed-role/elsewhere/CognitoIdentityCredentials`,
      })
      const tampered = { ...session, secretAccessKey: 'x' }
      expect((await callSigned(place, api, tampered, { path: '/function' })).status).toBe(403)
    }
  })
})

describe('a guest', () => {
  test('is let in where the pool takes guests', async () => {
    const { IdentityPoolId: closed } = await createPool(place)
    await expect(signIn(place, closed)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Unauthenticated access is not supported for this identity pool.',
    })
    const { IdentityPoolId: poolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const unauthenticated = await createPoolRole(place, { name: 'guests', amr: 'unauthenticated', poolId })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { unauthenticated } })
    const guest = await signIn(place, poolId)
    const answer = await callSigned(place, await restApi(), guest, { path: '/function' })
    expect(JSON.parse(answer.text)).toMatchObject({
      cognitoIdentityId: guest.identityId,
      cognitoAuthenticationType: 'unauthenticated',
      cognitoAuthenticationProvider: null,
    })
  })

  test('keeps the identity when they sign in, which then is theirs alone', async () => {
    const { IdentityPoolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const role = `arn:aws:iam::${account}:role/any`
    const Roles = { authenticated: role, unauthenticated: role }
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId, Roles })
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId })
    const Logins = { [userPool]: await idToken(place, { sub: 'was-a-guest' }) }
    expect((await place.pools.call('GetCredentialsForIdentity', { IdentityId, Logins })).IdentityId).toBe(IdentityId)
    await expect(place.pools.call('GetCredentialsForIdentity', { IdentityId })).rejects.toMatchObject({
      code: 'NotAuthorizedException',
      message: `Access to Identity '${IdentityId}' is forbidden.`,
    })
    const others = { [userPool]: await idToken(place, { sub: 'somebody-else' }) }
    await expect(place.pools.call('GetOpenIdToken', { IdentityId, Logins: others })).rejects.toMatchObject({
      code: 'NotAuthorizedException',
      message: "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    })
  })

  test('becomes who they were before, when they sign in as somebody known', async () => {
    const { IdentityPoolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const Logins = { [userPool]: await idToken(place, { sub: 'comes-back' }) }
    const { IdentityId: known = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins })
    const { IdentityId: guest = '' } = await place.pools.call('GetId', { IdentityPoolId })
    expect((await place.pools.call('GetOpenIdToken', { IdentityId: guest, Logins })).IdentityId).toBe(known)
    await expect(place.pools.call('GetOpenIdToken', { IdentityId: guest })).rejects.toMatchObject({
      message: `Access to Identity '${guest}' is forbidden.`,
    })
    const list = { IdentityPoolId, MaxResults: 60 }
    const ids = async (HideDisabled: boolean): Promise<readonly unknown[]> =>
      ((await place.pools.call('ListIdentities', { ...list, HideDisabled })).Identities ?? [])
        .map((each) => each.IdentityId)
        .toSorted()
    expect(await ids(false)).toEqual([known, guest].toSorted())
    expect(await ids(true)).toEqual([known])
  })
})

describe('a token', () => {
  const at = (sentence: string) => ({ code: 'NotAuthorizedException', status: 400, message: sentence })

  test.each<[name: string, make: () => Promise<string>, message: string | RegExp]>([
    ['that is none', async () => 'none', 'Invalid login token. Not a valid OpenId Connect identity token.'],
    [
      'by another issuer',
      () => idToken(place, { iss: 'https://other.example.com' }),
      "Invalid login token. Issuer doesn't match providerName",
    ],
    [
      'for another client',
      () => idToken(place, { aud: 'other' }),
      'Token is not from a supported provider of this identity pool.',
    ],
    [
      'that is an access token',
      () => idToken(place, { aud: undefined, token_use: 'access' }),
      'Invalid login token. Missing a required claim: aud',
    ],
    [
      'that is an access token for a client',
      () => idToken(place, { token_use: 'access' }),
      'Invalid login token. Not a Cognito token.',
    ],
    [
      'whose subject is no text',
      () => idToken(place, { sub: 7 }),
      'Invalid login token. Missing a required claim: sub',
    ],
    [
      'signed by another key',
      async () => idToken(place, {}, await createPair('one')),
      "Invalid login token. Couldn't verify signed token.",
    ],
    [
      'that is over',
      () => idToken(place, { exp: 1_700_000_000 }),
      /^Invalid login token\. Token expired: \d{10} >= 1700000000$/,
    ],
    [
      'not valid yet',
      () => idToken(place, { nbf: Math.floor(place.gateway.clock.now() / 1000) + 60 }),
      'Invalid login token. Token is not valid yet.',
    ],
  ])('%s is refused', async (_, make, message) => {
    const { IdentityPoolId } = await createPool(place)
    const Logins = { [userPool]: await make() }
    await expect(place.pools.call('GetId', { IdentityPoolId, Logins })).rejects.toMatchObject({
      ...at(''),
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    })
  })

  test('of a provider that the pool does not have, or that cannot be asked, is refused', async () => {
    const { IdentityPoolId } = await createPool(place, {
      SupportedLoginProviders: { 'graph.facebook.com': 'app' },
      DeveloperProviderName: 'login.zoo.example',
    })
    const refusal = (provider: string) => place.pools.call('GetId', { IdentityPoolId, Logins: { [provider]: 'token' } })
    const unsupported = at('Token is not from a supported provider of this identity pool.')
    await expect(refusal('idp.example.com')).rejects.toMatchObject(unsupported)
    await expect(refusal('accounts.google.com')).rejects.toMatchObject(unsupported)
    const unverified = at("Invalid login token. Couldn't verify signed token.")
    await expect(refusal('graph.facebook.com')).rejects.toMatchObject(unverified)
    for (const provider of ['login.zoo.example', identityPoolHost]) {
      await expect(refusal(provider)).rejects.toMatchObject({
        code: 'InvalidParameterException',
        message: 'Please provide a valid public provider.',
      })
    }
  })

  test('of an OIDC provider of the account is taken, for its clients', async () => {
    const { issuer, iam } = place
    const Url = issuer.issuer
    const create = new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['zoo-app'] })
    const { OpenIDConnectProviderArn: arn = '' } = await iam.send(create)
    const { IdentityPoolId } = await createPool(place, { OpenIdConnectProviderARNs: [arn] })
    const provider = Url.replace('http://', '')
    const right = { [provider]: await idToken(place, { aud: 'zoo-app' }) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins: right })
    expect((await place.pools.call('DescribeIdentity', { IdentityId })).Logins).toEqual([provider])
    const wrong = { [provider]: await idToken(place, { aud: clientId }) }
    await expect(place.pools.call('GetId', { IdentityPoolId, Logins: wrong })).rejects.toMatchObject(
      at('Invalid login token. Incorrect token audience.'),
    )
  })
})

describe('the basic flow', () => {
  test('gives a token that STS takes for a role', async () => {
    const { IdentityPoolId: poolId } = await createPool(place, { AllowClassicFlow: true })
    const RoleArn = await createPoolRole(place, { name: 'basic', amr: 'authenticated', poolId })
    const Logins = { [userPool]: await idToken(place) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId: poolId, Logins })
    const { Token: WebIdentityToken = '' } = await place.pools.call('GetOpenIdToken', { IdentityId, Logins })
    const [head = '', payload = '', signature = ''] = WebIdentityToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const iat = Math.floor(place.gateway.clock.now() / 1000)
    expect(claims).toEqual({
      sub: IdentityId,
      aud: poolId,
      amr: ['authenticated', userPool, `${userPool}:CognitoSignIn:ada`],
      iss: 'https://cognito-identity.amazonaws.com',
      'https://cognito-identity.amazonaws.com/identity-pool-arn': `arn:aws:cognito-identity:us-east-1:${account}:identitypool/${poolId}`,
      exp: iat + 600,
      iat,
    })
    const assume = (token: string) =>
      place.sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'app', WebIdentityToken: token }))
    const { Credentials: given, ...answer } = await assume(WebIdentityToken)
    expect(answer).toMatchObject({
      Provider: identityPoolHost,
      Audience: poolId,
      SubjectFromWebIdentityToken: IdentityId,
    })
    const session = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken,
    }
    const answered = await callSigned(place, await restApi(), session, { path: '/function' })
    expect(JSON.parse(answered.text)).toMatchObject({ cognitoIdentityId: IdentityId, cognitoIdentityPoolId: poolId })
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'us-east-1:0000' })).toString('base64url')
    await expect(assume([head, forged, signature].join('.'))).rejects.toMatchObject({
      Code: 'InvalidIdentityToken',
    })
  })

  test('is closed where the pool says so, and where it has role mappings', async () => {
    const { IdentityPoolId, ...pool } = await createPool(place, { AllowClassicFlow: false })
    const Logins = { [userPool]: await idToken(place) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins })
    const refusal = () => place.pools.call('GetOpenIdToken', { IdentityId, Logins })
    await expect(refusal()).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Basic (classic) flow is not enabled, please use enhanced flow.',
    })
    await place.pools.call('UpdateIdentityPool', { IdentityPoolId, ...pool, AllowClassicFlow: true })
    expect((await refusal()).IdentityId).toBe(IdentityId)
    await place.pools.call('SetIdentityPoolRoles', {
      IdentityPoolId,
      Roles: {},
      RoleMappings: { [`${userPool}:${clientId}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } },
    })
    await expect(refusal()).rejects.toMatchObject({
      message: 'Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.',
    })
  })
})

describe('a developer’s user', () => {
  test('gets an identity, a token, and credentials for it', async () => {
    const DeveloperProviderName = 'login.zoo.example'
    const { IdentityPoolId: poolId } = await createPool(place, { DeveloperProviderName })
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
    const authenticated = await createPoolRole(place, { name: 'developers', amr: 'authenticated', poolId, actions })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated } })
    const { IdentityId = '', Token = '' } = await place.pools.call('GetOpenIdTokenForDeveloperIdentity', {
      IdentityPoolId: poolId,
      Logins: { [DeveloperProviderName]: 'user-7' },
      PrincipalTags: { team: 'zoo' },
    })
    const { Credentials: given } = await place.pools.call('GetCredentialsForIdentity', {
      IdentityId,
      Logins: { [identityPoolHost]: Token },
    })
    const session = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    }
    const sts = new STSClient({ ...place.gateway.clientConfig, credentials: session })
    const { Arn } = await sts.send(new GetCallerIdentityCommand())
    expect(Arn).toBe(`arn:aws:sts::${account}:assumed-role/developers/CognitoIdentityCredentials`)
    const answer = await callSigned(place, await restApi(), session, { path: '/function' })
    expect(JSON.parse(answer.text)).toMatchObject({
      cognitoIdentityId: IdentityId,
      cognitoAuthenticationProvider: `${DeveloperProviderName},${DeveloperProviderName}:${poolId}:user-7`,
    })
    const { IdentityId: other = '' } = await place.pools.call('GetOpenIdTokenForDeveloperIdentity', {
      IdentityPoolId: poolId,
      Logins: { [DeveloperProviderName]: 'user-8' },
    })
    await expect(
      place.pools.call('GetCredentialsForIdentity', { IdentityId: other, Logins: { [identityPoolHost]: Token } }),
    ).rejects.toMatchObject({ code: 'NotAuthorizedException' })
  })
})
