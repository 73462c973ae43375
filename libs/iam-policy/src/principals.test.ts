// Whom a statement names, and how closely.
import { describe, expect, test } from 'vitest'
import { PolicyFault } from './fault.ts'
import { compileNotPrincipal, compilePrincipal } from './principals.ts'
import { anonymous, type Principal } from './request.ts'

const account = '111122223333'
const root: Principal = { type: 'Account', arn: `arn:aws:iam::${account}:root`, account, userId: account }
const user: Principal = {
  type: 'User',
  arn: `arn:aws:iam::${account}:user/team/ada`,
  account,
  userId: 'AIDAEXAMPLEEXAMPLE01',
  canonicalUserId: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
}
const session: Principal = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/deploy/build-7`,
  account,
  userId: 'AROAEXAMPLEEXAMPLE01:build-7',
}
const pathSession: Principal = { ...session, roleArn: `arn:aws:iam::${account}:role/ci/deploy` }
const federated: Principal = { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/bob`, account }
const service: Principal = { type: 'Service', arn: 'apigateway.amazonaws.com', provider: 'apigateway.amazonaws.com' }
const identity: Principal = { type: 'FederatedIdentity', arn: 'x', provider: 'accounts.google.com' }

describe('Principal', () => {
  test.each<[element: unknown, who: string, principal: Principal, naming: string | undefined]>([
    ['*', 'anonymous', anonymous, 'direct'],
    ['*', 'a user', user, 'limited'],
    [{ AWS: '*' }, 'anonymous', anonymous, 'direct'],
    [{ AWS: '*' }, 'a session', session, 'limited'],
    [{ AWS: '*' }, 'a service', service, 'direct'],
    [{ AWS: account }, 'its root user', root, 'direct'],
    [{ AWS: account }, 'its user', user, 'account'],
    [{ AWS: root.arn }, 'its session', session, 'account'],
    [{ AWS: `arn:aws-cn:iam::${account}:root` }, 'its user', user, 'account'],
    [{ AWS: '444455556666' }, 'another account', user, undefined],
    [{ AWS: account }, 'anonymous', anonymous, undefined],
    [{ AWS: user.arn }, 'that user', user, 'direct'],
    [{ AWS: user.userId }, 'that user, by id', user, 'direct'],
    [{ AWS: user.arn }, 'another caller', session, undefined],
    [{ AWS: `arn:aws:iam::${account}:user/team/Ada` }, 'the case of an ARN matters', user, undefined],
    [{ AWS: `arn:aws:iam::${account}:role/deploy` }, 'a session of the role', session, 'limited'],
    [{ AWS: `arn:aws:iam::${account}:role/deploy` }, 'a role of that name elsewhere', pathSession, undefined],
    [{ AWS: `arn:aws:iam::${account}:role/ci/deploy` }, 'a session of a role with a path', pathSession, 'limited'],
    [{ AWS: 'AROAEXAMPLEEXAMPLE01' }, 'a session of the role, by id', session, 'limited'],
    [{ AWS: session.arn }, 'that session', session, 'direct'],
    [{ AWS: [user.arn, account] }, 'the closest name counts', user, 'direct'],
    [{ AWS: [account, '*'] }, 'everyone is closer than the account', user, 'limited'],
    [{ AWS: federated.arn }, 'a federated user', federated, 'direct'],
    [{ Service: 'apigateway.amazonaws.com' }, 'that service', service, 'direct'],
    [{ Service: 'lambda.amazonaws.com' }, 'another service', service, undefined],
    [{ Service: '*' }, 'any service', service, 'direct'],
    [{ Federated: 'accounts.google.com' }, 'that provider', identity, 'direct'],
    [{ Federated: 'accounts.google.com' }, 'not a service', service, undefined],
    [{ CanonicalUser: user.canonicalUserId }, 'that user, by canonical id', user, 'direct'],
    [{ CanonicalUser: 'x', AWS: account }, 'kinds are alternatives', user, 'account'],
  ])('%j and %s', (element, _, principal, naming) => {
    expect(compilePrincipal(element, '$')(principal)).toBe(naming)
  })
})

describe('NotPrincipal', () => {
  test('spares whom it names, and takes all others', () => {
    const others = compileNotPrincipal({ AWS: [user.arn, root.arn] }, '$')
    expect([user, root, session, anonymous].map(others)).toEqual([undefined, undefined, 'limited', 'limited'])
  })

  test('an account in it spares its root user alone', () => {
    const others = compileNotPrincipal({ AWS: account }, '$')
    expect([user, root].map(others)).toEqual(['limited', undefined])
  })
})

describe('is refused', () => {
  test.each([
    [{ AWS: `arn:aws:iam::${account}:user/*` }, `Invalid principal in policy: "AWS":"arn:aws:iam::${account}:user/*"`],
    [{ AWS: 'arn:aws:iam::*:root' }, 'Invalid principal in policy: "AWS":"arn:aws:iam::*:root"'],
    [{ AWS: '12345' }, 'Invalid principal in policy: "AWS":"12345"'],
    ['ada', 'Invalid principal in policy: "ada"'],
    [{ Aws: '*' }, 'Invalid principal in policy: "Aws"'],
    [{ AWS: [] }, 'Syntax errors in policy.'],
    [{ AWS: 1 }, 'Syntax errors in policy.'],
    [{}, 'Syntax errors in policy.'],
    [null, 'Syntax errors in policy.'],
    [['*'], 'Syntax errors in policy.'],
  ])('%j', (element, message) => {
    const compile = (): unknown => compilePrincipal(element, '$')
    expect(compile).toThrow(PolicyFault)
    expect(compile).toThrow(message)
  })
})
