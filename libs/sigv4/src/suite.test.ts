// AWS's published examples: the SigV4 test suite, the IAM user guide and the S3 API reference.
import { describe, expect, test } from 'vitest'
import type { Credentials, SignableRequest } from './request.ts'
import { presign, sign } from './sign.ts'
import { verify } from './verify.ts'

const suiteKey: Credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = 'application/x-www-form-urlencoded'

interface SuiteCase {
  readonly name: string
  readonly url?: string
  readonly post?: boolean
  readonly headers?: readonly string[]
  readonly body?: string
  readonly sessionToken?: string
  readonly signature: string
}

const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'
const cases: readonly SuiteCase[] = [
  { name: 'get-vanilla', signature: vanilla },
  {
    name: 'get-header-key-duplicate',
    headers: ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  {
    name: 'get-header-value-multiline',
    headers: ['My-Header1', 'value1', 'My-Header1', '  value2', 'My-Header1', '     value3'],
    signature: 'ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790',
  },
  {
    name: 'get-header-value-order',
    headers: ['My-Header1', 'value4', 'My-Header1', 'value1', 'My-Header1', 'value3', 'My-Header1', 'value2'],
    signature: '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  },
  {
    name: 'get-header-value-trim',
    headers: ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'get-unreserved',
    url: `/${unreserved}`,
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  { name: 'get-utf8', url: '/ሴ', signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85' },
  {
    name: 'get-vanilla-empty-query-key',
    url: '/?Param1=value1',
    signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  },
  {
    name: 'get-vanilla-query-order-key',
    url: '/?Param1=value2&Param1=Value1',
    signature: 'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    url: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-vanilla-query-order-value',
    url: '/?Param1=value2&Param1=value1',
    signature: '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
  },
  {
    name: 'get-vanilla-query-unreserved',
    url: `/?${unreserved}=${unreserved}`,
    signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  },
  {
    name: 'get-vanilla-utf8-query',
    url: '/?ሴ=bar',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  { name: 'get-relative', url: '/example/..', signature: vanilla },
  { name: 'get-relative-relative', url: '/example1/example2/../..', signature: vanilla },
  { name: 'get-slash', url: '//', signature: vanilla },
  { name: 'get-slash-dot-slash', url: '/./', signature: vanilla },
  {
    name: 'get-slash-pointless-dot',
    url: '/./example',
    signature: 'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
  },
  {
    name: 'get-slashes',
    url: '//example//',
    signature: '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84',
  },
  {
    name: 'get-space',
    url: '/example space/',
    signature: '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
  },
  { name: 'post-vanilla', post: true, signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  {
    name: 'post-header-key-sort',
    post: true,
    headers: ['My-Header1', 'value1'],
    signature: 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  },
  {
    name: 'post-header-value-case',
    post: true,
    headers: ['My-Header1', 'VALUE1'],
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
  {
    name: 'post-sts-header-before',
    post: true,
    sessionToken: token,
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
  {
    name: 'post-vanilla-empty-query-value',
    url: '/?Param1=value1',
    post: true,
    signature: '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  },
  {
    name: 'post-x-www-form-urlencoded',
    post: true,
    headers: ['Content-Type', form],
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-x-www-form-urlencoded-parameters',
    post: true,
    headers: ['Content-Type', `${form}; charset=utf8`],
    body: 'Param1=value1',
    signature: '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  },
]

function requestOf(
  { url = '/', post = false, headers = [], body = '' }: Partial<SuiteCase>,
  host: string,
): SignableRequest {
  const [path = '', query = ''] = url.split('?')
  const method = post ? 'POST' : 'GET'
  return { method, path, query, rawHeaders: ['Host', host, ...headers], body: Buffer.from(body) }
}

function signatureIn(added: readonly string[]): string | undefined {
  return added.at(-1)?.split('Signature=')[1]
}

describe("AWS's SigV4 test suite", () => {
  const now = Date.UTC(2015, 7, 30, 12, 36)
  test.each(cases)('$name', async (suiteCase) => {
    const request = requestOf(suiteCase, 'example.amazonaws.com')
    const key = { ...suiteKey, sessionToken: suiteCase.sessionToken }
    const added = sign(request, key, { region: 'us-east-1', service: 'service', date: now })
    expect(signatureIn(added)).toBe(suiteCase.signature)
    const signed = { ...request, rawHeaders: [...request.rawHeaders, ...added] }
    const verified = await verify(signed, { secretFor: () => key, now, service: 'service', regions: ['us-east-1'] })
    expect(verified.scope).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      date: '20150830',
      region: 'us-east-1',
      service: 'service',
    })
  })

  test('post-sts-header-after: a token that was added after signing is not covered', async () => {
    const request = requestOf({ post: true }, 'example.amazonaws.com')
    const added = sign(request, suiteKey, { region: 'us-east-1', service: 'service', date: now })
    const rawHeaders = [...request.rawHeaders, ...added, 'X-Amz-Security-Token', token]
    const verified = await verify(
      { ...request, rawHeaders },
      { secretFor: () => ({ ...suiteKey, sessionToken: token }), now },
    )
    expect(verified.sessionToken).toBe(token)
  })
})

test("the IAM user guide's ListUsers example", () => {
  const request = requestOf(
    {
      url: '/?Action=ListUsers&Version=2010-05-08',
      headers: ['Content-Type', `${form}; charset=utf-8`],
    },
    'iam.amazonaws.com',
  )
  const added = sign(request, suiteKey, { region: 'us-east-1', service: 'iam', date: Date.UTC(2015, 7, 30, 12, 36) })
  expect(added).toEqual([
    'x-amz-date',
    '20150830T123600Z',
    'authorization',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  ])
})

describe("the S3 API reference's examples", () => {
  const key: Credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const host = 'examplebucket.s3.amazonaws.com'
  const options = { region: 'us-east-1', service: 's3', date: Date.UTC(2013, 4, 24) }

  test.each([
    {
      name: 'GET Object',
      request: requestOf({ url: '/test.txt', headers: ['Range', 'bytes=0-9'] }, host),
      signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
    {
      name: 'PUT Object',
      request: {
        ...requestOf(
          {
            url: '/test%24file.text',
            headers: ['Date', 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class', 'REDUCED_REDUNDANCY'],
            body: 'Welcome to Amazon S3.',
          },
          host,
        ),
        method: 'PUT',
      },
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
    {
      name: 'GET Bucket lifecycle',
      request: requestOf({ url: '/?lifecycle' }, host),
      signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    },
    {
      name: 'GET Bucket (List Objects)',
      request: requestOf({ url: '/?max-keys=2&prefix=J' }, host),
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
  ])('$name', async ({ request, signature }) => {
    const added = sign(request, key, options)
    expect(signatureIn(added)).toBe(signature)
    const signed = { ...request, rawHeaders: [...request.rawHeaders, ...added] }
    const verified = await verify(signed, { secretFor: () => key, now: options.date, service: 's3' })
    expect(verified.payload.kind).toBe('hashed')
  })

  test('a presigned GET Object, whose payload is never signed', async () => {
    const request = requestOf({ url: '/test.txt' }, host)
    const query = presign(request, key, { ...options, expiresSeconds: 86_400 })
    expect(query).toBe(
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    )
    const late = { secretFor: () => key, now: options.date + 86_400_000, service: 's3' }
    const verified = await verify({ ...request, query }, late)
    expect(verified.payload).toEqual({ kind: 'unsigned', sha256: undefined, chunks: undefined })
  })
})
