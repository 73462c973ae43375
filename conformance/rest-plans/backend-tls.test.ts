// Backends over TLS: whom the gateway trusts, by which name, and the certificate that it presents.
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttpUpstream } from '../../gateway/src/adapters/upstream/http-upstream.ts'
import type { UpstreamOptions, UpstreamRequest } from '../../gateway/src/ports/upstream.ts'
import { selfSigned } from '../../gateway/src/services/apigateway/self-signed.ts'
import { issue, type Issued } from '../fixture/certificates.ts'

const upstream = createHttpUpstream()
const servers: Server[] = []
let server: Server
beforeAll(async () => {
  server = await serve(issue({ name: 'backend', names: ['127.0.0.1', 'localhost', 'backend.example'] }))
})
afterAll(async () => {
  await upstream.close()
  for (const each of servers) each.close()
})

async function serve({ certificatePem, privateKeyPem }: Issued): Promise<Server> {
  const options = { cert: certificatePem, key: privateKeyPem, requestCert: true, rejectUnauthorized: false }
  const made = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket & { servername: string | false }
    const subject = socket.getPeerX509Certificate()?.subject ?? 'nobody'
    response.end(
      JSON.stringify({ name: socket.servername, from: subject.split('\n').at(-1), host: request.headers.host }),
    )
  })
  servers.push(made)
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  return made
}

const request: UpstreamRequest = {
  method: 'POST',
  target: '/',
  headers: ['Host', 'chosen.by.a.client'],
  body: 'x'.repeat(100_000),
  timeoutMs: 5000,
}

async function ask(options: UpstreamOptions, host = '127.0.0.1', asked = server): Promise<unknown> {
  const backend = upstream.to(`https://${host}:${(asked.address() as AddressInfo).port}`, options)
  return JSON.parse(Buffer.concat((await backend.request(request)).body).toString())
}

test('a certificate of an unknown authority is refused, unless the integration says otherwise', async () => {
  await expect(ask({})).rejects.toMatchObject({
    reason: 'certificate',
    logged:
      'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
  })
  expect(await ask({ insecureTls: true })).toEqual({ name: false, from: 'nobody', host: 'chosen.by.a.client' })
})

test('the name that is asked for is the URI’s or the one to verify, never the Host header’s', async () => {
  expect(await ask({ insecureTls: true }, 'localhost')).toMatchObject({ name: 'localhost' })
  expect(await ask({ insecureTls: true, serverName: 'backend.example' })).toMatchObject({ name: 'backend.example' })
})

test('a certificate for another name is refused, of any authority', async () => {
  const logged =
    "Host name 'elsewhere.example' does not match the certificate subject provided by the peer (CN=backend, O=Sluice, C=US)"
  const fault = { reason: 'certificate', logged }
  await expect(ask({ insecureTls: true, serverName: 'elsewhere.example' })).rejects.toMatchObject(fault)
})

test('an expired certificate is refused, of any authority', async () => {
  const expired = await serve(issue({ name: 'old', names: ['127.0.0.1'], notAfterMs: Date.now() - 1000 }))
  await expect(ask({ insecureTls: true }, '127.0.0.1', expired)).rejects.toMatchObject({
    reason: 'certificate',
    logged: 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed',
  })
})

test('the stage’s client certificate is presented', async () => {
  const { certificatePem, privateKeyPem } = await selfSigned(Date.now() - 1000, Date.now() + 3_600_000)
  const options = { insecureTls: true, clientCertificate: { certificatePem, privateKeyPem } }
  expect(await ask(options)).toMatchObject({ from: 'CN=ApiGateway' })
})
