// The policy simulator through the real IAM client.
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  type ContextEntry,
  type SimulateCustomPolicyCommandInput,
  type SimulatePolicyResponse,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient

beforeAll(async () => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
  await iam.send(new CreateUserCommand({ UserName: 'ada', Path: '/staff/', Tags: [{ Key: 'team', Value: 'zoo' }] }))
  await iam.send(new CreateGroupCommand({ GroupName: 'readers' }))
  await iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName: 'ada' }))
})

afterAll(() => gateway.close())

const account = '000000000000'
const ada = `arn:aws:iam::${account}:user/staff/ada`
const pets = `arn:aws:execute-api:us-east-1:${account}:abc/prod/GET/pets`
const cats = `arn:aws:execute-api:us-east-1:${account}:abc/prod/GET/cats`

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

function allow(Action: string, Resource = '*', more: object = {}): object {
  return { Effect: 'Allow', Action, Resource, ...more }
}

const invoke = 'execute-api:Invoke'

function custom(input: Partial<SimulateCustomPolicyCommandInput>): Promise<SimulatePolicyResponse> {
  return iam.send(new SimulateCustomPolicyCommand({ PolicyInputList: [], ActionNames: [invoke], ...input }))
}

function principal(input: Partial<SimulatePrincipalPolicyCommandInput>): Promise<SimulatePolicyResponse> {
  return iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: ada, ActionNames: [invoke], ...input }))
}

async function decisions(answer: Promise<SimulatePolicyResponse>): Promise<readonly (string | undefined)[]> {
  return ((await answer).EvaluationResults ?? []).map(({ EvalDecision }) => EvalDecision)
}

