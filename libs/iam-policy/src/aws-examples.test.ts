// The examples of the IAM user guide, each with requests that it lets in and that it keeps out.
import { describe, expect, test } from 'vitest'
import { evaluate, type PolicySet } from './evaluate.ts'
import { parsePolicy } from './parse.ts'
import { createContext, principalKey, type ContextValue, type Principal } from './request.ts'

const account = '123456789012'

function user(name: string, tags: Readonly<Record<string, string>> = {}): Principal {
  const attributes = new Map(
    Object.entries(tags).map(([key, value]) => [`aws:principaltag/${key.toLowerCase()}`, value]),
  )
  return { type: 'User', arn: `arn:aws:iam::${account}:user/${name}`, account, userId: `AIDA${name}`, attributes }
}

interface Asked {
  readonly action: string
  readonly resource?: string
  readonly principal?: Principal
  readonly keys?: Readonly<Record<string, ContextValue>>
}

function decide(
  policies: Partial<PolicySet>,
  { action, resource = '*', principal = user('ada'), keys = {} }: Asked,
): string {
  const given = createContext(Object.entries(keys))
  const context = (lowerKey: string): ContextValue => given(lowerKey) ?? principalKey(principal, lowerKey)
  return evaluate({ identity: [], sameAccount: true, ...policies }, { principal, action, resource, context }).decision
}

const document = (...Statement: readonly object[]): ReturnType<typeof parsePolicy> =>
  parsePolicy({ Version: '2012-10-17', Statement })

type Row = readonly [expected: string, asked: Asked]

