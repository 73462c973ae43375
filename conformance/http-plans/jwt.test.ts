// JWT authorizers of HTTP APIs with a real issuer: keys, claims, scopes, answers, attacks. HTTP 11.
import { createHmac } from 'node:crypto'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../gateway/src/adapters/clocks.ts'
import { createPair, serve, startIssuer, tokenOf, type Issuer, type SigningPair } from './issuer.ts'
import type { Reply } from '../fixture/plan-call.ts'
import { answering, invoking, stageOf, startMs } from './stage.ts'

let issuer: Issuer
let first: SigningPair
let second: SigningPair
beforeAll(async () => {
  issuer = await startIssuer()
  first = await createPair('k1')
  second = await createPair('k2')
})
beforeEach(() => {
  issuer.issuer = issuer.backend.url
  issuer.keys = [first.publicJwk]
  issuer.backend.asked.length = 0
  serve(issuer)
})
afterAll(() => issuer.close())

const nowSeconds = startMs / 1000
/** `undefined` takes a claim away. */
const claimsOf = (more: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
  iss: issuer.issuer,
  aud: 'pets',
  exp: nowSeconds + 60,
  sub: 'ada',
  ...more,
})

interface Options {
  readonly clock?: VirtualClock
  readonly scopes?: readonly string[]
  readonly source?: string
  readonly issuer?: string
}

/** A route behind the authorizer; what is called gives the token's text, whole header or not. */
function protectedRoute(options: Options = {}): {
  readonly call: (authorization?: string, query?: string) => Promise<Reply>
  readonly event: () => APIGatewayProxyEventV2WithJWTAuthorizer
} {
  let event: APIGatewayProxyEventV2WithJWTAuthorizer | undefined
  const call = stageOf({
    clock: options.clock ?? new VirtualClock(startMs),
    authorizers: [
      {
        AuthorizerId: 'a1',
        Name: 'jwt',
        AuthorizerType: 'JWT',
        IdentitySource: [options.source ?? '$request.header.Authorization'],
        JwtConfiguration: { Issuer: options.issuer ?? issuer.issuer, Audience: ['other', 'pets'] },
      },
    ],
    routes: {
      'GET /pets': {
        ...invoking('2.0'),
        route: {
          AuthorizationType: 'JWT',
          AuthorizerId: 'a1',
          ...(options.scopes && { AuthorizationScopes: [...options.scopes] }),
        },
      },
    },
    invoke: ({ payload }) => {
      event = JSON.parse(String(payload)) as APIGatewayProxyEventV2WithJWTAuthorizer
      return answering('in')
    },
  })
  return {
    call: (authorization, query) =>
      call({ headers: authorization === undefined ? [] : ['authorization', authorization], query: query ?? '' }),
    event: () => {
      if (event === undefined) throw new Error('nobody was let in')
      return event
    },
  }
}

const refusal = (description: string, scope = ''): unknown[] => [
  401,
  '{"message":"Unauthorized"}',
  `Bearer scope="${scope}" error="invalid_token" error_description="${description}"`,
]
const outcome = ({ status, text, header }: Reply): unknown[] => [status, text, header('www-authenticate')]
const letIn = [200, 'in', undefined]