describe('a simulation of given policies', () => {
  // https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html, examples 1 and 2
  test('answers as the service’s example does', async () => {
    const PolicyInputList = [
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}',
    ]
    const at = (date: string): Promise<SimulatePolicyResponse> =>
      custom({
        PolicyInputList,
        ActionNames: ['dynamodb:CreateBackup'],
        ContextEntries: [{ ContextKeyName: 'aws:CurrentTime', ContextKeyValues: [date], ContextKeyType: 'date' }],
      })
    expect((await at('2019-04-25T11:00:00Z')).EvaluationResults).toEqual([
      {
        EvalActionName: 'dynamodb:CreateBackup',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: [
          {
            SourcePolicyId: 'PolicyInputList.1',
            SourcePolicyType: 'IAM Policy',
            StartPosition: { Line: 1, Column: 38 },
            EndPosition: { Line: 1, Column: 167 },
          },
        ],
        MissingContextValues: [],
      },
    ])
    expect((await at('2014-04-25T11:00:00Z')).EvaluationResults).toEqual([
      {
        EvalActionName: 'dynamodb:CreateBackup',
        EvalResourceName: '*',
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
      },
    ])
  })

  test('tells of each resource, and of all together what the worst is', async () => {
    const { EvaluationResults } = await custom({
      PolicyInputList: [policy(allow(invoke)), policy({ Effect: 'Deny', Action: '*', Resource: cats })],
      ResourceArns: [pets, cats],
    })
    const [result] = EvaluationResults ?? []
    expect(result).toMatchObject({ EvalDecision: 'explicitDeny', MatchedStatements: [], EvalDecisionDetails: {} })
    expect(
      result?.ResourceSpecificResults?.map((each) => [
        each.EvalResourceName,
        each.EvalResourceDecision,
        each.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId),
      ]),
    ).toEqual([
      [pets, 'allowed', ['PolicyInputList.1']],
      [cats, 'explicitDeny', ['PolicyInputList.2']],
    ])
  })

  test('tells which keys were missed, once each and of the action alone', async () => {
    const PolicyInputList = [
      policy(
        allow(invoke, 'arn:aws:execute-api:*:${aws:userid}:*', {
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
        allow('execute-api:*', '*', {
          Condition: { Bool: { 'AWS:secureTransport': 'true' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
        }),
        allow('s3:*', '*', { Condition: { StringEquals: { 's3:prefix': 'x' } } }),
      ),
    ]
    const given = [
      { ContextKeyName: 'aws:sourceip', ContextKeyType: 'ip', ContextKeyValues: ['10.1.1.1'] },
    ] satisfies ContextEntry[]
    const missing = async (ResourceArns?: string[]): Promise<unknown> => {
      const { EvaluationResults } = await custom({ PolicyInputList, ContextEntries: given, ResourceArns })
      const [result] = EvaluationResults ?? []
      return [result?.MissingContextValues, result?.ResourceSpecificResults?.[0]?.MissingContextValues]
    }
    expect(await missing()).toEqual([['aws:SecureTransport', 'aws:userid'], undefined])
    expect(await missing([pets])).toEqual([[], ['aws:SecureTransport', 'aws:userid']])
  })

  test.each<[type: ContextEntry['ContextKeyType'], values: string[], condition: object]>([
    ['string', ['a'], { StringEquals: { 'x:key': 'a' } }],
    ['stringList', ['b', 'a'], { 'ForAnyValue:StringEquals': { 'x:key': 'a' } }],
    ['numeric', ['5'], { NumericLessThan: { 'x:key': '6' } }],
    ['numericList', ['5', '7'], { 'ForAllValues:NumericGreaterThan': { 'x:key': '4' } }],
    ['boolean', ['true'], { Bool: { 'x:key': 'true' } }],
    ['booleanList', ['false', 'true'], { 'ForAnyValue:Bool': { 'x:key': 'true' } }],
    ['ip', ['10.0.0.1'], { IpAddress: { 'x:key': '10.0.0.0/8' } }],
    ['ipList', ['10.0.0.1'], { 'ForAllValues:IpAddress': { 'x:key': '10.0.0.0/8' } }],
    ['binary', ['QQ=='], { BinaryEquals: { 'x:key': 'QQ==' } }],
    ['binaryList', ['QQ=='], { 'ForAnyValue:BinaryEquals': { 'x:key': 'QQ==' } }],
    ['date', ['2026-01-01T00:00:00Z'], { DateLessThan: { 'x:key': '2027-01-01T00:00:00Z' } }],
    ['dateList', ['2026-01-01T00:00:00Z'], { 'ForAnyValue:DateLessThan': { 'x:key': '2027-01-01T00:00:00Z' } }],
  ])('takes context of type %s', async (ContextKeyType, ContextKeyValues, Condition) => {
    const PolicyInputList = [policy(allow(invoke, '*', { Condition }))]
    const entry = { ContextKeyName: 'x:key', ContextKeyType, ContextKeyValues }
    expect(await decisions(custom({ PolicyInputList, ContextEntries: [entry] }))).toEqual(['allowed'])
    expect(
      await decisions(
        custom({ PolicyInputList: [policy(allow(invoke, '*', { Condition: { Null: { 'x:key': 'false' } } }))] }),
      ),
    ).toEqual(['implicitDeny'])
  })

  test('comes in pages', async () => {
    const PolicyInputList = [policy(allow('a:1'), allow('a:3'))]
    const ActionNames = ['a:1', 'a:2', 'a:3']
    const first = await custom({ PolicyInputList, ActionNames, MaxItems: 2 })
    expect([first.IsTruncated, first.EvaluationResults?.length]).toEqual([true, 2])
    const second = await custom({ PolicyInputList, ActionNames, MaxItems: 2, Marker: first.Marker })
    expect([second.IsTruncated, second.Marker]).toEqual([false, undefined])
    expect(second.EvaluationResults?.map(({ EvalActionName }) => EvalActionName)).toEqual(['a:3'])
    await expect(custom({ PolicyInputList, Marker: 'mine' })).rejects.toMatchObject({ message: 'Invalid Marker.' })
  })

  test.each<[Partial<SimulateCustomPolicyCommandInput>, string]>([
    [{ PolicyInputList: ['{'] }, 'Syntax errors in policy.'],
    [{ ActionNames: ['Invoke'] }, 'Invalid Action: Invoke'],
    [
      { ResourceHandlingOption: 'EC2-VPC-InstanceStore' },
      'ResourceHandlingOption is for actions of EC2, about whose resources Sluice knows nothing.',
    ],
    [{ ResourceOwner: 'me' }, 'Invalid ResourceOwner: me'],
    [
      { CallerArn: `arn:aws:iam::${account}:role/r` },
      `Invalid CallerArn: arn:aws:iam::${account}:role/r is not the ARN of a user.`,
    ],
    [
      { ResourcePolicy: policy() },
      'CallerArn must be provided and must be the ARN of a user when a ResourcePolicy is simulated.',
    ],
    [
      { ContextEntries: [{ ContextKeyName: 'aws:userid', ContextKeyType: 'string', ContextKeyValues: ['a', 'b'] }] },
      'Context key aws:userid of type string must have exactly one value.',
    ],
    [
      { PermissionsBoundaryPolicyInputList: [policy(allow('*')), policy(allow('*'))] },
      'Only one permissions boundary policy may be simulated.',
    ],
  ])('with %j is refused', async (input, message) => {
    await expect(custom(input)).rejects.toMatchObject({ name: 'InvalidInputException', Code: 'InvalidInput', message })
  })
})

describe('a resource’s policy', () => {
  const bucket = 'arn:aws:s3:::pets/cat'
  const byAda = policy({ Effect: 'Allow', Principal: { AWS: ada }, Action: 's3:GetObject', Resource: bucket })
  const asked = { ActionNames: ['s3:GetObject'], ResourceArns: [bucket], ResourcePolicy: byAda }

  test('grants by itself in its account, and is told as the source', async () => {
    const [result] = (await principal(asked)).EvaluationResults ?? []
    expect(result).toMatchObject({
      EvalDecision: 'allowed',
      EvalDecisionDetails: {},
      MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'Resource Policy' }],
    })
  })

  test('of another account needs the caller’s policies too', async () => {
    const ResourceOwner = 'arn:aws:iam::111122223333:root'
    const [alone] = (await principal({ ...asked, ResourceOwner })).EvaluationResults ?? []
    expect(alone).toMatchObject({
      EvalDecision: 'implicitDeny',
      EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' },
    })
    const PolicyInputList = [policy(allow('s3:*'))]
    expect(await decisions(principal({ ...asked, ResourceOwner, PolicyInputList }))).toEqual(['allowed'])
  })
})

