// Policy documents: what is accepted, and IAM's words for what is not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { PolicyFault } from './fault.ts'
import { type ParseOptions, parsePolicy, type PolicyKind } from './parse.ts'
import { anonymous, createContext } from './request.ts'

const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }

function faultOf(document: unknown, options?: ParseOptions): PolicyFault {
  try {
    parsePolicy(document, options)
  } catch (fault) {
    if (fault instanceof PolicyFault) return fault
    throw fault
  }
  throw new Error('the policy was accepted')
}

/** The sentence for a statement that differs from a good one. */
function sentence(change: object, kind?: PolicyKind): string {
  return faultOf({ Version: '2012-10-17', Statement: { ...statement, ...change } }, { kind }).message
}

function allows(document: unknown, action: string, resource: string, options?: ParseOptions): boolean {
  const identity = [parsePolicy(document, options)]
  const request = { principal: anonymous, action, resource, context: createContext([]) }
  return evaluate({ identity, sameAccount: true }, request).decision === 'allow'
}

describe('a document', () => {
  test('is JSON text or its value', () => {
    const document = { Version: '2012-10-17', Id: 'x', Statement: [{ Sid: 'One', ...statement }, statement] }
    for (const form of [document, JSON.stringify(document, undefined, 2)]) {
      const { version, statements } = parsePolicy(form, { kind: 'identity' })
      expect(version).toBe('2012-10-17')
      expect(statements.map(({ sid, effect, position }) => [sid, effect, position])).toEqual([
        ['One', 'Allow', 0],
        [undefined, 'Allow', 1],
      ])
    }
  })

  test('without a version has the version of 2008, which knows no variables', () => {
    const document = { Statement: { ...statement, Resource: 'arn:aws:s3:::${aws:username}' } }
    expect(parsePolicy(document).version).toBe('2008-10-17')
    expect(allows(document, 'execute-api:Invoke', 'arn:aws:s3:::${aws:username}')).toBe(true)
    expect(allows({ ...document, Version: '2012-10-17' }, 'execute-api:Invoke', 'arn:aws:s3:::${aws:username}')).toBe(
      false,
    )
  })

  test.each<[unknown, string, path: string]>([
    ['', 'Syntax errors in policy.', '$'],
    ['{', 'Syntax errors in policy.', '$'],
    ['[]', 'Syntax errors in policy.', '$'],
    ['"x"', 'Syntax errors in policy.', '$'],
    [undefined, 'Syntax errors in policy.', '$'],
    [{}, 'Syntax errors in policy.', '$.Statement'],
    [{ Statement: [] }, 'Syntax errors in policy.', '$.Statement'],
    [{ Statement: 'x' }, 'Syntax errors in policy.', '$.Statement[0]'],
    [{ Statement: statement, Extra: 1 }, 'Syntax errors in policy.', '$.Extra'],
    [{ Statement: statement, Id: 1 }, 'Syntax errors in policy.', '$.Id'],
    [{ Statement: statement, Version: '2012-10-18' }, 'The policy must contain a valid version string', '$.Version'],
    [{ Statement: statement, Version: null }, 'The policy must contain a valid version string', '$.Version'],
    ['{"Statement":{},"__proto__":{}}', 'Syntax errors in policy.', '$.__proto__'],
  ])('%j is refused', (document, message, path) => {
    const fault = faultOf(document)
    expect([fault.code, fault.message, fault.path]).toEqual(['MalformedPolicyDocument', message, path])
  })

  test('that is no JSON has its cause', () => {
    expect(faultOf('{').cause).toBeInstanceOf(SyntaxError)
    expect(faultOf('{', { kind: 'trust' }).message).toBe('This policy contains invalid Json')
  })
})