function examples(name: string, policies: Partial<PolicySet>, rows: readonly Row[]): void {
  test(name, () => {
    expect(rows.map(([, asked]) => decide(policies, asked))).toEqual(rows.map(([expected]) => expected))
  })
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
describe('identity-based and resource-based policies together', () => {
  const carlos = user('carlossalazar')
  const own = ['arn:aws:s3:::carlossalazar', 'arn:aws:s3:::carlossalazar/*']
  const identity = [
    document(
      {
        Sid: 'AllowS3ListRead',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:GetAccountPublicAccessBlock', 's3:ListAllMyBuckets'],
        Resource: 'arn:aws:s3:::*',
      },
      { Sid: 'AllowS3Self', Effect: 'Allow', Action: 's3:*', Resource: own },
      { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
    ),
  ]
  const resource = document(
    { Effect: 'Allow', Principal: { AWS: carlos.arn }, Action: 's3:*', Resource: own },
    {
      Effect: 'Deny',
      NotPrincipal: { AWS: carlos.arn },
      Action: 's3:DeleteObject',
      Resource: 'arn:aws:s3:::carlossalazar/*',
    },
  )
  examples('allow, deny explicitly and deny implicitly', { identity, resource }, [
    ['allow', { principal: carlos, action: 's3:PutObject', resource: 'arn:aws:s3:::carlossalazar/object' }],
    ['allow', { principal: carlos, action: 's3:ListAllMyBuckets', resource: 'arn:aws:s3:::*' }],
    ['explicitDeny', { principal: carlos, action: 's3:ListBucket', resource: 'arn:aws:s3:::logs' }],
    ['implicitDeny', { principal: carlos, action: 's3:ListBucket', resource: 'arn:aws:s3:::other' }],
  ])
  examples('allow by the resource’s policy alone', { resource }, [
    ['allow', { principal: carlos, action: 's3:PutObject', resource: 'arn:aws:s3:::carlossalazar/object' }],
    ['implicitDeny', { action: 's3:PutObject', resource: 'arn:aws:s3:::carlossalazar/object' }],
    ['explicitDeny', { action: 's3:DeleteObject', resource: 'arn:aws:s3:::carlossalazar/object' }],
  ])
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
examples(
  'a permissions boundary limits, and grants nothing itself',
  {
    identity: [document({ Effect: 'Allow', Action: ['iam:CreateUser', 's3:GetObject'], Resource: '*' })],
    boundary: document({ Effect: 'Allow', Action: ['s3:*', 'cloudwatch:*', 'ec2:*'], Resource: '*' }),
  },
  [
    ['implicitDeny', { action: 'iam:CreateUser' }],
    ['allow', { action: 's3:GetObject' }],
    ['implicitDeny', { action: 'ec2:RunInstances' }],
  ],
)

describe('example policies', () => {
  // …/reference_policies_examples_aws_deny-requested-region.html
  examples(
    'AWS: denies access based on the requested Region',
    {
      identity: [
        document(
          { Effect: 'Allow', Action: '*', Resource: '*' },
          {
            Sid: 'DenyAllOutsideRequestedRegions',
            Effect: 'Deny',
            NotAction: ['cloudfront:*', 'iam:*', 'organizations:*', 'route53:*', 'support:*'],
            Resource: '*',
            Condition: {
              StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'] },
            },
          },
        ),
      ],
    },
    [
      ['allow', { action: 'ec2:RunInstances', keys: { 'aws:RequestedRegion': 'eu-west-2' } }],
      ['explicitDeny', { action: 'ec2:RunInstances', keys: { 'aws:RequestedRegion': 'us-east-1' } }],
      ['allow', { action: 'iam:CreateUser', keys: { 'aws:RequestedRegion': 'us-east-1' } }],
      ['explicitDeny', { action: 'ec2:RunInstances' }],
    ],
  )

  // …/reference_policies_examples_aws_deny-ip.html
  examples(
    'AWS: denies access based on the source IP',
    {
      identity: [
        document(
          { Effect: 'Allow', Action: '*', Resource: '*' },
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: {
              NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
              Bool: { 'aws:ViaAWSService': 'false' },
            },
          },
        ),
      ],
    },
    [
      ['allow', { action: 's3:GetObject', keys: { 'aws:SourceIp': '192.0.2.9', 'aws:ViaAWSService': 'false' } }],
      [
        'explicitDeny',
        { action: 's3:GetObject', keys: { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'false' } },
      ],
      ['allow', { action: 's3:GetObject', keys: { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'true' } }],
    ],
  )

  // …/reference_policies_examples_ec2-start-stop-match-tags.html
  const instance = { action: 'ec2:StopInstances', resource: `arn:aws:ec2:us-east-1:${account}:instance/i-1` }
  examples(
    'EC2: starts or stops instances, matching the tags of caller and resource',
    {
      identity: [
        document({
          Effect: 'Allow',
          Action: ['ec2:StartInstances', 'ec2:StopInstances'],
          Resource: 'arn:aws:ec2:*:*:instance/*',
          Condition: { StringEquals: { 'aws:ResourceTag/CostCenter': '${aws:PrincipalTag/CostCenter}' } },
        }),
      ],
    },
    [
      [
        'allow',
        { ...instance, principal: user('a', { costcenter: '7' }), keys: { 'aws:ResourceTag/CostCenter': '7' } },
      ],
      [
        'implicitDeny',
        { ...instance, principal: user('a', { CostCenter: '8' }), keys: { 'aws:ResourceTag/CostCenter': '7' } },
      ],
      ['implicitDeny', { ...instance, keys: { 'aws:ResourceTag/CostCenter': '7' } }],
      ['implicitDeny', { ...instance, principal: user('a', { CostCenter: '7' }) }],
    ],
  )

  // …/tutorial_attribute-based-access-control.html
  const secret = { action: 'secretsmanager:CreateSecret', principal: user('a', { 'access-project': 'peg' }) }
  examples(
    'ABAC: tags of a request must match the caller’s, and be no others',
    {
      identity: [
        document({
          Effect: 'Allow',
          Action: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
          Resource: '*',
          Condition: {
            StringEquals: { 'aws:RequestTag/access-project': '${aws:PrincipalTag/access-project}' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': ['access-project', 'cost-center', 'Name'] },
          },
        }),
      ],
    },
    [
      [
        'allow',
        { ...secret, keys: { 'aws:RequestTag/access-project': 'peg', 'aws:TagKeys': ['access-project', 'Name'] } },
      ],
      [
        'implicitDeny',
        { ...secret, keys: { 'aws:RequestTag/access-project': 'uni', 'aws:TagKeys': ['access-project'] } },
      ],
      [
        'implicitDeny',
        { ...secret, keys: { 'aws:RequestTag/access-project': 'peg', 'aws:TagKeys': ['access-project', 'x'] } },
      ],
      ['implicitDeny', secret],
    ],
  )

  // …/id_roles_common-scenarios_third-party.html
  const partner: Principal = { type: 'Account', arn: 'arn:aws:iam::111122223333:root', account: '111122223333' }
  examples(
    'roles: a third party must know the external id',
    {
      sameAccount: false,
      // The partner's own account lets it.
      identity: [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })],
      resource: document({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: '111122223333' },
        Resource: '*',
        Condition: { StringEquals: { 'sts:ExternalId': '12345' } },
      }),
    },
    [
      ['allow', { action: 'sts:AssumeRole', principal: partner, keys: { 'sts:ExternalId': '12345' } }],
      ['implicitDeny', { action: 'sts:AssumeRole', principal: partner, keys: { 'sts:ExternalId': '1234' } }],
      ['implicitDeny', { action: 'sts:AssumeRole', principal: partner }],
    ],
  )
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe('condition operators', () => {
  const when = (Condition: object): Partial<PolicySet> => ({
    identity: [document({ Effect: 'Allow', Action: '*', Resource: '*', Condition })],
  })
  const with_ = (key: string, ...values: readonly ContextValue[]): readonly Asked[] =>
    values.map((value) => ({ action: 's3:ListBucket', keys: { [key]: value } }))
  const outcomes = (condition: object, asked: readonly Asked[]): readonly boolean[] =>
    asked.map((each) => decide(when(condition), each) === 'allow')

  test.each<[condition: object, key: string, values: readonly ContextValue[], expected: readonly boolean[]]>([
    [
      { StringEquals: { 'aws:PrincipalTag/job-category': 'iamuser-admin' } },
      'aws:PrincipalTag/job-category',
      ['iamuser-admin', 'IAMUser-Admin', undefined],
      [true, false, false],
    ],
    [{ StringEqualsIgnoreCase: { 'aws:userid': 'ABC' } }, 'AWS:UserID', ['abc', 'abd'], [true, false]],
    [
      { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/'] } },
      's3:prefix',
      ['', 'home/', 'home/ada/', 'home/bob/'],
      [true, true, true, false],
    ],
    [{ StringNotLike: { 's3:prefix': 'secret*' } }, 's3:prefix', ['secrets', 'open', undefined], [false, true, true]],
    [
      { StringLikeIfExists: { 'ec2:InstanceType': ['t1.*', 't2.*', 'm3.*'] } },
      'ec2:InstanceType',
      ['t2.micro', 'c5.large', undefined],
      [true, false, true],
    ],
    [
      { NumericLessThanEquals: { 's3:max-keys': '10' } },
      's3:max-keys',
      ['10', '11', 'ten', undefined],
      [true, false, false, false],
    ],
    [
      { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } },
      'aws:TokenIssueTime',
      ['2020-01-01T00:00:02Z', '2020-01-01T00:00:01Z', '1577836803'],
      [true, false, true],
    ],
    [
      { Bool: { 'aws:SecureTransport': 'false' } },
      'aws:SecureTransport',
      ['false', 'true', undefined],
      [true, false, false],
    ],
    [
      { BinaryEquals: { 'a:key': 'QmluYXJ5VmFsdWVJbkJhc2U2NA==' } },
      'a:key',
      ['QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5'],
      [true, false],
    ],
    [
      { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:DB8:1234:5678::/64'] } },
      'aws:SourceIp',
      ['203.0.113.255', '203.0.114.0', '2001:db8:1234:5678::9'],
      [true, false, true],
    ],
    [
      { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:123456789012:*' } },
      'aws:SourceArn',
      ['arn:aws:sns:us-east-1:123456789012:TOPIC', 'arn:aws:sns:us-west-2:123456789012:TOPIC'],
      [true, false],
    ],
    [{ Null: { 'aws:TokenIssueTime': 'true' } }, 'aws:TokenIssueTime', [undefined, '1577836803'], [true, false]],
    [
      { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['ID', 'Message', 'Tags'] } },
      'dynamodb:Attributes',
      [['ID', 'Message'], ['ID', 'UserName'], [], undefined],
      [true, false, true, true],
    ],
    [
      { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['webserver'] } },
      'aws:TagKeys',
      [['webserver', 'x'], ['x'], [], undefined],
      [true, false, false, false],
    ],
    [
      { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['webserver'] } },
      'aws:TagKeys',
      [['webserver', 'x'], ['webserver']],
      [true, false],
    ],
  ])('%j', (condition, key, values, expected) => {
    expect(outcomes(condition, with_(key, ...values))).toEqual(expected)
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
test.each<[principal: Principal, keys: readonly ContextValue[]]>([
  [{ type: 'Account', arn: `arn:aws:iam::${account}:root`, account, userId: account }, ['Account', undefined, account]],
  [user('staff/ada'), ['User', 'ada', 'AIDAstaff/ada']],
  [
    { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/Bob`, account, userId: `${account}:Bob` },
    ['FederatedUser', undefined, `${account}:Bob`],
  ],
  [
    { type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/r/s`, account, userId: 'AROAX:s' },
    ['AssumedRole', undefined, 'AROAX:s'],
  ],
  [{ type: 'Anonymous', arn: 'anonymous' }, ['Anonymous', undefined, undefined]],
  [{ type: 'Service', arn: 'x.amazonaws.com' }, [undefined, undefined, undefined]],
])('what keys say of %j', (principal, expected) => {
  const keys = ['aws:principaltype', 'aws:username', 'aws:userid'].map((key) => principalKey(principal, key))
  expect(keys).toEqual(expected)
})
