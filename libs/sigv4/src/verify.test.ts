// What a verifier refuses, and AWS's words for it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SignatureFault } from './fault.ts'
import { payloadHash } from './payload.ts'
import { parseCredentialScope } from './presented.ts'
import type { SignableRequest } from './request.ts'
import { describeFailure, type FailureAnswer, type FailureWords } from './sentences.ts'
import { presign, sign } from './sign.ts'
import { signingKey } from './signing-key.ts'
import { type KnownKey, verify, type VerifyOptions } from './verify.ts'

const host = 'abc.execute-api.us-east-1.amazonaws.com'
const now = Date.UTC(2025, 0, 15, 12)
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = { region: 'us-east-1', service: 'execute-api', date: now }
const options: VerifyOptions<KnownKey> = {
  secretFor: (accessKeyId) => (accessKeyId === key.accessKeyId ? key : undefined),
  now,
  service: 'execute-api',
  regions: ['us-east-1', 'local'],
}
const request: SignableRequest = {
  method: 'GET',
  path: '/prod/pets',
  query: 'type=dog',
  rawHeaders: ['Host', host],
  body: new Uint8Array(0),
}

function withHeaders(...added: readonly string[]): SignableRequest {
  return { ...request, rawHeaders: [...request.rawHeaders, ...added] }
}

/** The request, signed; each change is made to the authorization after signing. */
function signed(change: (authorization: string) => string = (same) => same, when = scope): SignableRequest {
  const added = sign(request, key, when)
  return withHeaders(...added.slice(0, -1), change(added.at(-1) ?? ''))
}

function presigned(
  change: (query: string) => string,
  credentials: typeof key & { sessionToken?: string } = key,
): SignableRequest {
  const query = presign(request, credentials, { ...scope, expiresSeconds: 60 })
  return { ...request, query: change(query) }
}

/** A request that says it signed these headers. */
function signedHeaders(names: string, ...added: readonly string[]): SignableRequest {
  const { rawHeaders, ...rest } = signed((authorization) =>
    authorization.replace(/SignedHeaders=[^,]*/, `SignedHeaders=${names}`),
  )
  return { ...rest, rawHeaders: [...rawHeaders, ...added] }
}

