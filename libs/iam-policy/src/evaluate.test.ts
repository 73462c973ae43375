// Deciding requests: the truth tables of the documentation, and its examples.
import { describe, expect, test } from 'vitest'
import { describeDenial } from './denial.ts'
import { evaluate, type PolicySet } from './evaluate.ts'
import { type CompiledPolicy, parsePolicy } from './parse.ts'
import { anonymous, createContext, type EvaluationRequest, type Principal } from './request.ts'

const account = '111122223333'
const user: Principal = {
  type: 'User',
  arn: `arn:aws:iam::${account}:user/ada`,
  account,
  userId: 'AIDAEXAMPLEEXAMPLE01',
}
const session: Principal = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/deploy/build`,
  account,
  userId: 'AROAEXAMPLEEXAMPLE01:build',
}
const root: Principal = { type: 'Account', arn: `arn:aws:iam::${account}:root`, account }
const resource = `arn:aws:execute-api:us-east-1:${account}:abc/prod/GET/pets`

function requestOf(principal: Principal, keys: Record<string, string | string[]> = {}): EvaluationRequest {
  return { principal, action: 'execute-api:Invoke', resource, context: createContext(Object.entries(keys)) }
}

function policy(effect: 'Allow' | 'Deny', more: object = {}): CompiledPolicy {
  return parsePolicy({ Version: '2012-10-17', Statement: { Effect: effect, Action: '*', Resource: '*', ...more } })
}

function decide(policies: Partial<PolicySet>, principal: Principal = user): string {
  return evaluate({ identity: [], sameAccount: true, ...policies }, requestOf(principal)).decision
}

type Side = 'allow' | 'neither' | 'deny'

/** A policy that says so of every request. */
function saying(side: Side, principal?: unknown): CompiledPolicy {
  const more = principal === undefined ? {} : { Principal: principal }
  if (side === 'neither') return policy('Allow', { Action: 's3:*', ...more })
  return policy(side === 'allow' ? 'Allow' : 'Deny', more)
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html, tables A and B.
describe('a caller', () => {
  test.each<[identity: Side, resource: Side, same: string, cross: string]>([
    ['allow', 'allow', 'allow', 'allow'],
    ['allow', 'neither', 'allow', 'implicitDeny'],
    ['allow', 'deny', 'explicitDeny', 'explicitDeny'],
    ['neither', 'allow', 'allow', 'implicitDeny'],
    ['neither', 'neither', 'implicitDeny', 'implicitDeny'],
    ['neither', 'deny', 'explicitDeny', 'explicitDeny'],
    ['deny', 'allow', 'explicitDeny', 'explicitDeny'],
    ['deny', 'neither', 'explicitDeny', 'explicitDeny'],
    ['deny', 'deny', 'explicitDeny', 'explicitDeny'],
  ])('whose policies say %s, at a resource whose policy says %s', (identity, byResource, same, cross) => {
    for (const principal of [{ AWS: user.arn }, '*']) {
      const policies = { identity: [saying(identity)], resource: saying(byResource, principal) }
      expect(decide({ ...policies, sameAccount: true })).toBe(same)
      expect(decide({ ...policies, sameAccount: false })).toBe(cross)
    }
  })

  test('without any policies is denied', () => {
    expect(decide({})).toBe('implicitDeny')
    expect(decide({ sameAccount: false })).toBe('implicitDeny')
  })

  test("who is the root user needs no policies in the own account, and the resource's in another", () => {
    expect(decide({}, root)).toBe('allow')
    expect(decide({ sameAccount: false }, root)).toBe('implicitDeny')
    expect(decide({ sameAccount: false, resource: saying('allow', { AWS: account }) }, root)).toBe('allow')
    expect(decide({ resource: saying('deny', { AWS: account }) }, root)).toBe('explicitDeny')
  })

  test("who is anonymous has the resource's policy alone", () => {
    expect(decide({ resource: saying('allow', '*') }, anonymous)).toBe('allow')
    expect(decide({ resource: saying('neither', '*') }, anonymous)).toBe('implicitDeny')
    expect(decide({ resource: saying('deny', '*') }, anonymous)).toBe('explicitDeny')
    expect(decide({ resource: saying('allow', { AWS: account }) }, anonymous)).toBe('implicitDeny')
  })

  test('whose account is named needs a grant of its own policies too', () => {
    const byAccount = saying('allow', { AWS: account })
    expect(decide({ resource: byAccount })).toBe('implicitDeny')
    expect(decide({ resource: byAccount, identity: [saying('allow')] })).toBe('allow')
    expect(decide({ resource: byAccount, identity: [saying('allow')], sameAccount: false })).toBe('allow')
    expect(decide({ resource: saying('deny', { AWS: account }), identity: [saying('allow')] })).toBe('explicitDeny')
  })

  test("whom a resource's policy does not name gets nothing from it", () => {
    expect(decide({ resource: policy('Allow') })).toBe('implicitDeny')
    expect(decide({ resource: policy('Deny'), identity: [saying('allow')] })).toBe('allow')
  })
})

describe('a limit', () => {
  const roleArn = `arn:aws:iam::${account}:role/deploy`
  const limits = {
    boundary: (side: Side) => ({ boundary: saying(side) }),
    session: (side: Side) => ({ session: [saying(side)] }),
  }

  for (const [name, limit] of Object.entries(limits)) {
    test(`by a ${name} policy must grant as well`, () => {
      const identity = [saying('allow')]
      expect(decide({ identity, ...limit('allow') }, session)).toBe('allow')
      expect(decide({ identity, ...limit('neither') }, session)).toBe('implicitDeny')
      expect(decide({ identity, ...limit('deny') }, session)).toBe('explicitDeny')
      expect(decide({ ...limit('allow') }, session)).toBe('implicitDeny')
    })

    test(`by a ${name} policy holds for a grant to the role, not for one to the session`, () => {
      const toRole = saying('allow', { AWS: roleArn })
      const toSession = saying('allow', { AWS: session.arn })
      expect(decide({ resource: toRole }, session)).toBe('allow')
      expect(decide({ resource: toRole, ...limit('neither') }, session)).toBe('implicitDeny')
      expect(decide({ resource: toSession, ...limit('neither') }, session)).toBe('allow')
      expect(decide({ resource: toSession, ...limit('deny') }, session)).toBe('explicitDeny')
    })
  }

  test('by an endpoint policy comes before all grants', () => {
    const granted = { identity: [saying('allow')], resource: saying('allow', { AWS: user.arn }) }
    expect(decide({ ...granted, endpoint: saying('allow', '*') })).toBe('allow')
    expect(decide({ ...granted, endpoint: saying('neither', '*') })).toBe('implicitDeny')
    expect(decide({ ...granted, endpoint: saying('deny', '*') })).toBe('explicitDeny')
  })

  test('by session policies that are all gone grants nothing', () => {
    expect(decide({ identity: [saying('allow')], session: [] }, session)).toBe('implicitDeny')
    expect(decide({ resource: saying('allow', { AWS: session.arn }), session: [] }, session)).toBe('allow')
  })

  test('of a resource that only its own policy opens', () => {
    const trust = { resourceMustAllow: true, identity: [saying('allow')] }
    expect(decide({ ...trust, resource: saying('neither', '*') })).toBe('implicitDeny')
    expect(decide({ ...trust, resource: saying('allow', { AWS: account }) })).toBe('allow')
    expect(decide({ ...trust, identity: [], resource: saying('allow', { AWS: account }) })).toBe('implicitDeny')
    expect(decide({ ...trust, identity: [], resource: saying('allow', { AWS: user.arn }) })).toBe('allow')
  })

  test('of several session policies one grant is enough', () => {
    const identity = [saying('allow')]
    expect(decide({ identity, session: [saying('neither'), saying('allow')] }, session)).toBe('allow')
  })
})

describe('the deciding statement', () => {
  const identity = [
    policy('Allow', { Action: 's3:*', Sid: 'Other' }),
    parsePolicy({
      Statement: [
        { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
        { Sid: 'Invoke', Effect: 'Allow', Action: 'execute-api:*', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    }),
  ]

  test('is named for an allow and for an explicit deny', () => {
    const policies = { identity, sameAccount: true }
    expect(evaluate(policies, requestOf(user))).toEqual({
      decision: 'allow',
      statement: { source: 'identity', policyIndex: 1, sid: 'Invoke', position: 1 },
      missing: undefined,
    })
    expect(evaluate(policies, requestOf(user, { 'aws:SecureTransport': 'false' }))).toEqual({
      decision: 'explicitDeny',
      statement: { source: 'identity', policyIndex: 1, sid: undefined, position: 2 },
      missing: undefined,
    })
  })

  test.each<[missing: string, policies: Partial<PolicySet>, who: Principal]>([
    ['identity', {}, user],
    ['identity', { resource: saying('neither', '*'), identity: [saying('neither')] }, user],
    ['resource', { resource: saying('neither', '*') }, anonymous],
    ['resource', { identity: [saying('allow')], sameAccount: false }, user],
    ['boundary', { identity: [saying('allow')], boundary: saying('neither') }, user],
    ['session', { identity: [saying('allow')], session: [saying('neither')] }, session],
    ['endpoint', { identity: [saying('allow')], endpoint: saying('neither', '*') }, user],
  ])('is missing in the %s policies', (missing, policies, who) => {
    expect(evaluate({ identity: [], sameAccount: true, ...policies }, requestOf(who))).toEqual({
      decision: 'implicitDeny',
      statement: undefined,
      missing,
    })
  })
})

describe('a denial in words', () => {
  function words(policies: Partial<PolicySet>, isVerbose: boolean, principal: Principal = user): string {
    const request = requestOf(principal)
    const decision = evaluate({ identity: [], sameAccount: true, ...policies }, request)
    return describeDenial(decision, request, { isVerbose, resource: 'RARN' })
  }

  test('is short', () => {
    expect(words({}, false)).toBe(
      `User: arn:aws:iam::${account}:user/ada is not authorized to perform: execute-api:Invoke on resource: RARN`,
    )
    expect(words({ identity: [saying('deny')] }, false)).toBe(
      `User: arn:aws:iam::${account}:user/ada is not authorized to perform: execute-api:Invoke on resource: RARN with an explicit deny`,
    )
    expect(words({ resource: saying('neither', '*') }, false, anonymous)).toBe(
      'User: anonymous is not authorized to perform: execute-api:Invoke on resource: RARN',
    )
  })

  test.each<[Partial<PolicySet>, string]>([
    [{}, 'because no identity-based policy allows the execute-api:Invoke action'],
    [
      { identity: [saying('allow')], sameAccount: false },
      'because no resource-based policy allows the execute-api:Invoke action',
    ],
    [
      { identity: [saying('allow')], session: [saying('neither')] },
      'because no session policy allows the execute-api:Invoke action',
    ],
    [
      { identity: [saying('allow')], boundary: saying('neither') },
      'because no permissions boundary allows the execute-api:Invoke action',
    ],
    [{ endpoint: saying('neither', '*') }, 'because no VPC endpoint policy allows the execute-api:Invoke action'],
    [{ identity: [saying('deny')] }, 'with an explicit deny in an identity-based policy'],
    [{ resource: saying('deny', '*') }, 'with an explicit deny in a resource-based policy'],
    [{ boundary: saying('deny') }, 'with an explicit deny in a permissions boundary'],
    [{ session: [saying('deny')] }, 'with an explicit deny in a session policy'],
    [{ endpoint: saying('deny', '*') }, 'with an explicit deny in a VPC endpoint policy'],
  ])('names the policy on demand: %#', (policies, ending) => {
    expect(words(policies, true)).toBe(
      `User: arn:aws:iam::${account}:user/ada is not authorized to perform: execute-api:Invoke on resource: RARN ${ending}`,
    )
  })

  test('shows the resource as it was asked for', () => {
    const request = requestOf(user)
    expect(describeDenial(evaluate({ identity: [], sameAccount: true }, request), request)).toMatch(
      /:abc\/prod\/GET\/pets$/,
    )
  })
})

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
describe("API Gateway's examples of resource policies", () => {
  const stages = `arn:aws:execute-api:us-east-1:${account}:abc/*`

  test('deny by source address', () => {
    const example = parsePolicy(
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: [stages] },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'execute-api:Invoke',
            Resource: [stages],
            Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.0/24'] } },
          },
        ],
      },
      { kind: 'resource' },
    )
    const from = (address: string): string =>
      evaluate(
        { identity: [], resource: example, sameAccount: true },
        requestOf(anonymous, { 'aws:SourceIp': address }),
      ).decision
    expect([from('192.0.2.7'), from('198.51.100.255'), from('203.0.113.1')]).toEqual([
      'explicitDeny',
      'explicitDeny',
      'allow',
    ])
  })

  test('roles of another account', () => {
    const role = 'arn:aws:iam::444455556666:role/developer'
    const example = parsePolicy(
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: [role] },
            Action: 'execute-api:Invoke',
            Resource: [`${stages.slice(0, -1)}prod/GET/pets`],
          },
        ],
      },
      { kind: 'resource' },
    )
    const developer: Principal = {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::444455556666:assumed-role/developer/x',
      account: '444455556666',
    }
    const policies = { resource: example, sameAccount: false }
    expect(decide({ ...policies, identity: [saying('allow')] }, developer)).toBe('allow')
    expect(decide({ ...policies, identity: [saying('neither')] }, developer)).toBe('implicitDeny')
    expect(decide({ ...policies, identity: [saying('allow')] })).toBe('implicitDeny')
  })

  test('only through one VPC endpoint', () => {
    const example = parsePolicy(
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'execute-api:Invoke',
            Resource: stages,
            Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
          },
          { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: stages },
        ],
      },
      { kind: 'resource' },
    )
    const through = (keys: Record<string, string>): string =>
      evaluate({ identity: [], resource: example, sameAccount: true }, requestOf(anonymous, keys)).decision
    expect(through({ 'aws:sourceVpce': 'vpce-1' })).toBe('allow')
    expect(through({ 'aws:sourceVpce': 'vpce-2' })).toBe('explicitDeny')
    expect(through({})).toBe('explicitDeny')
  })
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples.html
describe("IAM's examples", () => {
  test("every user has a folder, whose name is the user's", () => {
    const example = parsePolicy(
      {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::bucket/home/${aws:username}/*' },
      },
      { kind: 'identity' },
    )
    const reads = (path: string): string =>
      evaluate(
        { identity: [example], sameAccount: true },
        {
          ...requestOf(user, { 'aws:username': 'ada' }),
          action: 's3:GetObject',
          resource: `arn:aws:s3:::bucket/home/${path}`,
        },
      ).decision
    expect([reads('ada/notes/1'), reads('bob/notes'), reads('ada')]).toEqual(['allow', 'implicitDeny', 'implicitDeny'])
  })

  test('between two dates', () => {
    const example = policy('Allow', {
      Condition: {
        DateGreaterThan: { 'aws:CurrentTime': '2026-04-01T00:00:00Z' },
        DateLessThan: { 'aws:CurrentTime': '2026-06-30T23:59:59Z' },
      },
    })
    const at = (time: string): string =>
      evaluate({ identity: [example], sameAccount: true }, requestOf(user, { 'aws:CurrentTime': time })).decision
    expect([at('2026-03-31T12:00:00Z'), at('2026-05-01T12:00:00Z'), at('2026-07-01T00:00:00Z')]).toEqual([
      'implicitDeny',
      'allow',
      'implicitDeny',
    ])
  })

  test('all but a few actions need a second factor', () => {
    const example = parsePolicy({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          NotAction: ['iam:*', 'sts:GetSessionToken'],
          Resource: '*',
          Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': false } },
        },
      ],
    })
    const does = (action: string, keys: Record<string, string>): string =>
      evaluate({ identity: [example], sameAccount: true }, { ...requestOf(user, keys), action }).decision
    const mfa = 'aws:MultiFactorAuthPresent'
    expect(does('execute-api:Invoke', { [mfa]: 'true' })).toBe('allow')
    expect(does('execute-api:Invoke', { [mfa]: 'false' })).toBe('explicitDeny')
    expect(does('execute-api:Invoke', {})).toBe('explicitDeny')
    expect(does('sts:GetSessionToken', {})).toBe('allow')
  })
})