describe('a right token', () => {
  test('lets in, and its claims are texts in the event', async () => {
    const { call, event } = protectedRoute()
    const claims = {
      groups: ['a', 'b', 3],
      admin: true,
      big: 1e21,
      ratio: 0.5,
      address: { street: 's' },
      nothing: null,
      nbf: nowSeconds - 1,
      iat: nowSeconds,
    }
    expect(outcome(await call(`Bearer ${await tokenOf(first, claimsOf(claims))}`))).toEqual(letIn)
    expect(event().requestContext.authorizer).toEqual({
      jwt: {
        claims: {
          iss: issuer.issuer,
          aud: 'pets',
          sub: 'ada',
          exp: String(nowSeconds + 60),
          nbf: String(nowSeconds - 1),
          iat: String(nowSeconds),
          groups: '[a b 3]',
          admin: 'true',
          big: '1000000000000000000000',
          ratio: '0.5',
          address: '{"street":"s"}',
          nothing: 'null',
        },
        scopes: null,
      },
    })
  })

  test('is taken with and without Bearer, and from a query parameter', async () => {
    const token = await tokenOf(first, claimsOf())
    const { call } = protectedRoute()
    expect((await call(token)).status).toBe(200)
    expect((await call(`bearer  ${token}`)).status).toBe(200)
    const byQuery = protectedRoute({ source: '$request.querystring.token' })
    expect((await byQuery.call(undefined, `token=${token}`)).status).toBe(200)
  })

  test.each(['RS256', 'RS384', 'RS512'])('may be signed by %s', async (algorithm) => {
    const { call } = protectedRoute()
    expect((await call(await tokenOf(await pairFor(algorithm), claimsOf(), algorithm))).status).toBe(200)
  })

  const pairFor = async (algorithm: string): Promise<SigningPair> => {
    const pair = await createPair(`k-${algorithm}`, algorithm)
    issuer.keys = [pair.publicJwk]
    return pair
  }

  test.each([
    ['a list of audiences', { aud: ['x', 'pets'] }],
    ['client_id where there is no aud', { aud: undefined, client_id: 'other' }],
  ])('may have %s', async (_, claims) => {
    expect((await protectedRoute().call(await tokenOf(first, claimsOf(claims)))).status).toBe(200)
  })

  test('of an issuer with a slash at its end is right for that issuer', async () => {
    issuer.issuer = `${issuer.backend.url}/`
    const { call } = protectedRoute()
    expect((await call(await tokenOf(first, claimsOf()))).status).toBe(200)
    expect(issuer.backend.asked[0]?.target).toBe('/.well-known/openid-configuration')
  })
})

describe('no token, or a wrong one', () => {
  test.each([undefined, '', 'Bearer', 'Bearer '])('none (%j) is 401 with the bare scheme', async (value) => {
    expect(outcome(await protectedRoute().call(value))).toEqual([401, '{"message":"Unauthorized"}', 'Bearer'])
  })

  test.each([
    ['another audience', { aud: 'cats' }, 'the token does not have a valid audience'],
    ['no audience', { aud: undefined }, 'the token does not have a valid audience'],
    [
      'a wrong aud beside a right client_id',
      { aud: 'cats', client_id: 'pets' },
      'the token does not have a valid audience',
    ],
    ['another issuer', { iss: 'https://evil.example' }, 'issuer does not match'],
    ['the issuer with a slash more', { iss: 'SLASH' }, 'issuer does not match'],
    ['an end that has come', { exp: nowSeconds }, 'the token has expired'],
    ['a beginning to come', { nbf: nowSeconds + 1 }, 'the token is not valid yet'],
    ['an issue to come', { iat: nowSeconds + 1 }, 'the token is not valid yet'],
    ['no end', { exp: undefined }, 'the token is malformed'],
  ])('%s is told', async (_, claims, description) => {
    const given = 'iss' in claims && claims.iss === 'SLASH' ? { iss: `${issuer.issuer}/` } : claims
    expect(outcome(await protectedRoute().call(await tokenOf(first, claimsOf(given))))).toEqual(refusal(description))
  })

  test.each([
    ['no JWT', 'abc'],
    ['two parts', 'YQ.YQ'],
    ['four parts', 'YQ.YQ.YQ.YQ'],
    ['an empty signature', `${part({ alg: 'RS256', kid: 'k1' })}.${part({})}.`],
    ['other letters', `${part({ alg: 'RS256', kid: 'k1' })}.${part({})}.a+b/`],
    ['a head that is no object', `${part([1])}.${part({})}.YQ`],
    ['a body that is no JSON', `${part({ alg: 'RS256', kid: 'k1' })}.YQ.YQ`],
    ['critical extensions', `${part({ alg: 'RS256', kid: 'k1', crit: ['b64'], b64: false })}.${part({})}.YQ`],
    ['too many characters', `${part({ alg: 'RS256', kid: 'k1', x: 'x'.repeat(10_000) })}.${part({})}.YQ`],
    ['an algorithm that is no name', `${part({ alg: 'R"S\r\n', kid: 'k1' })}.${part({})}.YQ`],
  ])('%s is malformed', async (_, token) => {
    expect(outcome(await protectedRoute().call(token))).toEqual(refusal('the token is malformed'))
    expect(issuer.backend.asked).toEqual([])
  })

  test('a changed byte is a signature mismatch', async () => {
    const [head, , signature] = (await tokenOf(first, claimsOf())).split('.')
    const forged = `${head}.${part(claimsOf({ sub: 'root' }))}.${signature}`
    expect(outcome(await protectedRoute().call(forged))).toEqual(refusal('signature mismatch'))
  })

  test('no key id is a signature mismatch', async () => {
    const token = `${part({ alg: 'RS256' })}.${part(claimsOf())}.YQ`
    expect(outcome(await protectedRoute().call(token))).toEqual(refusal('signature mismatch'))
  })
})

