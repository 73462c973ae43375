// Chunked bodies: the examples of the S3 API reference, and what must be refused.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChunkSigning, decodeAwsChunked } from './chunked.ts'
import { SignatureFault } from './fault.ts'
import type { SignableRequest } from './request.ts'
import { signingKey } from './signing-key.ts'
import { verify } from './verify.ts'

const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const now = Date.UTC(2013, 4, 24)
const content = Buffer.alloc(66_560, 'a')

function frame(chunkSignatures: readonly string[], tail: string): Buffer {
  const [first, second, last] = chunkSignatures
  return Buffer.concat([
    Buffer.from(`10000;chunk-signature=${first}\r\n`),
    content.subarray(0, 65_536),
    Buffer.from(`\r\n400;chunk-signature=${second}\r\n`),
    content.subarray(65_536),
    Buffer.from(`\r\n0;chunk-signature=${last}\r\n${tail}\r\n`),
  ])
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
const framed = frame(
  [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
  '',
)
const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9'

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
const framedWithTrailer = frame(
  [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ],
  'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
)
const trailerSeed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e'

const signing: ChunkSigning = {
  payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  key: signingKey(key, { date: '20130524', region: 'us-east-1', service: 's3' }),
  timestamp: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
  seedSignature: seed,
}
const trailerSigning = {
  ...signing,
  payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  seedSignature: trailerSeed,
}

/** The example's PUT Object request, whose body comes in chunks. */
function upload(payload: string, extra: readonly string[], signature: string): SignableRequest {
  const example = {
    Host: 's3.amazonaws.com',
    'Content-Encoding': 'aws-chunked',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-date': '20130524T000000Z',
    'x-amz-decoded-content-length': '66560',
    'x-amz-content-sha256': payload,
  }
  const rawHeaders = [...Object.entries(example).flat(), ...extra]
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  const credential = `${key.accessKeyId}/20130524/us-east-1/s3/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${names.sort().join(';')},Signature=${signature}`
  return {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: '',
    rawHeaders: [...rawHeaders, 'Authorization', authorization],
    body: 'UNSIGNED',
  }
}

const signedUpload = upload(signing.payload, ['Content-Length', '66824'], seed)
const signedTrailerUpload = upload(trailerSigning.payload, ['x-amz-trailer', 'x-amz-checksum-crc32c'], trailerSeed)

/** The failure that a call throws. */
function failureOf(call: () => unknown): SignatureFault['failure'] {
  try {
    call()
  } catch (fault) {
    if (fault instanceof SignatureFault) return fault.failure
    throw fault
  }
  throw new Error('nothing was thrown')
}

describe("the S3 API reference's chunked upload", () => {
  test.each([
    { name: 'without a trailer', request: signedUpload, chunks: signing },
    { name: 'with a trailer', request: signedTrailerUpload, chunks: trailerSigning },
  ])('its seed signature leads to the chain of its chunks, $name', async ({ request, chunks }) => {
    const { payload } = await verify(request, { secretFor: () => key, now, service: 's3' })
    expect(payload).toEqual({ kind: 'chunked', sha256: undefined, chunks })
  })

  test('decodes when every chunk is signed rightly', () => {
    expect(decodeAwsChunked(framed, signing, 66_560)).toEqual({ body: content, trailers: [] })
  })

  test('with a trailer, whose signature ends the chain', () => {
    expect(decodeAwsChunked(framedWithTrailer, trailerSigning, 66_560)).toEqual({
      body: content,
      trailers: [['x-amz-checksum-crc32c', 'sOO8/Q==']],
    })
  })
})

describe('refuses', () => {
  test('a chunk that was changed, naming it', () => {
    const changed = Buffer.from(framed)
    changed[changed.indexOf('\r\n400;') + 100] = 0x62
    expect(failureOf(() => decodeAwsChunked(changed, signing))).toMatchObject({
      reason: 'bad-chunk-signature',
      chunk: 1,
    })
  })

  test('a trailer that was changed', () => {
    const changed = Buffer.from(framedWithTrailer.toString('latin1').replace('sOO8', 'sOO9'), 'latin1')
    expect(failureOf(() => decodeAwsChunked(changed, trailerSigning))).toMatchObject({
      reason: 'bad-chunk-signature',
      chunk: 'trailer',
    })
  })

  test('a body whose last chunks were cut off', () => {
    const cut = framed.subarray(0, framed.indexOf('\r\n400;') + 2)
    expect(failureOf(() => decodeAwsChunked(cut, signing))).toEqual({
      reason: 'malformed-chunks',
      offsetBytes: cut.length,
    })
  })

  test('another length than the promised one', () => {
    expect(failureOf(() => decodeAwsChunked(framed, signing, 66_561)).reason).toBe('malformed-chunks')
  })

  test('trailers where none were announced, for they would not be signed', () => {
    const extended = Buffer.concat([framed, Buffer.from('x-amz-meta:1\r\n')])
    expect(failureOf(() => decodeAwsChunked(extended, signing)).reason).toBe('malformed-chunks')
  })

  test('chunks without signatures', () => {
    const unsigned = Buffer.from('3\r\nabc\r\n0\r\n\r\n')
    expect(failureOf(() => decodeAwsChunked(unsigned, signing)).reason).toBe('bad-chunk-signature')
  })

  test('any other bytes, with a SignatureFault and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(failureOf(() => decodeAwsChunked(bytes, signing)).reason).toMatch(/^(malformed-chunks|bad-chunk)/)
      }),
    )
  })
})

test('decodes unsigned chunks with a trailer, framed in any way', () => {
  const unsigned = { ...signing, payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
      const parts = chunks.flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}\r\n`),
        chunk,
        Buffer.from('\r\n'),
      ])
      const bytes = Buffer.concat([...parts, Buffer.from('0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n')])
      expect(decodeAwsChunked(bytes, unsigned)).toEqual({
        body: Buffer.concat(chunks),
        trailers: [['x-amz-checksum-crc32', 'AAAAAA==']],
      })
    }),
  )
})

describe('a service that takes no chunks', () => {
  const options = { secretFor: () => key, now, allowChunkedPayload: false }

  test('holds the signature against the framed bytes themselves', async () => {
    await expect(verify({ ...signedUpload, body: framed }, options)).rejects.toMatchObject({
      failure: { reason: 'bad-signature' },
    })
  })

  test('asks for a hash when the body is not at hand', async () => {
    await expect(verify(signedUpload, options)).rejects.toMatchObject({ failure: { reason: 'undeclared-payload' } })
  })
})
