// Backends over TLS: whom the gateway trusts, by which name, and the certificate that it presents.
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import type { UpstreamOptions, UpstreamRequest } from '../../gateway/src/ports/upstream.ts'
import { selfSigned, type SelfSigned } from '../../gateway/src/services/apigateway/self-signed.ts'

const upstream = createHttpUpstream()
let pair: SelfSigned
let server: Server
beforeAll(async () => {
  pair = await selfSigned(Date.now() - 1000, Date.now() + 3_600_000)
  const options = { cert: pair.certificatePem, key: pair.privateKeyPem, requestCert: true, rejectUnauthorized: false }
  server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket & { servername: string | false }
    const subject = socket.getPeerX509Certificate()?.subject ?? 'nobody'
    response.end(
      JSON.stringify({ name: socket.servername, from: subject.split('\n').at(-1), host: request.headers.host }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  await upstream.close()
  server.close()
})

const request: UpstreamRequest = {
  method: 'POST',
  target: '/',
  headers: ['Host', 'chosen.by.a.client'],
  body: 'x'.repeat(100_000),
  timeoutMs: 5000,
}

async function ask(options: UpstreamOptions, host = '127.0.0.1'): Promise<unknown> {
  const backend = upstream.to(`https://${host}:${(server.address() as AddressInfo).port}`, options)
  return JSON.parse(Buffer.concat((await backend.request(request)).body).toString())
}

test('a certificate of an unknown authority is refused, unless the integration says otherwise', async () => {
  await expect(ask({})).rejects.toMatchObject({ reason: 'refused' })
  expect(await ask({ insecureTls: true })).toEqual({ name: false, from: 'nobody', host: 'chosen.by.a.client' })
})

test('the name that is asked for is the URI’s or the one to verify, never the Host header’s', async () => {
  expect(await ask({ insecureTls: true }, 'localhost')).toMatchObject({ name: 'localhost' })
  expect(await ask({ insecureTls: true, serverName: 'backend.example' })).toMatchObject({ name: 'backend.example' })
})

test('the stage’s client certificate is presented', async () => {
  const { certificatePem, privateKeyPem } = pair
  const options = { insecureTls: true, clientCertificate: { certificatePem, privateKeyPem } }
  expect(await ask(options)).toMatchObject({ from: 'CN=ApiGateway' })
})