describe('a simulation of a principal', () => {
  test('goes by its own policies and its groups’, and tells their names', async () => {
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'own', PolicyDocument: policy(allow('s3:Get*')) }),
    )
    await iam.send(
      new PutGroupPolicyCommand({
        GroupName: 'readers',
        PolicyName: 'shared',
        PolicyDocument: policy(allow('s3:List*')),
      }),
    )
    const { EvaluationResults = [] } = await principal({
      ActionNames: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    })
    expect(
      EvaluationResults.map(({ EvalDecision, MatchedStatements }) => [
        EvalDecision,
        MatchedStatements?.[0]?.SourcePolicyId,
      ]),
    ).toEqual([
      ['allowed', 'user_ada_own'],
      ['allowed', 'group_readers_shared'],
      ['implicitDeny', undefined],
    ])
  })

  test('knows its name and tags', async () => {
    const more = { Condition: { StringEquals: { 'aws:username': 'ada', 'aws:PrincipalTag/Team': 'zoo' } } }
    const PolicyInputList = [policy(allow(invoke, '*', more))]
    expect(await decisions(principal({ PolicyInputList }))).toEqual(['allowed'])
  })

  test('minds a role’s boundary, unless another is given', async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: policy(allow('s3:*')) }),
    )
    const { Policy: managed } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'all', PolicyDocument: policy(allow('*')) }),
    )
    const AssumeRolePolicyDocument = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
    const RoleName = 'limited'
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, PermissionsBoundary: Policy?.Arn }),
    )
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed?.Arn }))
    const ask = { PolicySourceArn: Role?.Arn, ActionNames: ['s3:GetObject', invoke] }
    const { EvaluationResults = [] } = await principal(ask)
    expect(
      EvaluationResults.map((each) => [
        each.EvalDecision,
        each.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
        each.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId),
      ]),
    ).toEqual([
      ['allowed', true, ['all', 'limit']],
      ['implicitDeny', false, []],
    ])
    const PermissionsBoundaryPolicyInputList = [policy(allow('execute-api:*'))]
    expect(await decisions(principal({ ...ask, PermissionsBoundaryPolicyInputList }))).toEqual([
      'implicitDeny',
      'allowed',
    ])
  })

  test('that is not there is refused', async () => {
    const PolicySourceArn = `arn:aws:iam::${account}:user/nobody`
    await expect(principal({ PolicySourceArn })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `No entity with ARN ${PolicySourceArn} could be found.`,
    })
  })
})

test('the keys that policies ask for are listed', async () => {
  const PolicyInputList = [
    policy(
      allow('s3:ListBucket', '*', { Condition: { StringLike: { 's3:prefix': '${aws:username}/*' } } }),
      allow('s3:GetObject', 'arn:aws:s3:::pets/${aws:UserName}/*', {
        Condition: { Bool: { 'aws:SecureTransport': 'true' } },
      }),
    ),
  ]
  const { ContextKeyNames } = await iam.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList }))
  expect(ContextKeyNames).toEqual(['s3:prefix', 'aws:username', 'aws:SecureTransport'])
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'keyed',
      AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }),
    }),
  )
  const own = policy(allow(invoke, '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'keyed', PolicyName: 'p', PolicyDocument: own }))
  const PolicySourceArn = `arn:aws:iam::${account}:role/keyed`
  const answer = await iam.send(new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn, PolicyInputList }))
  expect(answer.ContextKeyNames).toEqual(['aws:SourceIp', 's3:prefix', 'aws:username', 'aws:SecureTransport'])
})
