// What a simulation is told: the statements that speak of a request, and the keys that policies ask for.
import { expect, test } from 'vitest'
import { contextKeysOf, distinctKeys } from './context-keys.ts'
import { explain } from './explain.ts'
import { parsePolicy } from './parse.ts'
import { createContext } from './request.ts'

const user = { type: 'User', arn: 'arn:aws:iam::111122223333:user/ada', account: '111122223333' } as const
const request = {
  principal: user,
  action: 'S3:GetObject',
  resource: 'arn:aws:s3:::pets/cat',
  context: createContext([['aws:SecureTransport', 'false']]),
}

test('all statements that match are told, and all that speak of the action', () => {
  const identity = [
    parsePolicy({
      Statement: [
        { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::dogs/*' },
        { Effect: 'Deny', Action: 'sqs:*', Resource: '*' },
      ],
    }),
  ]
  const resource = parsePolicy({
    Statement: {
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  })
  const { decision, matched, touched } = explain({ identity, resource, sameAccount: true }, request)
  expect(decision.decision).toBe('explicitDeny')
  expect(matched).toEqual([
    { source: 'resource', policyIndex: 0, position: 0, effect: 'Deny' },
    { source: 'identity', policyIndex: 0, position: 0, effect: 'Allow' },
  ])
  expect(touched.map(({ source, position }) => [source, position])).toEqual([
    ['resource', 0],
    ['identity', 0],
    ['identity', 1],
  ])
})

test('keys stand in conditions and, since 2012, in variables', () => {
  const statements = [
    {
      Resource: ['arn:aws:s3:::${aws:username}/${*}', 'arn:aws:s3:::x'],
      Condition: {
        StringLike: { 's3:prefix': ["${aws:PrincipalTag/team, 'none'}/*", '$'], 'S3:Prefix': '' },
        Bool: { 'aws:SecureTransport': true },
      },
    },
    { NotResource: '${aws:userid}' },
  ]
  expect(contextKeysOf({ Version: '2012-10-17', Statement: statements })).toEqual([
    ['s3:prefix', 'aws:SecureTransport', 'aws:username', 'aws:PrincipalTag/team'],
    ['aws:userid'],
  ])
  expect(contextKeysOf({ Statement: statements })).toEqual([['s3:prefix', 'aws:SecureTransport'], []])
})

test('a key is one key in any case', () => {
  expect(distinctKeys(['aws:UserName', 'aws:username', '__proto__:x'])).toEqual(['aws:UserName', '__proto__:x'])
})
