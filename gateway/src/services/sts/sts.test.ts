// Temporary credentials through the real STS client: who may have them, for how long, and what they carry along.
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
  type Credentials as Issued,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

const account = '000000000000'

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

let gateway: EmbeddedGateway
let iam: IAMClient
/** Of a user without policies. */
let ada: Credentials

beforeAll(async () => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
  ada = await createUser('ada', { team: 'zoo' })
})

afterAll(() => gateway.close())

/** The ARN of the session that `assume` begins with a role. */
function sessionOf(roleArn: string, sessionName = 'session'): string {
  return `arn:aws:sts::${account}:assumed-role/${roleArn.split('/')[1]}/${sessionName}`
}

function stsOf(credentials: Credentials): STSClient {
  return new STSClient({ ...gateway.clientConfig, credentials, maxAttempts: 1 })
}

async function createUser(UserName: string, tags: Record<string, string> = {}): Promise<Credentials> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  await iam.send(new CreateUserCommand({ UserName, Tags }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

function credentialsOf(issued: Issued | undefined): Credentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = issued ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

const adaArn = `arn:aws:iam::${account}:user/ada`

let roles = 0

/** A role whose trust policy has the statements; resolves with its ARN. */
async function createRole(trust: readonly object[], more: object = {}): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
  const RoleName = `role${roles++}`
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
  return Role?.Arn ?? ''
}

function trusting(
  principal: unknown,
  Condition?: object,
  Action: string | readonly string[] = 'sts:AssumeRole',
): object {
  return { Effect: 'Allow', Principal: principal, Action, ...(Condition && { Condition }) }
}

function assume(
  RoleArn: string,
  input: Partial<AssumeRoleCommandInput> = {},
  as: Credentials = ada,
): Promise<AssumeRoleCommandOutput> {
  return stsOf(as).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...input }))
}

const refusal = (RoleArn: string, arn = adaArn, action = 'sts:AssumeRole'): object => ({
  Code: 'AccessDenied',
  message: `User: ${arn} is not authorized to perform: ${action} on resource: ${RoleArn}`,
  $metadata: expect.objectContaining({ httpStatusCode: 403 }) as unknown,
})

describe('a role', () => {
  test('is had by whom its trust policy names, for an hour', async () => {
    const arn = await createRole([trusting({ AWS: adaArn })])
    const { Credentials, AssumedRoleUser, PackedPolicySize } = await assume(arn)
    expect(AssumedRoleUser?.Arn).toBe(sessionOf(arn))
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(Credentials?.Expiration?.getTime()).toBe(Math.floor(gateway.clock.now() / 1000) * 1000 + 3_600_000)
    expect(PackedPolicySize).toBeUndefined()
    const identity = await stsOf(credentialsOf(Credentials)).send(new GetCallerIdentityCommand())
    expect(identity).toMatchObject({
      Account: account,
      Arn: AssumedRoleUser?.Arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    })
  })

  test('is not had by the caller’s policies alone, and not by the account’s trust alone', async () => {
    const bob = await createUser('bob')
    const byService = await createRole([trusting({ Service: 'lambda.amazonaws.com' })])
    const byAccount = await createRole([trusting({ AWS: account })])
    const bobArn = `arn:aws:iam::${account}:user/bob`
    await expect(assume(byAccount, {}, bob)).rejects.toMatchObject(refusal(byAccount, bobArn))
    const PolicyDocument = '{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}'
    await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument }))
    expect((await assume(byAccount, {}, bob)).AssumedRoleUser?.Arn).toBe(sessionOf(byAccount))
    await expect(assume(byService, {}, bob)).rejects.toMatchObject(refusal(byService, bobArn))
  })

  test('that is not there is refused like one that does not trust', async () => {
    const arn = `arn:aws:iam::${account}:role/nobody`
    await expect(assume(arn)).rejects.toMatchObject(refusal(arn))
  })

  test.each<
    [name: string, condition: object, right: Partial<AssumeRoleCommandInput>, wrong: Partial<AssumeRoleCommandInput>]
  >([
    [
      'an external id',
      { StringEquals: { 'sts:ExternalId': '12345' } },
      { ExternalId: '12345' },
      { ExternalId: '1234' },
    ],
    ['a session name', { StringLike: { 'sts:RoleSessionName': '${aws:username}*' } }, { RoleSessionName: 'ada-1' }, {}],
    [
      'the caller’s tag',
      { StringEquals: { 'aws:PrincipalTag/Team': 'zoo', 'aws:PrincipalArn': adaArn } },
      {},
      undefined as never,
    ],
    [
      'no second factor',
      { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' }, Null: { 'aws:TokenIssueTime': 'true' } },
      {},
      undefined as never,
    ],
    [
      'where the call is from',
      { StringEquals: { 'aws:RequestedRegion': 'us-east-1' }, Null: { 'aws:CurrentTime': 'false' } },
      {},
      undefined as never,
    ],
  ])('may ask for %s', async (_, condition, right, wrong) => {
    const arn = await createRole([trusting({ AWS: adaArn }, condition)])
    expect((await assume(arn, right)).AssumedRoleUser?.Arn).toBe(sessionOf(arn, right.RoleSessionName))
    if (wrong !== undefined) await expect(assume(arn, wrong)).rejects.toMatchObject(refusal(arn))
  })

  test('may ask for a second factor, which nobody has', async () => {
    const arn = await createRole([trusting({ AWS: adaArn }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })])
    await expect(assume(arn)).rejects.toMatchObject(refusal(arn))
    await expect(
      assume(arn, { SerialNumber: `arn:aws:iam::${account}:mfa/ada`, TokenCode: '123456' }),
    ).rejects.toMatchObject({
      Code: 'AccessDenied',
      message:
        'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    })
  })

  test('is had no longer than it lets', async () => {
    const arn = await createRole([trusting({ AWS: adaArn })], { MaxSessionDuration: 7_200 })
    const { Credentials } = await assume(arn, { DurationSeconds: 7_200 })
    expect(Credentials?.Expiration?.getTime()).toBe(Math.floor(gateway.clock.now() / 1000) * 1000 + 7_200_000)
    await expect(assume(arn, { DurationSeconds: 7_201 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      $metadata: { httpStatusCode: 400 },
    })
    await expect(assume(arn, { DurationSeconds: 899 })).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    })
  })
})

