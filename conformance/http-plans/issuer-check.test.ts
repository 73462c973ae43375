// Making a JWT authorizer where issuers are asked first, as on AWS: AWS's own client against a gateway and a real issuer. HTTP 11.1.
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  ImportApiCommand,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-apigatewayv2'
import { createGateway } from '@sluice/gateway'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { serve, startIssuer, type Issuer } from './issuer.ts'

const gateway = createGateway({ logLevel: 'silent', checkIssuers: true })
const client = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })
const discovery = '/.well-known/openid-configuration'
const away = 'http://127.0.0.1:1'

let issuer: Issuer
let ApiId: string
beforeAll(async () => {
  issuer = await startIssuer()
  ;({ ApiId = '' } = await client.send(new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP' })))
})
beforeEach(() => {
  issuer.issuer = issuer.backend.url
  issuer.backend.asked.length = 0
  serve(issuer)
})
afterAll(async () => {
  client.destroy()
  await gateway.close()
  await issuer.close()
})

const create = (Name: string, Issuer: string) =>
  client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name,
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer, Audience: ['a'] },
    }),
  )
const refusal = (text: string) => ({
  name: 'BadRequestException',
  message: `Caught exception when connecting to ${text}${discovery} for issuer ${text}. Please try again later. Error: Invalid issuer: ${text}. Issuer must have a valid discovery endpoint ended with '${discovery}'`,
})

test('an issuer that answers is taken, and its keys are not fetched yet', async () => {
  await create('right', issuer.issuer)
  expect(issuer.backend.asked.map(({ target }) => target)).toEqual([discovery])
})

test('an issuer that is away, or says that it is another, is refused, and nothing is kept', async () => {
  await expect(create('away', away)).rejects.toMatchObject(refusal(away))
  issuer.issuer = 'https://other.example.com'
  await expect(create('other', issuer.backend.url)).rejects.toMatchObject(refusal(issuer.backend.url))
  issuer.backend.answer = (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end()
  await expect(create('moved', issuer.backend.url)).rejects.toMatchObject(refusal(issuer.backend.url))
  const { Items = [] } = await client.send(new GetAuthorizersCommand({ ApiId }))
  expect(Items.map(({ Name }) => Name)).toEqual(['right'])
})

test('a change asks only where it names an issuer', async () => {
  const { AuthorizerId } = await create('changed', issuer.issuer)
  issuer.backend.asked.length = 0
  await client.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, Name: 'renamed' }))
  expect(issuer.backend.asked.length).toBe(0)
  const change = new UpdateAuthorizerCommand({
    ApiId,
    AuthorizerId,
    JwtConfiguration: { Issuer: away, Audience: ['a'] },
  })
  await expect(client.send(change)).rejects.toMatchObject(refusal(away))
})

test('an import leaves out the authorizer and its routes, and warns of both', async () => {
  const authorizer = { type: 'jwt', identitySource: '$request.header.Authorization' }
  const Body = JSON.stringify({
    openapi: '3.0.1',
    info: { title: 'imported', version: '1' },
    paths: { '/pets': { get: { security: [{ oidc: [] }], responses: {} } }, '/open': { get: { responses: {} } } },
    components: {
      securitySchemes: {
        oidc: {
          type: 'oauth2',
          'x-amazon-apigateway-authorizer': { ...authorizer, jwtConfiguration: { issuer: away, audience: ['a'] } },
        },
      },
    },
  })
  const imported = await client.send(new ImportApiCommand({ Body }))
  const warning = `Unable to create Authorizer 'oidc': ${refusal(away).message}. Ignoring.`
  expect(imported.Warnings).toContain(warning)
  const { Items = [] } = await client.send(new GetRoutesCommand({ ApiId: imported.ApiId }))
  expect(Items.map(({ RouteKey }) => RouteKey)).toEqual(['GET /open'])
  await expect(client.send(new ImportApiCommand({ Body, FailOnWarnings: true }))).rejects.toMatchObject({
    name: 'BadRequestException',
    message: expect.stringContaining(`\n\t${warning}`),
  })
})
