// Remembered claims: a header that is known is read as one that is not, and only what was rightly signed is known.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownClaims, readClaims, rememberClaims } from './authorization.ts'
import { SignatureFault } from './fault.ts'
import { readSignature } from './presented.ts'
import { sign } from './sign.ts'
import { verify } from './verify.ts'

const scope = '20250115/us-east-1/execute-api/aws4_request'

function header(accessKeyId: string, names: string, signature = 'f00'): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}

function remember(accessKeyId: string, names: string): void {
  rememberClaims(header(accessKeyId, names), readClaims(`${accessKeyId}/${scope}`, names))
}

/** What was read, or why nothing was, without the header itself, which differs. */
function read(authorization: string): unknown {
  try {
    const rawHeaders = ['Authorization', authorization, 'X-Amz-Date', '20250115T120000Z']
    return { ...readSignature({ query: '', rawHeaders }), newAuthorization: '' }
  } catch (error) {
    if (error instanceof SignatureFault) return { ...error.failure, authorization: '' }
    throw error
  }
}

test('behind known claims anything is read as behind unknown ones', () => {
  remember('AKIDKNOWN', 'host;x-amz-date')
  expect(knownClaims(header('AKIDKNOWN', 'host;x-amz-date'))).toMatchObject({ signature: 'f00' })
  const end = fc.string({
    unit: fc.constantFrom('f', '0', ' ', ',', '=', 'é', '\t', 'Signature=', 'X=1'),
    maxLength: 5,
  })
  fc.assert(
    fc.property(end, (signature) => {
      const known = header('AKIDKNOWN', 'host;x-amz-date', signature)
      // With an empty component in front it is never a known one.
      expect(read(known)).toEqual(read(known.replace('Credential', ',Credential')))
    }),
  )
})

test('claims are remembered once a signature is found right, and count for the key that it is found right with', async () => {
  const key = { accessKeyId: 'AKIDSIGNS', secretAccessKey: 'secret' }
  const now = Date.UTC(2025, 0, 15, 12)
  const request = { method: 'GET', path: '/', query: '', rawHeaders: ['Host', 'h'], body: new Uint8Array() }
  const added = sign(request, key, { region: 'us-east-1', service: 'execute-api', date: now })
  const rawHeaders = [...request.rawHeaders, ...added]
  const authorization = rawHeaders.at(-1) ?? ''
  const check = (secretAccessKey: string): Promise<unknown> =>
    verify({ ...request, rawHeaders }, { now, secretFor: () => ({ secretAccessKey }) })
  await expect(check('another')).rejects.toMatchObject({ failure: { reason: 'bad-signature' } })
  expect(knownClaims(authorization)).toBeUndefined()
  for (const _ of [1, 2]) {
    await expect(check('secret')).resolves.toMatchObject({ scope: { accessKeyId: 'AKIDSIGNS' } })
    expect(knownClaims(authorization)).toMatchObject({ claims: { scope: { accessKeyId: 'AKIDSIGNS' } } })
    await expect(check('another')).rejects.toMatchObject({ failure: { reason: 'bad-signature' } })
  }
})

test('of a key the last four lists of headers are known, and none that is very long', () => {
  const lists = ['a', 'b', 'c', 'd', 'e'].map((name) => `host;x-amz-date;${name}`)
  for (const names of lists) remember('AKIDLISTS', names)
  expect(lists.map((names) => knownClaims(header('AKIDLISTS', names)) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ])
  const long = `host;x-amz-date;${'x'.repeat(600)}`
  remember('AKIDLISTS', long)
  expect(knownClaims(header('AKIDLISTS', long))).toBeUndefined()
})

test('of a thousand keys more, the first is forgotten', () => {
  remember('AKIDFIRST', 'host;x-amz-date')
  for (let index = 0; index < 1_000; index++) remember(`AKID${index}`, 'host;x-amz-date')
  expect(knownClaims(header('AKIDFIRST', 'host;x-amz-date'))).toBeUndefined()
  expect(knownClaims(header('AKID999', 'host;x-amz-date'))).toMatchObject({
    claims: { scope: { accessKeyId: 'AKID999' } },
  })
})
