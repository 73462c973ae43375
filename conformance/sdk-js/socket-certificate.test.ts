// The client certificate of a WebSocket API's stage, shown to backends that speak TLS. WebSocket 34.
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { APIGatewayClient, GenerateClientCertificateCommand } from '@aws-sdk/client-api-gateway'
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlace, type Place } from '../../gateway/src/sockets/testing.ts'
import { createSocketApi, mocked, serverProxy } from '../../gateway/src/sockets/testing-api.ts'
import { connect, refusal } from '../../gateway/src/sockets/testing-client.ts'
import { issue } from '../fixture/certificates.ts'

let place: Place
let server: Server
let url: string

beforeAll(async () => {
  const authority = issue({ name: 'An authority', isAuthority: true })
  const { certificatePem: cert, privateKeyPem: key } = issue({
    name: 'localhost',
    names: ['localhost'],
    issuer: authority,
  })
  // AWS: a WebSocket API calls none but backends whose certificate the world trusts.
  setDefaultCACertificates([...getCACertificates('default'), authority.certificatePem])
  place = await openPlace()
  server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const name = (request.socket as TLSSocket).getPeerCertificate().subject?.CN
    response.writeHead(request.url === '/connect' && name === undefined ? 403 : 200).end(name ?? 'nobody')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `https://localhost:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await place.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('is shown by HTTP and by HTTP_PROXY integrations, from the moment it is set until it is taken away', async () => {
  const apiId = await createSocketApi(place, {
    routes: {
      proxy: { ...serverProxy(`${url}/`), isTwoWay: true },
      mapped: {
        integration: { IntegrationType: 'HTTP', IntegrationMethod: 'POST', IntegrationUri: `${url}/` },
        responses: [{ IntegrationResponseKey: '$default' }],
        isTwoWay: true,
      },
      none: { ...mocked(200, 'mock'), isTwoWay: true },
    },
  })
  const client = await connect(place, apiId)
  const both = async () => [await client.ask({ action: 'proxy' }), await client.ask({ action: 'mapped' })]
  expect(await both()).toEqual(['nobody', 'nobody'])
  const ClientCertificateId = await certificate()
  await place.v2.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'dev', ClientCertificateId }))
  expect(await both()).toEqual(['ApiGateway', 'ApiGateway'])
  expect(await client.ask({ action: 'none' })).toBe('mock')
  await place.v2.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'dev', ClientCertificateId: '' }))
  expect(await both()).toEqual(['nobody', 'nobody'])
  await client.close()
})

test('is shown when $connect asks a backend', async () => {
  const apiId = await createSocketApi(place, { routes: { $connect: serverProxy(`${url}/connect`) } })
  expect((await refusal(place, apiId)).status).toBe(403)
  const ClientCertificateId = await certificate()
  await place.v2.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'dev', ClientCertificateId }))
  await (await connect(place, apiId)).close()
})

async function certificate(): Promise<string> {
  const rest = new APIGatewayClient({
    region: 'us-east-1',
    endpoint: place.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const { clientCertificateId = '' } = await rest.send(new GenerateClientCertificateCommand({}))
  return clientCertificateId
}
