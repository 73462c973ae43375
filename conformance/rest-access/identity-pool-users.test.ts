// Identity pools beyond the sign-in: roles chosen by tokens and rules, tags, identities as their owner sees them.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { IdentityPool, RoleMapping } from '@sluice/aws-protocol/cognito-identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, addMock, createApi, deploy } from './access.ts'
import { clientId, createPool, createPoolRole, idToken, openPlace, userPool, type Place } from './identity-pool.ts'
import { callSigned } from './signing.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
})

afterAll(() => place.close())

describe('a role mapping', () => {
  let pool: IdentityPool
  const roles: Record<string, string> = {}

  beforeAll(async () => {
    pool = await createPool(place)
    for (const name of ['default', 'keepers', 'vets', 'strangers']) {
      roles[name] = await createPoolRole(place, { name, amr: 'authenticated', poolId: pool.IdentityPoolId })
    }
  })

  const token = (AmbiguousRoleResolution: RoleMapping['AmbiguousRoleResolution']): RoleMapping => ({
    Type: 'Token',
    AmbiguousRoleResolution,
  })
  const rules = (
    AmbiguousRoleResolution: RoleMapping['AmbiguousRoleResolution'],
    ...list: readonly (readonly [
      Claim: string,
      'Equals' | 'Contains' | 'StartsWith' | 'NotEqual',
      Value: string,
      role: string,
    ])[]
  ): RoleMapping => ({
    Type: 'Rules',
    AmbiguousRoleResolution,
    RulesConfiguration: {
      Rules: list.map(([Claim, MatchType, Value, role]) => ({ Claim, MatchType, Value, RoleARN: arnOf(role) })),
    },
  })
  const arnOf = (name: string): string => `arn:aws:iam::${account}:role/${name}`

  /** The name of the role that somebody with such a token gets; or the code of the refusal. */
  async function roleFor(mapping: RoleMapping, claims: object, custom?: string): Promise<string> {
    const { IdentityPoolId } = pool
    await place.pools.call('SetIdentityPoolRoles', {
      IdentityPoolId,
      Roles: { authenticated: arnOf('default') },
      RoleMappings: { [`${userPool}:${clientId}`]: mapping },
    })
    const Logins = { [userPool]: await idToken(place, claims) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins })
    const CustomRoleArn = custom === undefined ? undefined : arnOf(custom)
    try {
      const { Credentials: given } = await place.pools.call('GetCredentialsForIdentity', {
        IdentityId,
        Logins,
        CustomRoleArn,
      })
      const credentials = {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      }
      const sts = new STSClient({ ...place.gateway.clientConfig, credentials })
      return (await sts.send(new GetCallerIdentityCommand())).Arn?.split('/')[1] ?? ''
    } catch (error) {
      return (error as { readonly code: string }).code
    }
  }

  const many = { 'cognito:roles': [arnOf('keepers'), arnOf('vets')] }
  const preferred = { ...many, 'cognito:preferred_role': arnOf('vets') }
  const dept = { 'custom:dept': 'zoo' }
  const twoRules = rules(
    'Deny',
    ['custom:dept', 'Equals', 'zoo', 'keepers'],
    ['custom:dept', 'StartsWith', 'z', 'vets'],
  )
  const refused = 'NotAuthorizedException'

  interface Row {
    readonly mapping: RoleMapping
    readonly claims: object
    readonly custom?: string
    readonly role: string
  }

  test.each<[name: string, row: Row]>([
    ['takes the preferred role of the token', { mapping: token('Deny'), claims: preferred, role: 'vets' }],
    [
      'lets a caller choose among the roles of the token',
      { mapping: token('Deny'), claims: preferred, custom: 'keepers', role: 'keepers' },
    ],
    [
      'lets nobody choose another',
      { mapping: token('AuthenticatedRole'), claims: preferred, custom: 'strangers', role: refused },
    ],
    ['denies an ambiguous token', { mapping: token('Deny'), claims: many, role: refused }],
    [
      'gives the default for an ambiguous token',
      { mapping: token('AuthenticatedRole'), claims: many, role: 'default' },
    ],
    ['denies a token without roles', { mapping: token('Deny'), claims: {}, role: refused }],
    ['takes the first rule that matches', { mapping: twoRules, claims: dept, role: 'keepers' }],
    [
      'lets a caller choose among the rules that match',
      { mapping: twoRules, claims: dept, custom: 'vets', role: 'vets' },
    ],
    [
      'looks into lists',
      {
        mapping: rules('Deny', ['cognito:groups', 'Contains', 'eep', 'keepers']),
        claims: { 'cognito:groups': ['staff', 'keepers'] },
        role: 'keepers',
      },
    ],
    [
      'does not match the absence of a claim',
      {
        mapping: rules('AuthenticatedRole', ['custom:dept', 'NotEqual', 'zoo', 'keepers']),
        claims: {},
        role: 'default',
      },
    ],
    [
      'matches another value',
      {
        mapping: rules('Deny', ['custom:dept', 'NotEqual', 'zoo', 'keepers']),
        claims: { 'custom:dept': 'shop' },
        role: 'keepers',
      },
    ],
    ['denies who matches no rule', { mapping: twoRules, claims: {}, role: refused }],
  ])('%s', async (_, { mapping, claims, custom, role }) => {
    expect(await roleFor(mapping, claims, custom)).toBe(role)
  })

  test('that is not whole is refused', async () => {
    const set = (mapping: RoleMapping) =>
      place.pools.call('SetIdentityPoolRoles', {
        IdentityPoolId: pool.IdentityPoolId,
        Roles: {},
        RoleMappings: { idp: mapping },
      })
    await expect(set({ Type: 'Token' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Role mapping of idp: AmbiguousRoleResolution is required.',
    })
    await expect(set({ Type: 'Rules', AmbiguousRoleResolution: 'Deny' })).rejects.toMatchObject({
      message: 'Role mapping of idp: RulesConfiguration is required for the type Rules.',
    })
  })
})

