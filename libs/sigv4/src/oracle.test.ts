// The SDK's own signer against ours, over requests as odd as they come.
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { HttpRequest, QueryParameterBag } from '@smithy/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SignatureFault } from './fault.ts'
import { percentEncode } from './percent-encoding.ts'
import type { SignableRequest } from './request.ts'
import { presign, sign } from './sign.ts'
import { verify } from './verify.ts'

const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret/+=', sessionToken: 'token+/=' }
const hostname = 'abc.execute-api.eu-west-1.amazonaws.com'
const date = Date.UTC(2026, 1, 3, 4, 5, 6)
const region = 'eu-west-1'

interface Subject {
  readonly service: string
  readonly method: string
  readonly path: string
  readonly query: QueryParameterBag
  readonly headers: Record<string, string>
  readonly body: string
}

const text = fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.toWellFormed())
const headerValue = fc.string({ unit: fc.constantFrom(' ', '\t', '"', ',', ';', '=', '/', 'é', 'x'), maxLength: 12 })
const segment = fc.oneof(
  text.map((value) => percentEncode(value)),
  fc.constantFrom('', '.', '..', '$default', "a!'()*b", 'x;y=1,2', 'a:b@c', '%2f', '%', '@connections'),
)

const subject: fc.Arbitrary<Subject> = fc.record({
  service: fc.constantFrom('execute-api', 's3'),
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH'),
  path: fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
  query: fc.dictionary(
    text.filter((name) => name.toLowerCase() !== 'x-amz-signature'),
    fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 4 })),
    { maxKeys: 5, noNullPrototype: true },
  ),
  headers: fc.dictionary(fc.constantFrom('x-one', 'X-Two', 'content-type', 'accept'), headerValue, {
    noNullPrototype: true,
  }),
  body: text,
})

function signer(service: string): SignatureV4 {
  return new SignatureV4({ credentials, region, service, sha256: Sha256, uriEscapePath: service !== 's3' })
}

function smithyRequest({ method, path, query, headers, body }: Subject): HttpRequest {
  return { protocol: 'https:', hostname, method, path, query, headers: { host: hostname, ...headers }, body }
}

function ours(subject: Subject, query: QueryParameterBag, headers: Record<string, string>): SignableRequest {
  const { method, path, body } = subject
  const pieces = Object.entries(query).flatMap(([name, values]) =>
    [values ?? ''].flat().map((value) => `${percentEncode(name)}=${percentEncode(value)}`),
  )
  return { method, path, query: pieces.join('&'), rawHeaders: Object.entries(headers).flat(), body: Buffer.from(body) }
}

const options = { secretFor: () => credentials, now: date, regions: [region] }

describe('a request signed by the SDK', () => {
  test('in its header is verified, and not when one thing about it is changed', async () => {
    await fc.assert(
      fc.asyncProperty(subject, async (subject) => {
        const signed = await signer(subject.service).sign(smithyRequest(subject), { signingDate: new Date(date) })
        const request = ours(subject, subject.query, signed.headers)
        const verified = await verify(request, { ...options, service: subject.service })
        expect(verified.key).toBe(credentials)
        expect(verified.payload.kind).toBe('hashed')
        const changes: Partial<SignableRequest>[] = [
          { method: 'PUT' },
          { path: `${request.path}x` },
          { query: `${request.query}&x` },
          { rawHeaders: request.rawHeaders.map((value) => (value === hostname ? 'other' : value)) },
          { body: Buffer.from(`${subject.body}x`) },
        ]
        for (const change of changes) {
          await expect(verify({ ...request, ...change }, options)).rejects.toBeInstanceOf(SignatureFault)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('in its query is verified until it expires', async () => {
    await fc.assert(
      fc.asyncProperty(subject, async (subject) => {
        const { service } = subject
        // S3's URLs do not cover what will be uploaded; the SDK's presigner for S3 says so in this header.
        const unsigned: Subject['headers'] = service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}
        const toSign = smithyRequest({ ...subject, headers: { ...subject.headers, ...unsigned } })
        const signed = await signer(service).presign(toSign, { signingDate: new Date(date), expiresIn: 60 })
        const request = ours(subject, signed.query ?? {}, signed.headers)
        const verified = await verify(request, { ...options, service, now: date + 60_000 })
        expect(verified.payload.kind).toBe(service === 's3' ? 'unsigned' : 'hashed')
        await expect(verify(request, { ...options, service, now: date + 60_001 })).rejects.toMatchObject({
          failure: { reason: 'expired' },
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe("our signature is the SDK's", () => {
  // For S3 they differ over paths that no client of it writes.
  const plain = subject.map((value) => ({ ...value, service: 'execute-api' }))

  test('in the header', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (subject) => {
        const { service } = subject
        const theirs = await signer(service).sign(smithyRequest(subject), { signingDate: new Date(date) })
        const request = ours(subject, subject.query, {
          host: hostname,
          ...subject.headers,
          'x-amz-content-sha256': theirs.headers['x-amz-content-sha256'] ?? '',
        })
        const added = sign(request, credentials, { region, service, date })
        expect(added.at(-1)).toBe(theirs.headers['authorization'])
      }),
      { numRuns: 60 },
    )
  })

  test('in the query', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (subject) => {
        const { service } = subject
        const expiry = { signingDate: new Date(date), expiresIn: 900 }
        const theirs = await signer(service).presign(smithyRequest(subject), expiry)
        const request = ours(subject, subject.query, { host: hostname, ...subject.headers })
        const query = presign(request, credentials, { region, service, date, expiresSeconds: 900 })
        expect(query.slice(query.lastIndexOf('=') + 1)).toBe(theirs.query?.['X-Amz-Signature'])
      }),
      { numRuns: 60 },
    )
  })
})