describe('session tags', () => {
  const actions = ['sts:AssumeRole', 'sts:TagSession']

  test('must be allowed by themselves, and are seen by the trust policy', async () => {
    const Tags = [{ Key: 'Project', Value: 'peg' }]
    const untagged = await createRole([trusting({ AWS: adaArn })])
    await expect(assume(untagged, { Tags })).rejects.toMatchObject(refusal(untagged, adaArn, 'sts:TagSession'))
    const condition = {
      StringEquals: { 'aws:RequestTag/project': 'peg' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Project'], 'sts:TransitiveTagKeys': ['Project'] },
    }
    const tagged = await createRole([trusting({ AWS: adaArn }, condition, actions)])
    const { PackedPolicySize } = await assume(tagged, { Tags, TransitiveTagKeys: ['Project'] })
    expect(PackedPolicySize).toBeGreaterThan(0)
    await expect(assume(tagged, { Tags: [{ Key: 'Project', Value: 'uni' }] })).rejects.toMatchObject(refusal(tagged))
  })

  test('that are transitive go on to the next role, the others do not', async () => {
    const first = await createRole([trusting({ AWS: adaArn }, undefined, actions)])
    const second = await createRole([
      trusting({ AWS: first }, { StringEquals: { 'aws:PrincipalTag/a': '1', 'aws:PrincipalTag/b': '2' } }, actions),
    ])
    const third = await createRole([
      trusting(
        { AWS: second },
        {
          StringEquals: { 'aws:PrincipalTag/a': '1' },
          Null: { 'aws:PrincipalTag/b': 'true', 'aws:RequestTag/a': 'true' },
        },
        actions,
      ),
    ])
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]
    const one = credentialsOf((await assume(first, { Tags, TransitiveTagKeys: ['a'] })).Credentials)
    const two = credentialsOf((await assume(second, {}, one)).Credentials)
    expect((await assume(third, {}, two)).AssumedRoleUser?.Arn).toBe(sessionOf(third))
    await expect(assume(second, { Tags: [{ Key: 'A', Value: '3' }] }, one)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    })
  })

  test.each<[Partial<AssumeRoleCommandInput>, string]>([
    [
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      },
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [{ TransitiveTagKeys: ['a'] }, 'The specified transitive tag key must be included in the requested tags.'],
  ])('%j are refused', async (input, message) => {
    const arn = await createRole([trusting({ AWS: adaArn }, undefined, actions)])
    await expect(assume(arn, input)).rejects.toMatchObject({ name: 'InvalidParameterValue', message })
  })
})