async function refusal(
  refused: SignableRequest,
  changes: Partial<VerifyOptions<KnownKey>> = {},
  words: FailureWords = {},
): Promise<FailureAnswer> {
  try {
    await verify(refused, { ...options, ...changes })
  } catch (fault) {
    if (fault instanceof SignatureFault) return describeFailure(fault.failure, words)
    throw fault
  }
  throw new Error('the request was not refused')
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const invalidToken = 'The security token included in the request is invalid.'

describe('a request without a usable signature', () => {
  test('that has none', async () => {
    expect(await refusal(request)).toEqual({
      status: 403,
      code: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    })
    expect(await refusal(request, {}, { dialect: 'query' })).toEqual({
      status: 403,
      code: 'MissingAuthenticationToken',
      message: 'Request is missing Authentication Token',
    })
  })

  test.each([
    {
      name: 'a bearer token',
      authorization: 'Bearer abc.def',
      message: "'abc.def' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc.def'.",
    },
    {
      name: 'a bare token',
      authorization: 'allow',
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=allow",
    },
    {
      name: 'a password',
      authorization: 'Basic dXNlcjpwYXNzMQ==',
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=Basic dXNlcjpwYXNzMQ==",
    },
    {
      name: 'a signature without a date',
      authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b',
      message:
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
    },
    {
      name: 'SigV4a',
      authorization: 'AWS4-ECDSA-P256-SHA256 Credential=a, SignedHeaders=host, Signature=b',
      message: "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
    },
  ])('that has $name', async ({ authorization, message }) => {
    const answer = await refusal(withHeaders('authorization', authorization), {}, { hashAuthorization: false })
    expect(answer).toEqual({ status: 403, code: 'IncompleteSignatureException', message })
  })

  test('whose header is not repeated to the caller, but its hash', async () => {
    const { message } = await refusal(withHeaders('authorization', 'allow', 'date', 'Wed, 15 Jan 2025 12:00:00 GMT'))
    expect(message).toBe(
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with Base64) Authorization=QQCDc1c1oQ5lihnt0XBOYGyd0RLiJYJbY/r+3tdmyLk=",
    )
  })

  test('that names a component twice', async () => {
    const { message } = await refusal(
      signed((authorization) => `${authorization}, Credential=other`),
      {},
      { hashAuthorization: false },
    )
    expect(message).toMatch(/^Authorization header requires 'Credential' parameter\. Authorization=AWS4/)
  })

  test('that presents half a query', async () => {
    expect(await refusal({ ...request, query: 'X-Amz-Signature=a&X-Amz-Credential=b' })).toEqual({
      status: 403,
      code: 'IncompleteSignatureException',
      message:
        "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    })
  })

  test('that is signed twice', async () => {
    const { rawHeaders } = signed()
    const { message } = await refusal({ ...presigned((query) => query), rawHeaders })
    expect(message).toMatch(/^Only one auth mechanism allowed; /)
  })

  test.each([
    [
      'AKID/20250115/us-east-1/execute-api',
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20250115/us-east-1/execute-api'",
    ],
    [
      '/20250115/us-east-1/execute-api/aws4_request',
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '/20250115/us-east-1/execute-api/aws4_request'",
    ],
  ])('whose credential is %s', async (credential, message) => {
    const refused = signed((authorization) => authorization.replace(/Credential=[^,]*/, `Credential=${credential}`))
    expect(await refusal(refused)).toEqual({ status: 403, code: 'IncompleteSignatureException', message })
  })

  test.each(['2025-01-15T12:00:00Z', '20251315T120000Z', ''])('whose date is "%s"', async (date) => {
    const refused = withHeaders('x-amz-date', date, 'authorization', sign(request, key, scope).at(-1) ?? '')
    expect(await refusal(refused)).toEqual({
      status: 403,
      code: 'IncompleteSignatureException',
      message: `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    })
  })

  test.each(['0', '604801', '-1', '1.5', 'x', '1e3'])('whose life is %s seconds', async (expires) => {
    const { code } = await refusal(presigned((query) => query.replace('Expires=60', `Expires=${expires}`)))
    expect(code).toBe('IncompleteSignatureException')
  })
})

describe('a signature for something else', () => {
  test.each([
    [
      'another service',
      'us-east-1/iam/aws4_request',
      "Credential should be scoped to correct service: 'execute-api'. ",
    ],
    ['another region', 'eu-west-1/execute-api/aws4_request', 'Credential should be scoped to a valid region. '],
    [
      'another everything',
      'eu-west-1/iam/aws5_request',
      "Credential should be scoped to correct service: 'execute-api'. Credential should be scoped to a valid region. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
    ],
  ])('%s', async (_, replacement, message) => {
    const refused = signed((authorization) => authorization.replace('us-east-1/execute-api/aws4_request', replacement))
    expect(await refusal(refused)).toEqual({ status: 403, code: 'InvalidSignatureException', message })
    expect((await refusal(refused, {}, { dialect: 'query' })).code).toBe('SignatureDoesNotMatch')
  })

  test('another day', async () => {
    const refused = signed((authorization) => authorization.replace('20250115', '20250114'))
    expect((await refusal(refused)).message).toBe(
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20250114' != '20250115', from '20250115T120000Z'.",
    )
  })

  test.each([
    ['host', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
    ['x-amz-date', "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization."],
  ])('without %s among the signed headers', async (name, message) => {
    const others = ['host', 'x-amz-date'].filter((other) => other !== name).join(';')
    const refused = signed((authorization) => authorization.replace('host;x-amz-date', others))
    expect((await refusal(refused)).message).toBe(message)
  })
})

describe('the clock', () => {
  test('a signature is good for five minutes, and not for a second more', async () => {
    expect((await verify(signed(), { ...options, now: now + 300_000 })).timestampMs).toBe(now)
    expect(await refusal(signed(), { now: now + 301_000 })).toEqual({
      status: 403,
      code: 'InvalidSignatureException',
      message: 'Signature expired: 20250115T120000Z is now earlier than 20250115T120001Z (20250115T120501Z - 5 min.)',
    })
  })

  test('a signature from the future is refused beyond five minutes', async () => {
    expect((await verify(signed(), { ...options, now: now - 300_000 })).timestampMs).toBe(now)
    expect((await refusal(signed(), { now: now - 301_000 })).message).toBe(
      'Signature not yet current: 20250115T120000Z is still later than 20250115T115959Z (20250115T115459Z + 5 min.)',
    )
  })

  test('the window can be wider', async () => {
    expect((await verify(signed(), { ...options, now: now + 900_000, skewMs: 900_000 })).timestampMs).toBe(now)
    expect((await refusal(signed(), { now: now + 901_000, skewMs: 900_000 })).message).toMatch(/ - 15 min\.\)$/)
  })

  test('a presigned query lives as long as it says', async () => {
    const url = presigned((query) => query)
    expect((await verify(url, { ...options, now: now + 60_000 })).form).toBe('query')
    expect((await refusal(url, { now: now + 61_000 })).message).toBe(
      'Signature expired: 20250115T120000Z is now earlier than 20250115T120001Z (20250115T120101Z - 1 min.)',
    )
  })

  test('a Date header serves in place of X-Amz-Date', async () => {
    const credential = 'AKIDEXAMPLE/20250115/us-east-1/execute-api/aws4_request'
    const text = [
      'AWS4-HMAC-SHA256\n20250115T120000Z\n20250115/us-east-1/execute-api/aws4_request',
      payloadHash(
        Buffer.from(
          `GET\n/prod/pets\ntype=dog\ndate:Wed, 15 Jan 2025 12:00:00 GMT\nhost:${host}\n\ndate;host\n${payloadHash(new Uint8Array(0))}`,
        ),
      ),
    ].join('\n')
    const proof = signingKey(key, { date: '20250115', region: 'us-east-1', service: 'execute-api' }).sign(text)
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=date;host, Signature=${proof}`
    const dated = withHeaders('Date', 'Wed, 15 Jan 2025 12:00:00 GMT', 'authorization', authorization)
    expect((await verify(dated, options)).timestampMs).toBe(now)
    expect((await refusal(withHeaders('Date', 'yesterday', 'authorization', authorization))).message).toMatch(
      /^Date must be in ISO-8601 'basic format'\. Got 'yesterday'\. /,
    )
  })
})

describe('the key', () => {
  test('that nobody knows', async () => {
    expect(await refusal(signed(), { secretFor: () => undefined })).toEqual({
      status: 403,
      code: 'UnrecognizedClientException',
      message: invalidToken,
    })
    expect((await refusal(signed(), { secretFor: () => undefined }, { dialect: 'query' })).code).toBe(
      'InvalidClientTokenId',
    )
  })

  const session = { ...key, sessionToken: 'TOKEN+/=' }

  test.each([
    { name: 'no token where one is needed', sent: {}, known: session },
    { name: 'another token', sent: { sessionToken: 'undefined' }, known: session },
    { name: 'a token where none is known', sent: session, known: key },
  ])('with $name', async ({ sent, known }) => {
    const refused = withHeaders(...sign(request, { ...key, ...sent }, scope))
    expect(await refusal(refused, { secretFor: () => known })).toEqual({
      status: 403,
      code: 'UnrecognizedClientException',
      message: invalidToken,
    })
  })

  test('whose session is over', async () => {
    const refused = withHeaders(...sign(request, session, scope))
    const secretFor = async (): Promise<KnownKey> => ({ ...session, expiresAtMs: now })
    expect(await refusal(refused, { secretFor })).toEqual({
      status: 403,
      code: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    })
    expect((await refusal(refused, { secretFor }, { dialect: 'query' })).status).toBe(400)
  })

  test('a token may have been added to a presigned query after signing', async () => {
    const url = presigned((query) => `${query}&X-Amz-Security-Token=TOKEN%2B%2F%3D`)
    expect((await verify(url, { ...options, secretFor: () => session })).sessionToken).toBe('TOKEN+/=')
  })
})

describe('a wrong signature', () => {
  const changed = { ...signed(), method: 'POST' }

  test('is refused in one sentence', async () => {
    expect(await refusal(changed)).toEqual({ status: 403, code: 'InvalidSignatureException', message: mismatch })
  })

  test('is explained on demand', async () => {
    const canonical =
      'POST\n/prod/pets\ntype=dog\nhost:abc.execute-api.us-east-1.amazonaws.com\nx-amz-date:20250115T120000Z\n\nhost;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    const { message } = await refusal(changed, {}, { revealCanonical: true })
    expect(message).toMatch(
      /The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20250115T120000Z\n20250115\/us-east-1\/execute-api\/aws4_request\n[0-9a-f]{64}'\n$/,
    )
    expect(
      message.startsWith(`${mismatch}\n\nThe Canonical String for this request should have been\n'${canonical}'`),
    ).toBe(true)
  })

  test.each(['', 'x', 'A'.repeat(64), '0'.repeat(64)])('whatever it is: "%s"', async (other) => {
    const { code } = await refusal(
      signed((authorization) => authorization.replace(/Signature=.*/, `Signature=${other}`)),
    )
    expect(code).toBe(other === '' ? 'IncompleteSignatureException' : 'InvalidSignatureException')
  })

  test('a list of signed headers that is not sorted is not the one that was signed', async () => {
    const refused = signed((authorization) => authorization.replace('host;x-amz-date', 'x-amz-date;host'))
    expect((await refusal(refused)).message).toBe(mismatch)
  })
})

describe('the payload', () => {
  const body = Buffer.from('{"a":1}')
  const sha256 = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862'

  function post(declared: string, sent: SignableRequest['body']): SignableRequest {
    const toSign = { ...withHeaders('x-amz-content-sha256', declared), method: 'POST', body }
    const unsigned = declared === 'UNSIGNED-PAYLOAD'
    const added = sign({ ...toSign, body: unsigned ? 'UNSIGNED' : body }, key, scope)
    return {
      ...toSign,
      rawHeaders: [...request.rawHeaders, ...(unsigned ? [] : ['x-amz-content-sha256', declared]), ...added],
      body: sent,
    }
  }

  test('that is the declared one', async () => {
    expect((await verify(post(sha256, body), options)).payload).toEqual({ kind: 'hashed', sha256, chunks: undefined })
  })

  test('that is another one', async () => {
    expect(await refusal(post(sha256, Buffer.from('{"a":2}')))).toEqual({
      status: 403,
      code: 'InvalidSignatureException',
      message: mismatch,
    })
  })

  test('that is not at hand: its declared hash is handed on', async () => {
    expect((await verify(post(sha256, 'UNSIGNED'), options)).payload).toEqual({
      kind: 'declared',
      sha256,
      chunks: undefined,
    })
  })

  test('that is not at hand and not declared', async () => {
    expect((await refusal({ ...signed(), body: 'UNSIGNED' })).message).toBe(
      'Missing required header for this request: x-amz-content-sha256',
    )
  })

  test.each([
    { name: 'is refused', allowUnsignedPayload: undefined, outcome: 'InvalidSignatureException' },
    { name: 'is taken where allowed', allowUnsignedPayload: true, outcome: 'unsigned' },
  ])('that was left unsigned $name', async ({ allowUnsignedPayload, outcome }) => {
    const unsigned = post('UNSIGNED-PAYLOAD', body)
    const kind = allowUnsignedPayload
      ? (await verify(unsigned, { ...options, allowUnsignedPayload })).payload.kind
      : (await refusal(unsigned)).code
    expect(kind).toBe(outcome)
  })

  test('a declaration that is not signed does not count', async () => {
    const declared = { ...signed(), rawHeaders: [...signed().rawHeaders, 'x-amz-content-sha256', sha256] }
    expect((await verify(declared, options)).payload.kind).toBe('hashed')
    expect((await refusal({ ...declared, body })).message).toBe(mismatch)
  })
})

describe('corners in which clients differ', () => {
  test('a path may be signed as it is, without normalising it', async () => {
    const added = sign({ ...request, path: '/prod//./pets' }, key, scope)
    expect((await verify({ ...withHeaders(...added), path: '/prod//./pets' }, options)).form).toBe('header')
    const bucket = sign({ ...request, path: '/prod//x' }, key, { ...scope, service: 's3' })
    expect((await verify({ ...withHeaders(...bucket), path: '/prod//x' }, { ...options, service: 's3' })).form).toBe(
      'header',
    )
  })

  test('a plus sign in a query may mean a blank', async () => {
    const added = sign({ ...request, query: 'q=a%20b' }, key, scope)
    expect((await verify({ ...withHeaders(...added), query: 'q=a+b' }, options)).form).toBe('header')
    const literal = sign({ ...request, query: 'q=a%2Bb' }, key, scope)
    expect((await verify({ ...withHeaders(...literal), query: 'q=a+b' }, options)).form).toBe('header')
  })

  test('a header in UTF-8 is signed as text, and read by Node as bytes', async () => {
    const added = sign(withHeaders('x-name', 'Jürgen à Paris'), key, scope)
    const asRead = Buffer.from('Jürgen à Paris').toString('latin1')
    expect((await verify(withHeaders('x-name', asRead, ...added), options)).form).toBe('header')
  })

  test('HTTP/2 sends the host as :authority', async () => {
    const added = sign(request, key, scope)
    const rawHeaders = [':method', 'GET', ':authority', host, ...added]
    expect((await verify({ ...request, rawHeaders }, options)).signedHeaders).toEqual(['host', 'x-amz-date'])
  })

  test('names like __proto__ are names', async () => {
    const odd = { ...withHeaders('__proto__', '1'), query: '__proto__=2&constructor' }
    const added = sign(odd, key, scope)
    expect((await verify({ ...odd, rawHeaders: [...odd.rawHeaders, ...added] }, options)).signedHeaders).toEqual([
      '__proto__',
      'host',
      'x-amz-date',
    ])
  })
})

describe('the credential scope', () => {
  const expected = { accessKeyId: 'AKIDEXAMPLE', date: '20250115', region: 'us-east-1', service: 'execute-api' }

  test('is read from the header', () => {
    expect(parseCredentialScope(signed())).toEqual(expected)
  })

  test('is read from a presigned query', () => {
    expect(parseCredentialScope(presigned((query) => query))).toEqual(expected)
  })

  test.each([
    request,
    withHeaders('authorization', 'Bearer x'),
    withHeaders('authorization', 'AWS4-HMAC-SHA256 Signature=x'),
    withHeaders('authorization', 'AWS4-HMAC-SHA256 Credential=a/b/c/d'),
    { ...request, query: 'X-Amz-Credential=a' },
  ])('is not there: %j', (unscoped) => {
    expect(parseCredentialScope(unscoped)).toBeUndefined()
  })
})

test('a request without a host header cannot be signed', () => {
  expect(() => sign({ ...request, rawHeaders: [] }, key, scope)).toThrow(TypeError)
})

test.each([0, 604_801, 1.5, Number.NaN])('a URL cannot live %d seconds', (expiresSeconds) => {
  expect(() => presign(request, key, { ...scope, expiresSeconds })).toThrow(RangeError)
})

test.each<[string, SignableRequest]>([
  [
    'a header that is signed a thousand times',
    signedHeaders(`host;${'a;'.repeat(20_000)}x-amz-date`, 'a', 'v'.repeat(50_000)),
  ],
  ['a thousand signed headers', signedHeaders(Array.from({ length: 5_000 }, (_, index) => `h${index}`).join(';'))],
  ['100 KB of commas', withHeaders('Authorization', `AWS4-HMAC-SHA256 ${','.repeat(100_000)}`)],
  ['100 KB of pairs', withHeaders('Authorization', `AWS4-HMAC-SHA256 ${'a=b,'.repeat(25_000)}`)],
  ['100 KB of blanks', signedHeaders('a;host;x-amz-date', 'a', `x${' '.repeat(100_000)}x`)],
  [
    '100 KB of a date',
    { ...signed(), rawHeaders: ['Host', host, 'Date', 'x'.repeat(100_000), ...signed().rawHeaders] },
  ],
  ['100 KB of dots', { ...signed(), path: '/./..//'.repeat(14_000) }],
  ['100 KB of a query', { ...signed(), query: '+%&'.repeat(33_000) }],
])('%s: refused within 200 ms', async (_, hostile) => {
  const startMs = performance.now()
  expect((await refusal(hostile)).status).toBe(403)
  expect(performance.now() - startMs).toBeLessThan(200)
})

test('whatever a request says of its signature, nothing but a SignatureFault is thrown', async () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      'AKIDEXAMPLE/20250115/local/execute-api/aws4_request',
      '20250115T120000Z',
      'host',
      'AWS4-HMAC-SHA256',
      '%',
      '/',
    ),
  )
  const parts = fc.record({
    Credential: word,
    SignedHeaders: word,
    Signature: word,
    Date: word,
    Algorithm: word,
    Expires: word,
  })
  await fc.assert(
    fc.asyncProperty(parts, word, async (parts, scheme) => {
      const { Credential, SignedHeaders, Signature } = parts
      const authorization = `${scheme} Credential=${Credential}, SignedHeaders=${SignedHeaders}, Signature=${Signature}`
      const query = Object.entries(parts)
        .map(([name, value]) => `X-Amz-${name}=${value}`)
        .join('&')
      const inHeader = withHeaders('Authorization', authorization, 'X-Amz-Date', parts.Date)
      for (const odd of [inHeader, { ...request, query }]) {
        parseCredentialScope(odd)
        expect((await refusal(odd)).status).toBe(403)
      }
    }),
  )
})