describe('a statement', () => {
  const both = { NotAction: 'a:b' }
  test.each([
    [{ Effect: undefined }, 'Missing required field Effect'],
    [{ Effect: 'allow' }, 'Syntax errors in policy.'],
    [{ Sid: 1 }, 'Syntax errors in policy.'],
    [{ Extra: 1 }, 'Syntax errors in policy.'],
    [both, 'Syntax errors in policy.'],
    [{ NotResource: '*' }, 'Syntax errors in policy.'],
    [{ Principal: '*', NotPrincipal: '*' }, 'Syntax errors in policy.'],
    [{ Action: [] }, 'Policy statement must contain actions.'],
    [{ Action: 1 }, 'Syntax errors in policy.'],
    [{ Action: 'Invoke' }, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    [{ Action: ['a:b', ':b'] }, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    [{ Resource: [] }, 'Policy statement must contain resources.'],
    [{ Resource: {} }, 'Syntax errors in policy.'],
    [{ Condition: 'x' }, 'Syntax errors in policy.'],
    [{ Condition: { StringEquals: 'x' } }, 'Syntax errors in policy.'],
    [{ Condition: { StringEquals: { 'a:b': {} } } }, 'Syntax errors in policy.'],
    [{ Condition: { StringEquals: { 'a:b': [null] } } }, 'Syntax errors in policy.'],
    [{ Condition: { StringEquals: { 'a:b': [] } } }, 'Syntax errors in policy.'],
    [
      { Condition: { StringEquals: { username: 'x' } } },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [{ Condition: { StringSame: { 'a:b': 'x' } } }, 'Invalid Condition type : StringSame.'],
    [{ Condition: { NullIfExists: { 'a:b': 'true' } } }, 'Invalid Condition type : NullIfExists.'],
    [{ Condition: { 'ForAllValues:Null': { 'a:b': 'true' } } }, 'Invalid Condition type : ForAllValues:Null.'],
    [{ Condition: { 'ForSome:StringEquals': { 'a:b': 'x' } } }, 'Invalid Condition type : ForSome:StringEquals.'],
    [{ Condition: { constructor: { 'a:b': 'x' } } }, 'Invalid Condition type : constructor.'],
  ])('with %j is refused', (change, message) => {
    expect(sentence(change)).toBe(message)
  })

  test('without an action or a resource is refused', () => {
    expect(faultOf({ Statement: { Effect: 'Allow', Resource: '*' } }).message).toBe(
      'Policy statement must contain actions.',
    )
    expect(faultOf({ Statement: { Effect: 'Allow', Action: '*' } }).message).toBe(
      'Policy statement must contain resources.',
    )
  })

  test('tells where it is wrong', () => {
    const { path } = faultOf({ Statement: [statement, { ...statement, Condition: { Bool: { 'a:b': 'x', c: 'y' } } }] })
    expect(path).toBe('$.Statement[1].Condition.Bool.c')
  })
})

describe('the policy of', () => {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'apigateway.amazonaws.com' } }

  test.each<[kind: PolicyKind, change: object, message: string]>([
    ['identity', { Principal: '*' }, 'Policy document should not specify a principal.'],
    ['identity', { NotPrincipal: '*' }, 'Policy document should not specify a principal.'],
    ['identity', { Resource: 'pets' }, 'Resource pets must be in ARN format or "*".'],
    [
      'identity',
      { Sid: 'not-alnum' },
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    ],
    ['resource', {}, 'Missing required field Principal'],
    ['resource', { Principal: '*', Resource: 'pets' }, 'Resource pets must be in ARN format or "*".'],
    ['trust', { Principal: '*' }, 'Has prohibited field Resource'],
  ])('%s with %j is refused', (kind, change, message) => {
    expect(sentence(change, kind)).toBe(message)
  })

  test('a role says who may assume it, and no resources', () => {
    expect(parsePolicy({ Statement: trust }, { kind: 'trust' }).statements).toHaveLength(1)
    const actionless = faultOf({ Statement: { ...trust, Action: [] } }, { kind: 'trust' })
    expect(actionless.message).toBe('Missing required field Action')
  })

  test('an identity names each statement once', () => {
    const twice = {
      Statement: [
        { Sid: 'a', ...statement },
        { Sid: 'a', ...statement },
      ],
    }
    expect(faultOf(twice, { kind: 'identity' }).message).toBe('Statement IDs (SID) in a single policy must be unique.')
    expect(parsePolicy(twice, { kind: 'any' }).statements).toHaveLength(2)
  })

  test('a resource may have a short form', () => {
    const arn = 'arn:aws:execute-api:us-east-1:111122223333:abc/'
    const expandResource = (resource: string): string => resource.replace(/^execute-api:\//, arn)
    const document = { Statement: { ...statement, Resource: 'execute-api:/prod/GET/*' } }
    expect(allows(document, 'execute-api:Invoke', `${arn}prod/GET/pets`, { expandResource })).toBe(true)
    expect(allows(document, 'execute-api:Invoke', `${arn}prod/POST/pets`, { expandResource })).toBe(false)
  })
})

describe('actions and resources', () => {
  test.each([
    [{ Action: 'EXECUTE-API:invoke' }, true],
    [{ Action: 'execute-api:*' }, true],
    [{ Action: 'execute-api:Inv?ke' }, true],
    [{ Action: '*' }, true],
    [{ Action: ['s3:*', 'execute-api:Invoke'] }, true],
    [{ Action: 'execute-api:Invoke2' }, false],
    [{ Action: 's3:*' }, false],
    [{ Resource: 'arn:aws:execute-api:*:*:abc/*' }, true],
    [{ Resource: 'arn:aws:execute-api:*/pets' }, true],
    [{ Resource: 'arn:aws:execute-api:us-east-1:111122223333:ABC/*' }, false],
    [{ Resource: ['arn:aws:s3:::x', 'arn:aws:*'] }, true],
  ])('%j: %s', (change, expected) => {
    const document = { Statement: { ...statement, ...change } }
    const resource = 'arn:aws:execute-api:us-east-1:111122223333:abc/prod/GET/pets'
    expect(allows(document, 'execute-api:Invoke', resource)).toBe(expected)
  })

  test('negated are about everything else', () => {
    const others = { Statement: { Effect: 'Allow', NotAction: ['s3:*', 'sqs:*'], NotResource: 'arn:aws:sns:*' } }
    expect(allows(others, 'execute-api:Invoke', 'arn:aws:execute-api:x')).toBe(true)
    expect(allows(others, 'S3:GetObject', 'arn:aws:execute-api:x')).toBe(false)
    expect(allows(others, 'execute-api:Invoke', 'arn:aws:sns:x')).toBe(false)
  })

  test('a variable without a value silences the statement, negated or not', () => {
    for (const name of ['Resource', 'NotResource']) {
      const document = {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: '*', [name]: 'arn:aws:s3:::${aws:username}' },
      }
      expect(allows(document, 's3:GetObject', 'arn:aws:s3:::x')).toBe(false)
    }
  })
})

test('a list of no resources speaks of none, where it may', () => {
  const options = { mayBeOfNoResource: true }
  const allowing = (change: object): object => ({ Statement: { Effect: 'Allow', Action: 'a:b', ...change } })
  expect(allows(allowing({ Resource: [] }), 'a:b', 'arn:x', options)).toBe(false)
  expect(allows(allowing({ NotResource: [] }), 'a:b', 'arn:x', options)).toBe(true)
  expect(faultOf(allowing({}), options).message).toBe('Policy statement must contain resources.')
})

describe('the size', () => {
  const document = { Statement: { ...statement, Sid: 'a'.repeat(100) } }
  const characters = JSON.stringify(document).length

  test('counts characters, but not white space', () => {
    const text = JSON.stringify(document, undefined, 8)
    expect(parsePolicy(text, { maxCharacters: characters }).statements).toHaveLength(1)
    const { code, message } = faultOf(text, { maxCharacters: characters - 1 })
    expect([code, message]).toEqual(['LimitExceeded', `Cannot exceed quota for PolicySize: ${characters - 1}`])
  })

  test('is bounded before anything is read', () => {
    expect(faultOf(' '.repeat(1_048_577)).code).toBe('LimitExceeded')
    expect(faultOf('['.repeat(1_000_000)).code).toBe('MalformedPolicyDocument')
    expect(faultOf(`{"Statement":${'['.repeat(100_000)}${']'.repeat(100_000)}}`).code).toBe('MalformedPolicyDocument')
  })
})

describe('the time', () => {
  const within = (limitMs: number, work: () => void): void => {
    const startMs = performance.now()
    work()
    expect(performance.now() - startMs).toBeLessThan(limitMs)
  }
  const request = {
    principal: anonymous,
    action: 'execute-api:Invoke',
    resource: 'arn:aws:execute-api:us-east-1:111122223333:abc/prod/GET/pets',
    context: createContext([]),
  }

  test('for ten thousand statements is short, and the default size does not let them in', () => {
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: Array.from({ length: 10_000 }, (_, index) => ({
        Effect: 'Allow',
        Action: `s3:Get${index}*`,
        Resource: `arn:aws:s3:::\${aws:username}/${index}/*`,
      })),
    })
    expect(faultOf(text).code).toBe('LimitExceeded')
    within(2_000, () => {
      const policy = parsePolicy(text, { maxCharacters: 1_000_000 })
      expect(policy.statements).toHaveLength(10_000)
      expect(evaluate({ identity: [policy], sameAccount: true }, request).decision).toBe('implicitDeny')
    })
  })

  test('for any pattern of stars is short', () => {
    const pieces = fc.array(fc.constantFrom('*', '?', 'a', 'b', '${a:b}', '*a'), { minLength: 1, maxLength: 60 })
    const subject = 'a'.repeat(2_000)
    const context = createContext([['a:b', 'a'.repeat(50)]])
    within(4_000, () =>
      fc.assert(
        fc.property(pieces, fc.constantFrom('ArnLike', 'StringLike', 'StringNotLike'), (parts, operator) => {
          const pattern = parts.join('').repeat(20)
          const condition = { [operator]: { 'a:c': pattern } }
          const document = {
            Version: '2012-10-17',
            Statement: { ...statement, Resource: pattern, Condition: condition },
          }
          const asked = { ...request, resource: `${subject}b`, context }
          expect(evaluate({ identity: [parsePolicy(document)], sameAccount: true }, asked).decision).toMatch(
            /Deny|allow/,
          )
        }),
      ),
    )
  })
})

