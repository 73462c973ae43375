// The JWT case: a proxied HTTP API route, open, with a token seen before, and with tokens never seen before.
import { createPair, startIssuer, tokenOf } from '../conformance/http-plans/issuer.ts'
import { callControlPlane } from './control.ts'
import { loadGenerator } from './load.ts'
import type { Case, Contender } from './cases.ts'
import { startSluice } from './programs.ts'

/** More than the gateway remembers (32 MiB at four bytes a character and 512 a token), so that none is seen twice in time. */
const newTokens = 6_000
/** As much as issuers put into a token: about 1,500 characters with its signature. */
const roles = Array.from({ length: 30 }, (_, index) => `urn:example:role:${index}:read`)

interface JwtPlan {
  readonly name: string
  /** Whether the route asks for a token; every request brings one. */
  readonly isProtected: boolean
  readonly tokens: number
}

function contender({ name, isProtected, tokens }: JwtPlan): Contender {
  return {
    name,
    start: async ({ backend }) => {
      const [issuer, pair, program] = [await startIssuer(), await createPair('bench'), await startSluice(backend)]
      issuer.keys = [pair.publicJwk]
      const exp = Math.floor(Date.now() / 1000) + 3600
      const claims = { iss: issuer.issuer, aud: 'bench', exp, scope: 'pets.read', roles }
      const values = await Promise.all(
        Array.from(
          { length: tokens },
          async (_, index) => `Bearer ${await tokenOf(pair, { ...claims, sub: `user-${index}` })}`,
        ),
      )
      const origin = `http://127.0.0.1:${program.port}`
      const apiId = await createApi(
        origin,
        `http://127.0.0.1:${backend}/small`,
        isProtected ? issuer.issuer : undefined,
      )
      const stop = async (): Promise<void> => {
        await program.stop()
        await issuer.close()
      }
      return {
        program: { ...program, stop },
        load: { url: `${origin}/_aws/execute-api/${apiId}/$default/small`, inTurn: { name: 'Authorization', values } },
      }
    },
  }
}

/** An HTTP API with the route `GET /small`, behind a JWT authorizer where an issuer is given; resolves with its id. */
async function createApi(origin: string, uri: string, issuer: string | undefined): Promise<string> {
  const post = <Answer>(path: string, body: object): Promise<Answer> =>
    callControlPlane<Answer>(origin, 'POST', `/v2/apis${path}`, JSON.stringify(body))
  const { apiId } = await post<{ apiId: string }>('', { name: 'bench-jwt', protocolType: 'HTTP' })
  const { integrationId } = await post<{ integrationId: string }>(`/${apiId}/integrations`, {
    integrationType: 'HTTP_PROXY',
    integrationMethod: 'GET',
    integrationUri: uri,
    payloadFormatVersion: '1.0',
  })
  const route = { routeKey: 'GET /small', target: `integrations/${integrationId}` }
  if (issuer === undefined) {
    await post(`/${apiId}/routes`, route)
  } else {
    const { authorizerId } = await post<{ authorizerId: string }>(`/${apiId}/authorizers`, {
      name: 'jwt',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: ['bench'] },
    })
    const authorizationScopes = ['pets.read']
    await post(`/${apiId}/routes`, { ...route, authorizationType: 'JWT', authorizerId, authorizationScopes })
  }
  await post(`/${apiId}/stages`, { stageName: '$default', autoDeploy: true })
  return apiId
}

/** Only wrk sends another token with each request. */
export const jwtCase: Case = {
  name: 'jwt',
  contenders: [
    contender({ name: 'sluice open', isProtected: false, tokens: 1 }),
    contender({ name: 'sluice JWT, known token', isProtected: true, tokens: 1 }),
    ...(loadGenerator === 'wrk'
      ? [contender({ name: 'sluice JWT, new tokens', isProtected: true, tokens: newTokens })]
      : []),
  ],
}
