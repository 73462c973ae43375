// The `authorize` step of a JWT authorizer: a token seen before, one never seen before, and the bare RS256 verification it contains.
import { createPublicKey, verify } from 'node:crypto'
import type { Bench } from 'tinybench'
import { createPair, startIssuer, tokenOf } from '../../conformance/http-plans/issuer.ts'
import { systemClock } from '../../gateway/src/adapters/clocks.ts'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import type { HttpRouted } from '../../gateway/src/nouns/http.ts'
import { authorizeJwt } from '../../gateway/src/steps/authorize/http-jwt.ts'
import { Issuers } from '../../gateway/src/steps/authorize/issuers.ts'
import { received, route } from './event.ts'

/** The issuer's keys are fetched once, before anything is measured. */
export async function addJwt(bench: Bench): Promise<void> {
  const [issuer, pair] = [await startIssuer(), await createPair('bench')]
  issuer.keys = [pair.publicJwk]
  const exp = Math.floor(Date.now() / 1000) + 3600
  const tokenFor = (sub: string): Promise<string> =>
    tokenOf(pair, { iss: issuer.issuer, aud: 'bench', exp, sub, scope: 'pets.read' })
  const [token, another] = [await tokenFor('user-1'), await tokenFor('user-2')]
  const settings = { identitySource: '$request.header.Authorization', issuer: issuer.issuer, audience: ['bench'] }
  const issuers = new Issuers(createHttpUpstream(), systemClock)
  const step = authorizeJwt({ stage: route.stage, ...settings, scopes: ['pets.read'] }, issuers)
  const authorization = Buffer.from(`Bearer ${token}`)
  /** The header as a parser makes it: a string of its own each time, whose hash nobody knows yet. */
  const request = (header = authorization): HttpRouted => ({
    ...received,
    headers: [...received.headers, 'Authorization', header.toString('latin1')],
    target: route,
  })
  // A memory of one token would be emptied as a whole each time that one is forgotten.
  for (const each of [token, another]) await step.run(request(Buffer.from(`Bearer ${each}`)))
  await issuer.close()

  bench.add('jwt: no authorizer, the request alone', () => void request())
  bench.add('jwt: authorize, a token seen before', () => void step.run(request()))
  bench.add('jwt: authorize, a new token', () => {
    issuers.verified.delete(token)
    void step.run(request())
  })
  const key = createPublicKey({ key: pair.publicJwk, format: 'jwk' })
  const end = token.lastIndexOf('.')
  const [signed, signature] = [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')]
  bench.add('jwt: the RS256 verification alone', () => void verify('RSA-SHA256', signed, key, signature))
}
