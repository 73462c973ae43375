// JWT authorizers with a real OpenID provider: discovery, keys and access tokens as `oidc-provider` makes them, and a rotation. HTTP 11.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateRouteCommand,
  GetIntegrationsCommand,
} from '@aws-sdk/client-apigatewayv2'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'

const resource = 'urn:example:pets'
/** Its clock stands still: ahead of the provider's, so that no token comes from the future. */
const gateway = createGateway({ checkIssuers: true, startAtMs: Date.now() + 60_000 })
const client = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })

let server: Server
let issuer: string
let backend: Backend
let ApiId: string
let url: string

beforeAll(async () => {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await sign('first')
  backend = await startBackend()
  const target = { Name: 'pets', ProtocolType: 'HTTP', Target: `${backend.url}/` } as const
  const { ApiEndpoint = '', ...api } = await client.send(new CreateApiCommand(target))
  ;[ApiId, url] = [api.ApiId ?? '', `${ApiEndpoint}/pets`]
  const { AuthorizerId } = await client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'oidc',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: [resource] },
    }),
  )
  const { Items: [integration] = [] } = await client.send(new GetIntegrationsCommand({ ApiId }))
  for (const [method, scope] of [['GET', 'pets.read'] as const, ['POST', 'pets.write'] as const]) {
    await client.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey: `${method} /pets`,
        Target: `integrations/${integration?.IntegrationId}`,
        AuthorizationType: 'JWT',
        AuthorizerId,
        AuthorizationScopes: [scope],
      }),
    )
  }
})

afterAll(async () => {
  client.destroy()
  await gateway.close()
  server.closeAllConnections()
  server.close()
  await backend.close()
})

/** Makes the provider sign with a new key, and with no other. */
async function sign(kid: string): Promise<void> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key: JWK = { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' }
  const provider = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: 'zoo',
        client_secret: 'secret-of-the-zoo',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'pets.read pets.write',
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
  server.removeAllListeners('request')
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
}

/** An access token by the client credentials grant. */
async function tokenFor(scope: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa('zoo:secret-of-the-zoo')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`the provider answered ${answer.status}`)
  return token
}

const call = (method: string, token: string): Promise<Response> =>
  gateway.invoke(url, { method, headers: { Authorization: `Bearer ${token}` } })

test('a token of the provider opens the routes of its scopes, and no other', async () => {
  const token = await tokenFor('pets.read')
  expect(await (await call('GET', token)).text()).toBe('ok')
  const refused = await call('POST', token)
  expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }])
  expect(refused.headers.get('www-authenticate')).toContain('scope="pets.write" error="insufficient_scope"')
})

test('a token without its last character is not the provider’s', async () => {
  const token = await tokenFor('pets.read')
  expect((await call('GET', token.slice(0, -1))).status).toBe(401)
})

test('after the provider has changed its key, new tokens are taken and old ones are not', async () => {
  const before = await tokenFor('pets.read')
  expect((await call('GET', before)).status).toBe(200)
  await sign('second')
  gateway.clock.advance(20_000)
  expect((await call('GET', await tokenFor('pets.read'))).status).toBe(200)
  expect((await call('GET', before)).status).toBe(401)
})

test('a token’s time ends', async () => {
  const token = await tokenFor('pets.read')
  expect((await call('GET', token)).status).toBe(200)
  gateway.clock.advance(601_000)
  expect((await call('GET', token)).headers.get('www-authenticate')).toContain('the token has expired')
})
