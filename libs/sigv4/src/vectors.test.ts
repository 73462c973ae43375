// Examples for API Gateway itself (service `execute-api`), made with the SDK's signer.
import { expect, test } from 'vitest'
import { canonicalPath, canonicalRequest } from './canonical.ts'
import { canonicalHeaders, signedNames } from './headers.ts'
import { payloadHash } from './payload.ts'
import { canonicalQuery } from './query.ts'
import type { SignableRequest } from './request.ts'
import { presign, sign } from './sign.ts'
import { verify } from './verify.ts'

const host = 'abcdef1234.execute-api.us-east-1.amazonaws.com'
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const temporaryKey = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey, sessionToken: 'TOKEN+/=' }
const options = { region: 'us-east-1', service: 'execute-api', date: Date.UTC(2025, 0, 15, 12) }
const empty = new Uint8Array(0)

test('a GET with an encoded path, an unsorted query and a header full of blanks', () => {
  const request: SignableRequest = {
    method: 'GET',
    path: '/prod/%40connections/a%C3%A4/x%20y',
    query: 'b=2&a=1&a=%20z&flag',
    rawHeaders: ['Host', host, 'X-Custom', '  a   b  '],
    body: empty,
  }
  const names = ['host', 'x-amz-date', 'x-custom']
  const canonical = canonicalRequest({
    method: request.method,
    path: canonicalPath(request.path, 'execute-api'),
    query: canonicalQuery(request.query, { omit: [], plusIsSpace: false }),
    headers: canonicalHeaders([...request.rawHeaders, 'X-Amz-Date', '20250115T120000Z'], signedNames(names.join(';'))),
    signedHeaders: names.join(';'),
    payloadHash: payloadHash(empty),
  })
  expect(canonical).toBe(
    [
      'GET',
      '/prod/%2540connections/a%25C3%25A4/x%2520y',
      'a=%20z&a=1&b=2&flag=',
      `host:${host}`,
      'x-amz-date:20250115T120000Z',
      'x-custom:a b',
      '',
      'host;x-amz-date;x-custom',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ].join('\n'),
  )
  expect(payloadHash(Buffer.from(canonical))).toBe('7fc87197340843fea08847e513d6d2bd699c986c0c827f5279dedd492109706c')
  expect(sign(request, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }, options)).toEqual([
    'x-amz-date',
    '20250115T120000Z',
    'authorization',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250115/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date;x-custom, Signature=94f31555a8971d9d6bca7a92f9fd728130d5f8db0c2f070bde7edf72b9d86bcb',
  ])
})

test('a POST with a temporary key', () => {
  const request: SignableRequest = {
    method: 'POST',
    path: '/prod/pets',
    query: '',
    rawHeaders: ['Host', host, 'Content-Type', 'application/json'],
    body: Buffer.from('{"a":1}'),
  }
  expect(sign(request, temporaryKey, options)).toEqual([
    'x-amz-date',
    '20250115T120000Z',
    'x-amz-security-token',
    'TOKEN+/=',
    'authorization',
    'AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20250115/us-east-1/execute-api/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=f8e768e7a1a5eae8e498c5bc8c4aac0d6a14f4be6f15231163af06eaecf2c220',
  ])
})

test('a presigned GET with a temporary key, in whatever order its query is sent', async () => {
  const request: SignableRequest = {
    method: 'GET',
    path: '/prod/pets',
    query: 'type=dog',
    rawHeaders: ['Host', host],
    body: empty,
  }
  const expected = '67604d2acf901a4113252fbe600ed13022be77c0ad87eb24544308b9901a6d09'
  const query = presign(request, temporaryKey, { ...options, expiresSeconds: 3_600 })
  expect(query.split('X-Amz-Signature=')[1]).toBe(expected)
  const reordered = `X-Amz-Signature=${expected}&${query.split('&').slice(0, -1).toReversed().join('&')}`
  const verified = await verify({ ...request, query: reordered }, { secretFor: () => temporaryKey, now: options.date })
  expect(verified.form).toBe('query')
})

test.each([
  ['/stage/%40connections/abc%3D', '/stage/%2540connections/abc%253D'],
  ['/$default/x', '/%24default/x'],
  ['/path/%C3%A4', '/path/%25C3%25A4'],
  ['', '/'],
  ['/a/b/../c//d/.', '/a/c/d'],
  ['/a/../../b/', '/b/'],
])('the path %s is signed as %s', (path, canonical) => {
  expect(canonicalPath(path, 'execute-api')).toBe(canonical)
})

test.each([
  ['/a%20b/(c)//./d', '/a%20b/%28c%29//./d'],
  ['/%7euser/%2f/50%', '/~user/%2F/50%25'],
  ['', '/'],
])('S3: the path %s is signed as %s', (path, canonical) => {
  expect(canonicalPath(path, 's3')).toBe(canonical)
})

test.each([
  ['a+b=c+d', 'a%2Bb=c%2Bd'],
  ['&&a&=b&&', '=b&a='],
  ['A=1&a=1&A-=1', 'A=1&A-=1&a=1'],
  ['n=%zz&n=%e4', 'n=%25zz&n=%E4'],
  ["n=*!'()", 'n=%2A%21%27%28%29'],
  ['a=b=c', 'a=b%3Dc'],
])('the query %s is signed as %s', (query, canonical) => {
  expect(canonicalQuery(query, { omit: [], plusIsSpace: false })).toBe(canonical)
})
