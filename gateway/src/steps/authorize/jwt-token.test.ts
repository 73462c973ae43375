// Tokens taken apart, and their claims read. RFC 7519, HTTP 11.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTimes, claimTexts, scopesOf, timesOf } from './jwt-claims.ts'
import { parseToken, TokenFault } from './jwt-token.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('parseToken', () => {
  test('takes a token apart', () => {
    const token = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${part({ sub: 'ada' })}.AQID`
    expect(parseToken(token)).toEqual({
      algorithm: 'RS256',
      keyId: 'k1',
      claims: { sub: 'ada' },
      signed: token.slice(0, -5),
      signature: Buffer.from([1, 2, 3]),
    })
  })

  test('takes parts of the alphabet of URLs alone, and no part that is cut off', () => {
    const head = part({ alg: 'RS256', kid: 'k1' })
    const readable = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$/
    const character = fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '_', '-') },
      { weight: 1, arbitrary: fc.constantFrom('+', '/', '=', '.', ' ', '\n', '\u00e9', '\u0161') },
    )
    fc.assert(
      fc.property(fc.array(character, { maxLength: 24 }), (characters) => {
        const signature = characters.join('')
        const parse = (): unknown => parseToken(`${head}.${part({})}.${signature}`)
        if (signature !== '' && readable.test(signature)) expect(parse).not.toThrow()
        else expect(parse).toThrow('the token is malformed')
      }),
      { numRuns: 500 },
    )
  })

  test('tokens of one head have each their own claims, and a head in vain is in vain again', () => {
    const head = part({ alg: 'RS256', kid: 'k1' })
    const read = (sub: string): unknown => parseToken(`${head}.${part({ sub })}.AQID`).claims
    expect([read('ada'), read('bob')]).toEqual([{ sub: 'ada' }, { sub: 'bob' }])
    const symmetric = `${part({ alg: 'HS256', kid: 'k1' })}.${part({})}.AQID`
    for (const _ of [1, 2]) expect(() => parseToken(symmetric)).toThrow('signing method HS256 is invalid')
  })

  test('refuses any other text with a reason that a header can carry', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.record({ alg: fc.string(), kid: fc.string(), crit: fc.anything() }).map(part),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        try {
          parseToken(pieces.join('.'))
        } catch (error) {
          expect(error).toBeInstanceOf(TokenFault)
          expect((error as TokenFault).message).toMatch(/^[A-Za-z0-9+_ -]+$/)
        }
      }),
    )
  })
})

describe('claims', () => {
  test.each([[{}], [{ exp: '1' }], [{ exp: Number.NaN }], [{ exp: 1, nbf: null }], [{ exp: 1, iat: [1] }]])(
    'times that are no numbers are malformed: %j',
    (claims) => {
      expect(() => timesOf(claims)).toThrow('the token is malformed')
    },
  )

  test('a token counts from the later of nbf and iat until just before exp', () => {
    const times = timesOf({ exp: 3.5, nbf: 1, iat: 2 })
    expect(() => checkTimes(times, 1999)).toThrow('the token is not valid yet')
    expect(() => checkTimes(times, 2000)).not.toThrow()
    expect(() => checkTimes(times, 3499)).not.toThrow()
    expect(() => checkTimes(times, 3500)).toThrow('the token has expired')
  })

  test('every claim becomes a text under its own name', () => {
    const claims = JSON.parse('{"__proto__":[1,[2,true]],"n":12345678901234567890}') as Record<string, unknown>
    expect(Object.entries(claimTexts(claims))).toEqual([
      ['__proto__', '[1 [2 true]]'],
      ['n', '12345678901234567168'],
    ])
  })

  test.each([
    [{ scope: ' a  b ' }, ['a', 'b']],
    [{ scope: '', scp: ['a'] }, []],
    [{ scp: ['a', 1, 'b'] }, ['a', 'b']],
    [{ scope: 7 }, []],
  ])('the scopes of %j', (claims, scopes) => {
    expect(scopesOf(claims)).toEqual(scopes)
  })
})