describe('whatever is handed in, nothing but a PolicyFault is thrown', () => {
  function check(document: unknown): void {
    for (const kind of ['identity', 'resource', 'trust', 'any'] as const) {
      try {
        const policy = parsePolicy(document, { kind })
        const request = { principal: anonymous, action: 'a:b', resource: '*', context: createContext([['a:b', '1']]) }
        const { decision } = evaluate({ identity: [policy], resource: policy, sameAccount: true }, request)
        expect(decision).toMatch(/^(allow|explicitDeny|implicitDeny)$/)
      } catch (fault) {
        expect(fault).toBeInstanceOf(PolicyFault)
      }
    }
  }

  test('for any value', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), check))
  })

  test('for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), check))
  })

  test('for what looks much like a policy', () => {
    const known = ['*', 'a:b', 'arn:aws:iam::111122223333:root', 'Allow', 'Deny', '${a:b}', '${a:b', '2012-10-17']
    const odd = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...known) },
      fc.constantFrom<unknown>(1, true, null, [], {}, [[]], Number.NaN, undefined, '10.0.0.0/8', '2026-01-01'),
      fc.string({ maxLength: 5 }),
    )
    const dictionary = (names: readonly string[], values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 5 })
    const conditions = dictionary(
      ['StringLike', 'Null', 'IpAddress', 'ForAllValues:DateEquals', 'x'],
      fc.oneof(odd, dictionary(['a:b', '__proto__:x'], odd)),
    )
    const statements = fc.record(
      {
        Effect: fc.constantFrom('Allow', 'Deny'),
        Action: odd,
        Resource: fc.oneof(odd, fc.array(odd, { maxLength: 3 })),
        Principal: fc.oneof(odd, dictionary(['AWS', 'Service', 'x'], odd)),
        Condition: conditions,
      },
      { requiredKeys: ['Effect', 'Action', 'Resource'] },
    )
    const documents = fc.record({ Version: odd, Statement: fc.oneof(odd, statements) }, { requiredKeys: ['Statement'] })
    fc.assert(fc.property(documents, check), { numRuns: 500 })
  })
})