describe('a chain of roles', () => {
  test('lasts an hour at most, and keeps its source identity', async () => {
    const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity']
    const first = await createRole([trusting({ AWS: adaArn }, undefined, actions)], { MaxSessionDuration: 43_200 })
    const condition = { StringEquals: { 'aws:SourceIdentity': 'Ada' } }
    const second = await createRole([trusting({ AWS: first }, condition, actions)], { MaxSessionDuration: 43_200 })
    const { Credentials, SourceIdentity } = await assume(first, { SourceIdentity: 'Ada', DurationSeconds: 43_200 })
    expect(SourceIdentity).toBe('Ada')
    const one = credentialsOf(Credentials)
    expect((await assume(second, {}, one)).SourceIdentity).toBe('Ada')
    await expect(assume(second, { DurationSeconds: 3_601 }, one)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    })
    const sessionArn = `arn:aws:sts::${account}:assumed-role/${first.split('/')[1]}/session`
    await expect(assume(second, { SourceIdentity: 'Bob' }, one)).rejects.toMatchObject(
      refusal(second, sessionArn, 'sts:SetSourceIdentity'),
    )
    const plain = await createRole([trusting({ AWS: adaArn })])
    await expect(assume(plain, { SourceIdentity: 'Ada' })).rejects.toMatchObject(
      refusal(plain, adaArn, 'sts:SetSourceIdentity'),
    )
  })

  test('shows when the session was made, and that it has no second factor', async () => {
    const first = await createRole([trusting({ AWS: adaArn })])
    const condition = {
      Bool: { 'aws:MultiFactorAuthPresent': 'false' },
      DateLessThanEquals: { 'aws:TokenIssueTime': new Date(gateway.clock.now() + 1).toISOString() },
      Null: { 'aws:MultiFactorAuthAge': 'true' },
      StringEquals: { 'aws:PrincipalArn': first, 'aws:PrincipalType': 'AssumedRole' },
    }
    const second = await createRole([trusting({ AWS: first }, condition)])
    const one = credentialsOf((await assume(first)).Credentials)
    expect((await assume(second, {}, one)).AssumedRoleUser?.Arn).toBe(sessionOf(second))
  })
})

describe('session policies', () => {
  test('are read, and their size is told', async () => {
    const arn = await createRole([trusting({ AWS: adaArn })])
    const Policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    const { Policy: managed } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'session', PolicyDocument: Policy }),
    )
    const { PackedPolicySize } = await assume(arn, { Policy, PolicyArns: [{ arn: managed?.Arn }] })
    expect(PackedPolicySize).toBeGreaterThan(0)
    await expect(assume(arn, { Policy: '{' })).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      Code: 'MalformedPolicyDocument',
      message: 'Syntax errors in policy.',
    })
    const missing = `arn:aws:iam::${account}:policy/none`
    await expect(assume(arn, { PolicyArns: [{ arn: missing }] })).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Policy ${missing} does not exist or is not attachable.`,
    })
  })

  test('that are too large once packed are refused', async () => {
    const arn = await createRole([trusting({ AWS: adaArn })])
    const Resource = Array.from({ length: 200 }, () => `arn:aws:s3:::${crypto.randomUUID()}`)
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource }] })
    await expect(assume(arn, { Policy })).rejects.toMatchObject({
      name: 'PackedPolicyTooLargeException',
      message: expect.stringMatching(
        /^Packed policy consumes \d{3}% of allotted space, please use smaller policy\.$/,
      ) as string,
    })
  })
})

describe('a user’s own session', () => {
  test('is the user, and can only take on roles', async () => {
    const own = credentialsOf((await stsOf(ada).send(new GetSessionTokenCommand({}))).Credentials)
    const sts = stsOf(own)
    expect((await sts.send(new GetCallerIdentityCommand())).Arn).toBe(adaArn)
    const arn = await createRole([trusting({ AWS: adaArn }, { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })])
    expect((await assume(arn, {}, own)).AssumedRoleUser?.Arn).toBe(sessionOf(arn))
    await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      Code: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    })
    await expect(sts.send(new GetFederationTokenCommand({ Name: 'Bob' }))).rejects.toMatchObject({
      message: 'Cannot call GetFederationToken with session credentials',
    })
  })

  test('of a federated user has a name of its own, and takes on nothing', async () => {
    const { Credentials, FederatedUser } = await stsOf(ada).send(
      new GetFederationTokenCommand({ Name: 'Bob', DurationSeconds: 900 }),
    )
    const bob = `arn:aws:sts::${account}:federated-user/Bob`
    expect(FederatedUser).toEqual({ Arn: bob, FederatedUserId: `${account}:Bob` })
    const own = credentialsOf(Credentials)
    expect(await stsOf(own).send(new GetCallerIdentityCommand())).toMatchObject({ Arn: bob, UserId: `${account}:Bob` })
    const arn = await createRole([trusting({ AWS: bob })])
    await expect(assume(arn, {}, own)).rejects.toMatchObject(refusal(arn, bob))
  })
})

test('the account of a key is told', async () => {
  const sts = stsOf(ada)
  expect((await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: ada.accessKeyId }))).Account).toBe(account)
  await expect(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }))).rejects.toMatchObject({
    name: 'ValidationError',
  })
})

test('faults are XML of the query protocol', async () => {
  const body = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', RoleSessionName: 'me' })
  body.set('RoleArn', 'arn:aws:iam::000000000000:role/nobody')
  const answer = await gateway.invoke('http://sts.localhost/', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/xml'])
  expect((await answer.text()).trim().replace(/<RequestId>[^<]+/, '<RequestId>ID')).toBe(
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::000000000000:root is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000000:role/nobody</Message></Error><RequestId>ID</RequestId></ErrorResponse>',
  )
})
