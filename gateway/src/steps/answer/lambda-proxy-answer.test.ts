// Heads of streamed answers of Lambda proxy functions: who says how long the body is. REST 3.10.
import { expect, test } from 'vitest'
import { lambdaProxyAnswer, preludeDelimiter, streamedProxyHead } from './lambda-proxy-answer.ts'

const prelude = (head: object): Buffer => Buffer.from(JSON.stringify(head))
const json = ['Content-Type', 'application/json']

test('a streamed answer keeps the length that its function names', () => {
  const headers = { 'content-length': 5, 'X-A': 'b' }
  expect(streamedProxyHead(prelude({ statusCode: 201, headers, cookies: ['a=1', 'b=2'] }))).toEqual({
    status: 201,
    headers: ['Content-Length', '5', 'X-A', 'b', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', ...json],
  })
})

test.each([
  ['is no number', { headers: { 'Content-Length': 'x' } }, ['x']],
  ['has a sign', { headers: { 'Content-Length': '+5' } }, ['+5']],
  ['is a list', { headers: { 'Content-Length': '5, 5' } }, ['5, 5']],
  ['is named twice', { multiValueHeaders: { 'Content-Length': ['5', '6'] } }, ['5', '6']],
])('a length that %s frames nothing', (_case, head, lengths) => {
  const expected = lengths.flatMap((length) => ['x-amzn-Remapped-Content-Length', length])
  expect(streamedProxyHead(prelude(head)).headers).toEqual([...expected, ...json])
})

test('a streaming function that is invoked without streaming names no length of a body that nobody gets', () => {
  const payload = Buffer.concat([
    prelude({ headers: { 'Content-Length': '5' } }),
    preludeDelimiter,
    Buffer.from('hello'),
  ])
  expect(lambdaProxyAnswer(payload, () => false)).toEqual({
    status: 200,
    headers: ['x-amzn-Remapped-Content-Length', '5', ...json],
    body: '',
  })
})
