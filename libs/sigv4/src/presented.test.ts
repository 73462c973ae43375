// Presented signatures: what is read of a header does not depend on which way it was read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SignatureFault } from './fault.ts'
import { readSignature } from './presented.ts'

const algorithm = 'AWS4-HMAC-SHA256'

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

test('a header in the usual order is read as one with an empty component before, which is never usual', () => {
  const values = [
    'A/20250115/r/s/aws4_request',
    'A/20250115/r/s',
    'host;x-amz-date',
    'f00',
    '',
    ' ',
    'a b',
    'a=b',
    'x\u00a0',
  ]
  const component = fc
    .tuple(fc.constantFrom('Credential', 'SignedHeaders', 'Signature', 'Other'), fc.constantFrom(...values))
    .map(([name, value]) => `${name}=${value}`)
  const usual = fc
    .tuple(fc.constantFrom(...values), fc.constantFrom(...values), fc.constantFrom(...values))
    .map(([credential, names, signature]) => [
      `Credential=${credential}`,
      `SignedHeaders=${names}`,
      `Signature=${signature}`,
    ])
  const separator = fc.constantFrom(', ', ',', ' , ', ',  ', ',,', ',\t')
  fc.assert(
    fc.property(
      fc.oneof(usual, fc.array(component)),
      separator,
      fc.constantFrom('', ' ', ','),
      (pairs, between, end) => {
        const text = `${pairs.join(between)}${end}`
        expect(read(`${algorithm} ${text}`)).toEqual(read(`${algorithm} ,${text}`))
      },
    ),
    { numRuns: 1000 },
  )
})

test('the usual header is read', () => {
  const credential = 'AKID/20250115/us-east-1/execute-api/aws4_request'
  const text = `${algorithm} Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=f00`
  for (const _ of [1, 2]) {
    expect(read(text)).toMatchObject({
      form: 'header',
      claims: {
        credential,
        scope: { accessKeyId: 'AKID', date: '20250115', region: 'us-east-1', service: 'execute-api' },
        scopeText: '20250115/us-east-1/execute-api/aws4_request',
        terminator: 'aws4_request',
      },
      signature: 'f00',
      timestamp: '20250115T120000Z',
    })
  }
})