describe('attacks', () => {
  test.each(['none', 'None', 'HS256', 'ES256', 'EdDSA', 'PS256'])('algorithm %s is refused', async (alg) => {
    const token = `${part({ alg, kid: 'k1' })}.${part(claimsOf())}.YQ`
    expect(outcome(await protectedRoute().call(token))).toEqual(refusal(`signing method ${alg} is invalid`))
  })

  test('the public key as an HMAC secret is refused', async () => {
    const signed = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claimsOf())}`
    const secret = JSON.stringify(first.publicJwk)
    const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    expect(outcome(await protectedRoute().call(token))).toEqual(refusal('signing method HS256 is invalid'))
  })

  test('a key for another use, algorithm or type verifies nothing', async () => {
    const token = await tokenOf(first, claimsOf())
    const elliptic = await createPair('k1', 'ES256')
    for (const key of [
      { ...first.publicJwk, use: 'enc' },
      { ...first.publicJwk, alg: 'RS512' },
      elliptic.publicJwk,
      { kty: 'oct', kid: 'k1', k: 'c2VjcmV0' },
      { ...first.publicJwk, n: 'AQAB' },
    ]) {
      issuer.keys = [key]
      expect(outcome(await protectedRoute().call(token))).toEqual(refusal('signature mismatch'))
    }
  })

  test('a key that the token itself brings or names is not looked at', async () => {
    const head = part({ alg: 'RS256', kid: 'k1', jwk: second.publicJwk, jku: `${issuer.backend.url}/evil` })
    const [, body] = (await tokenOf(second, claimsOf())).split('.')
    expect(outcome(await protectedRoute().call(`${head}.${body}.YQ`))).toEqual(refusal('signature mismatch'))
    expect(issuer.backend.asked.map(({ target }) => target)).toEqual(['/.well-known/openid-configuration', '/keys'])
  })
})

describe('scopes', () => {
  const scopes = ['pets.read', 'pets.write']

  test.each([
    ['in scope', { scope: 'openid pets.write' }],
    ['in scp as a list', { scp: ['pets.write'] }],
    ['in scp as a text', { scp: 'pets.write x' }],
  ])('one of the route’s is enough, %s', async (_, claims) => {
    const { call, event } = protectedRoute({ scopes })
    expect((await call(await tokenOf(first, claimsOf(claims)))).status).toBe(200)
    expect(event().requestContext.authorizer.jwt.scopes).toEqual(['pets.write'])
  })

  test('none of the route’s is 403, and the answer names them', async () => {
    const { call } = protectedRoute({ scopes })
    expect(outcome(await call(await tokenOf(first, claimsOf({ scope: 'pets' }))))).toEqual([
      403,
      '{"message":"Forbidden"}',
      'Bearer scope="pets.read pets.write" error="insufficient_scope" error_description="the token does not have the required scopes"',
    ])
    expect(outcome(await call('abc'))).toEqual(refusal('the token is malformed', 'pets.read pets.write'))
  })
})

describe('keys', () => {
  test('are fetched once for many, and tokens are verified anew as time passes', async () => {
    const clock = new VirtualClock(startMs)
    const { call } = protectedRoute({ clock })
    const token = await tokenOf(first, claimsOf())
    const replies = await Promise.all([call(token), call(token), call(token)])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(issuer.backend.asked.length).toBe(2)
    clock.advance(60_000)
    expect(outcome(await call(token))).toEqual(refusal('the token has expired'))
    expect(issuer.backend.asked.length).toBe(2)
  })

  test('that a token names and nobody knows are asked for, but not at every request', async () => {
    const clock = new VirtualClock(startMs)
    const { call } = protectedRoute({ clock })
    const [old, rotated] = [await tokenOf(first, claimsOf()), await tokenOf(second, claimsOf())]
    expect((await call(old)).status).toBe(200)
    issuer.keys = [second.publicJwk]
    expect(outcome(await call(rotated))).toEqual(refusal('signature mismatch'))
    expect(issuer.backend.asked.length).toBe(2)
    clock.advance(10_000)
    expect((await call(rotated)).status).toBe(200)
    expect(issuer.backend.asked.length).toBe(4)
    // What was found right before is not right any more: its key is gone.
    expect(outcome(await call(old))).toEqual(refusal('signature mismatch'))
    for (let index = 0; index < 20; index++)
      await call(await tokenOf({ ...first, kid: `made-up-${index}` }, claimsOf()))
    expect(issuer.backend.asked.length).toBe(4)
  })

  test('are renewed behind a request after an hour, and not used after two', async () => {
    const clock = new VirtualClock(startMs)
    const { call } = protectedRoute({ clock })
    const token = await tokenOf(first, claimsOf({ exp: nowSeconds + 100_000 }))
    expect((await call(token)).status).toBe(200)
    clock.advance(3_600_000)
    expect((await call(token)).status).toBe(200)
    await expect.poll(() => issuer.backend.asked.length).toBe(4)
    issuer.backend.answer = (_, response) => response.writeHead(500).end()
    clock.advance(7_199_999)
    expect((await call(token)).status).toBe(200)
    clock.advance(10_001)
    expect(outcome(await call(token))).toEqual(refusal('OIDC discovery endpoint communication error'))
  })

  test('are asked for anew when the clock is set back, and a remembered token counts in its own time alone', async () => {
    const clock = new VirtualClock(startMs)
    const { call } = protectedRoute({ clock })
    const token = await tokenOf(first, claimsOf({ iat: nowSeconds }))
    expect((await call(token)).status).toBe(200)
    clock.set(startMs - 86_400_000)
    expect(outcome(await call(token))).toEqual(refusal('the token is not valid yet'))
    expect(issuer.backend.asked.length).toBe(4)
    issuer.keys = [first.publicJwk, second.publicJwk]
    clock.advance(10_000)
    const early = { iat: nowSeconds - 86_400, exp: nowSeconds - 86_000 }
    expect((await call(await tokenOf(second, claimsOf(early)))).status).toBe(200)
    clock.set(startMs)
    expect((await call(token)).status).toBe(200)
    clock.set(startMs + 86_400_000)
    expect(outcome(await call(token))).toEqual(refusal('the token has expired'))
  })

  const refused = async (): Promise<unknown[]> =>
    outcome(
      await protectedRoute({ issuer: issuer.backend.url }).call(
        await tokenOf(first, claimsOf({ iss: issuer.backend.url })),
      ),
    )

  test('of an issuer that names itself otherwise are not taken', async () => {
    issuer.issuer = 'https://another.example'
    expect(await refused()).toEqual(
      refusal('the issuer in the OIDC discovery endpoint does not match the configured issuer'),
    )
  })

  test.each([
    ['answers with an error', '{}', 500],
    ['answers with no JSON', '<html>', 200],
    ['redirects', '{}', 302],
    ['answers with too much', `{"issuer":"${'x'.repeat(150_000)}"}`, 200],
  ])('of an issuer that %s cannot be had', async (_, body, status) => {
    issuer.backend.answer = (_, response) =>
      response.writeHead(status, { Location: `${issuer.backend.url}/x` }).end(body)
    expect(await refused()).toEqual(refusal('OIDC discovery endpoint communication error'))
  })

  test('of an issuer that is late or away cannot be had, and it is not asked again at once', async () => {
    issuer.backend.answer = () => {}
    const { call } = protectedRoute()
    const token = await tokenOf(first, claimsOf())
    const startedAt = performance.now()
    expect(outcome(await call(token))).toEqual(refusal('OIDC discovery endpoint communication error'))
    expect(performance.now() - startedAt).toBeGreaterThan(1400)
    expect(outcome(await call(token))).toEqual(refusal('OIDC discovery endpoint communication error'))
    expect(issuer.backend.asked.length).toBe(1)
  })
})

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