describe('principal tags', () => {
  test('come from the claims of the token, and are seen by policies', async () => {
    const { IdentityPoolId: poolId } = await createPool(place)
    const map = { IdentityPoolId: poolId, IdentityProviderName: userPool }
    const PrincipalTags = { team: 'custom:dept' }
    expect(await place.pools.call('SetPrincipalTagAttributeMap', { ...map, PrincipalTags })).toEqual({
      ...map,
      UseDefaults: false,
      PrincipalTags,
    })
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
    const resource = `arn:aws:execute-api:us-east-1:${account}:*/prod/GET/$\{aws:PrincipalTag/team}`
    const authenticated = await createPoolRole(place, { name: 'tagged', poolId, actions, resource })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated } })
    const Logins = { [userPool]: await idToken(place, { 'custom:dept': 'zoo' }) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId: poolId, Logins })
    const { Credentials: given } = await place.pools.call('GetCredentialsForIdentity', { IdentityId, Logins })
    const session = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretKey ?? '',
      sessionToken: given?.SessionToken,
    }
    const api = await createApi(place)
    for (const path of ['/zoo', '/shop']) await addMock(place, api, path, { method: { authorizationType: 'AWS_IAM' } })
    await deploy(place, api)
    expect((await callSigned(place, api, session, { path: '/zoo' })).status).toBe(200)
    expect((await callSigned(place, api, session, { path: '/shop' })).status).toBe(403)
    const untagged = await createPoolRole(place, { name: 'untagged', poolId })
    await place.pools.call('SetIdentityPoolRoles', { IdentityPoolId: poolId, Roles: { authenticated: untagged } })
    await expect(place.pools.call('GetCredentialsForIdentity', { IdentityId, Logins })).rejects.toMatchObject({
      code: 'InvalidIdentityPoolConfigurationException',
    })
  })

  test('have defaults', async () => {
    const { IdentityPoolId } = await createPool(place)
    const map = { IdentityPoolId, IdentityProviderName: userPool }
    await place.pools.call('SetPrincipalTagAttributeMap', { ...map, UseDefaults: true })
    const defaults = { ...map, UseDefaults: true, PrincipalTags: { username: 'sub', client: 'aud' } }
    expect(await place.pools.call('GetPrincipalTagAttributeMap', map)).toEqual(defaults)
    const both = { ...map, UseDefaults: true, PrincipalTags: { a: 'b' } }
    await expect(place.pools.call('SetPrincipalTagAttributeMap', both)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})

describe('the owner of a pool', () => {
  test('sees, changes and lists pools', async () => {
    const made = await createPool(place, { IdentityPoolName: 'zoo', IdentityPoolTags: { team: 'zoo' } })
    const { IdentityPoolId } = made
    expect(await place.pools.call('DescribeIdentityPool', { IdentityPoolId })).toEqual(made)
    const changed = { IdentityPoolId, IdentityPoolName: 'park', AllowUnauthenticatedIdentities: true }
    // What is left out goes, but for the tags.
    expect(await place.pools.call('UpdateIdentityPool', changed)).toEqual({
      ...changed,
      IdentityPoolTags: { team: 'zoo' },
    })
    const listed: unknown[] = []
    let NextToken: string | undefined
    do {
      const page = await place.pools.call('ListIdentityPools', { MaxResults: 1, NextToken })
      expect(page.IdentityPools).toHaveLength(1)
      listed.push(...(page.IdentityPools ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(listed).toContainEqual({ IdentityPoolId, IdentityPoolName: 'park' })
    await expect(place.pools.call('ListIdentityPools', { MaxResults: 1, NextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Invalid NextToken.',
    })
  })

  test('deletes a pool with its identities', async () => {
    const { IdentityPoolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId })
    await place.pools.call('DeleteIdentityPool', { IdentityPoolId })
    await expect(place.pools.call('DescribeIdentityPool', { IdentityPoolId })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: `IdentityPool '${IdentityPoolId}' not found.`,
    })
    const gone = { code: 'ResourceNotFoundException', message: `Identity '${IdentityId}' not found.` }
    await expect(place.pools.call('DescribeIdentity', { IdentityId })).rejects.toMatchObject(gone)
    await expect(place.pools.call('GetCredentialsForIdentity', { IdentityId })).rejects.toMatchObject(gone)
  })

  test('tags pools', async () => {
    const { IdentityPoolId } = await createPool(place)
    const ResourceArn = `arn:aws:cognito-identity:us-east-1:${account}:identitypool/${IdentityPoolId}`
    await place.pools.call('TagResource', { ResourceArn, Tags: { a: '1', b: '2' } })
    await place.pools.call('UntagResource', { ResourceArn, TagKeys: ['a'] })
    expect(await place.pools.call('ListTagsForResource', { ResourceArn })).toEqual({ Tags: { b: '2' } })
    await expect(place.pools.call('TagResource', { ResourceArn, Tags: { 'aws:x': '' } })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  test('deletes identities, which then are new ones', async () => {
    const { IdentityPoolId } = await createPool(place)
    const Logins = { [userPool]: await idToken(place, { sub: 'leaves' }) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins })
    const unknown = 'us-east-1:00000000-0000-0000-0000-000000000000'
    const IdentityIdsToDelete = [IdentityId, unknown]
    expect(await place.pools.call('DeleteIdentities', { IdentityIdsToDelete })).toEqual({
      UnprocessedIdentityIds: [{ IdentityId: unknown, ErrorCode: 'AccessDenied' }],
    })
    expect((await place.pools.call('GetId', { IdentityPoolId, Logins })).IdentityId).not.toBe(IdentityId)
  })

  test('is told of names that break the model’s rules as AWS tells it', async () => {
    await expect(place.pools.call('GetId', { IdentityPoolId: 'pets' })).rejects.toMatchObject({
      code: 'ValidationException',
      message: String.raw`1 validation error detected: Value 'pets' at 'identityPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+`,
    })
  })

  test('names user pools and providers as they are', async () => {
    const wrong = [{ ProviderName: 'pool', ClientId: 'app' }]
    await expect(createPool(place, { CognitoIdentityProviders: wrong })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Invalid Cognito Identity Provider: pool',
    })
    await expect(
      createPool(place, { OpenIdConnectProviderARNs: ['arn:aws:iam::000000000000:role/x'] }),
    ).rejects.toMatchObject({
      message: 'Invalid identity provider ARN: arn:aws:iam::000000000000:role/x',
    })
  })
})

describe('logins', () => {
  const DeveloperProviderName = 'login.zoo.example'
  const developerToken = (IdentityPoolId: string, user: string, IdentityId?: string) =>
    place.pools.call('GetOpenIdTokenForDeveloperIdentity', {
      IdentityPoolId,
      IdentityId,
      Logins: { [DeveloperProviderName]: user },
    })

  test('are unlinked by whoever has one', async () => {
    const { IdentityPoolId } = await createPool(place, { AllowUnauthenticatedIdentities: true })
    const Logins = { [userPool]: await idToken(place, { sub: 'unlinks' }) }
    const { IdentityId = '' } = await place.pools.call('GetId', { IdentityPoolId, Logins })
    const others = { [userPool]: await idToken(place, { sub: 'other' }) }
    const LoginsToRemove = [userPool]
    await expect(
      place.pools.call('UnlinkIdentity', { IdentityId, Logins: others, LoginsToRemove }),
    ).rejects.toMatchObject({
      code: 'NotAuthorizedException',
    })
    await place.pools.call('UnlinkIdentity', { IdentityId, Logins, LoginsToRemove })
    expect((await place.pools.call('DescribeIdentity', { IdentityId })).Logins).toEqual([])
    expect((await place.pools.call('GetId', { IdentityPoolId, Logins })).IdentityId).not.toBe(IdentityId)
  })

  test('of developers are looked up, merged and unlinked', async () => {
    const { IdentityPoolId } = await createPool(place, { DeveloperProviderName })
    const { IdentityId: one = '' } = await developerToken(IdentityPoolId, 'one')
    const { IdentityId: two = '' } = await developerToken(IdentityPoolId, 'two')
    expect((await developerToken(IdentityPoolId, 'one')).IdentityId).toBe(one)
    await expect(developerToken(IdentityPoolId, 'one', two)).rejects.toMatchObject({
      code: 'DeveloperUserAlreadyRegisteredException',
    })
    const merge = { IdentityPoolId, DeveloperProviderName }
    const ends = { SourceUserIdentifier: 'one', DestinationUserIdentifier: 'two' }
    expect(await place.pools.call('MergeDeveloperIdentities', { ...merge, ...ends })).toEqual({ IdentityId: two })
    expect((await developerToken(IdentityPoolId, 'one')).IdentityId).toBe(two)
    const lookup = { IdentityPoolId, DeveloperUserIdentifier: 'one' }
    expect(await place.pools.call('LookupDeveloperIdentity', lookup)).toEqual({
      IdentityId: two,
      DeveloperUserIdentifierList: ['two', 'one'],
    })
    const { IdentityId: three = '' } = await developerToken(IdentityPoolId, 'three')
    await expect(place.pools.call('LookupDeveloperIdentity', { ...lookup, IdentityId: three })).rejects.toMatchObject({
      code: 'ResourceConflictException',
    })
    const user = { IdentityId: two, DeveloperUserIdentifier: 'one' }
    await place.pools.call('UnlinkDeveloperIdentity', { ...merge, ...user })
    await expect(place.pools.call('LookupDeveloperIdentity', lookup)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
    expect((await developerToken(IdentityPoolId, 'one')).IdentityId).not.toBe(two)
  })

  test('of one public provider are one for each identity', async () => {
    const { IdentityPoolId } = await createPool(place, { DeveloperProviderName })
    const { IdentityId } = await developerToken(IdentityPoolId, 'linked')
    const link = async (sub: string) =>
      place.pools.call('GetOpenIdTokenForDeveloperIdentity', {
        IdentityPoolId,
        IdentityId,
        Logins: { [DeveloperProviderName]: 'linked', [userPool]: await idToken(place, { sub }) },
      })
    expect((await link('first')).IdentityId).toBe(IdentityId)
    await expect(link('second')).rejects.toMatchObject({
      code: 'ResourceConflictException',
      message: 'Login is already in use by another user.',
    })
    const Logins = { [userPool]: await idToken(place, { sub: 'first' }) }
    expect((await place.pools.call('GetId', { IdentityPoolId, Logins })).IdentityId).toBe(IdentityId)
  })
})
