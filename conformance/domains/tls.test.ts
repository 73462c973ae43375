// The TLS listener: certificates by server name, lowest versions, addresses that are handed out. REST 13.8; Security H.2.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { APIGatewayClient, CreateDomainNameCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiMappingCommand, GetApiCommand } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acm, importCertificate } from '../fixture/acm.ts'
import { issue, parsed, type Issued } from '../fixture/certificates.ts'
import { credentials } from '../fixture/face.ts'
import { createHttpApi } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { spawnSluice, startSluice, type RunningSluice } from '../fixture/sluice.ts'

const authority = issue({ name: 'An authority', isAuthority: true })
const fallback = issue({ name: 'localhost', names: ['localhost', '*.execute-api.localhost'], issuer: authority })
const own = issue({ name: 'api.example.com', names: ['api.example.com'], issuer: authority, key: 'RSA' })
const wild = issue({ name: '*.example.com', names: ['*.example.com'], issuer: authority })
const ca = authority.certificatePem

let folder: string
let sluice: RunningSluice
let port: number
let rest: APIGatewayClient
let http: ApiGatewayV2Client
let restApiId: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'))
  const [certificate, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')]
  await writeFile(certificate, fallback.certificatePem)
  await writeFile(key, fallback.privateKeyPem)
  sluice = await startSluice(['dev', '--tls-port', '0', '--tls-cert', certificate, '--tls-key', key])
  port = Number(/^TLS: https:\/\/127\.0\.0\.1:(\d+)$/m.exec(sluice.stdout())?.[1])
  const config = { region: 'us-east-1', endpoint: sluice.url, credentials, maxAttempts: 1 }
  rest = new APIGatewayClient(config)
  http = new ApiGatewayV2Client(config)
  restApiId = await createRestApi(rest, 'tls')
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  const responseTemplates = { 'application/json': '"$context.domainName $context.path"' }
  await putMethod(rest, restApiId, '/pets', {
    integration: { type: 'MOCK', requestTemplates },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates }],
  })
  await deploy(rest, restApiId, 'prod')
  await addDomain('api.example.com', own)
  await addDomain('*.example.com', wild)
  await addDomain('modern.example.com', wild, {
    securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
    endpointAccessMode: 'STRICT',
  })
})
afterAll(async () => {
  expect((await sluice.stop()).code).toBe(0)
  await rm(folder, { recursive: true, force: true })
})

const send = (_: string, init: RequestInit): Promise<Response> => fetch(sluice.url, init)

async function addDomain(domainName: string, certificate: Issued, more: object = {}): Promise<string> {
  const regionalCertificateArn = await importCertificate(send, certificate)
  const endpointConfiguration = { types: ['REGIONAL' as const] }
  await rest.send(new CreateDomainNameCommand({ domainName, regionalCertificateArn, endpointConfiguration, ...more }))
  await http.send(new CreateApiMappingCommand({ DomainName: domainName, ApiId: restApiId, Stage: 'prod' }))
  return regionalCertificateArn
}

/** A handshake; rejects when it fails. */
function shake(servername: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername, ca, ...options }, () => resolve(socket))
    socket.on('error', reject)
  })
}

async function serialOf(servername: string): Promise<string | undefined> {
  const socket = await shake(servername, { rejectUnauthorized: false })
  const serial = socket.getPeerX509Certificate()?.serialNumber
  socket.destroy()
  return serial
}

function get(
  host: string,
  path: string,
  options: { servername?: string; agent?: Agent } = {},
): Promise<[number, string]> {
  const { servername = host, agent = new Agent({ ca }) } = options
  return new Promise((resolve, reject) => {
    const asked = { host: '127.0.0.1', port, path, servername, agent, ca, headers: { host } }
    const sent = request({ ...asked, rejectUnauthorized: servername === host }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve([answer.statusCode ?? 0, Buffer.concat(chunks).toString()]))
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the certificate', () => {
  test('is the domain name’s own, the wildcard’s, or the listener’s', async () => {
    expect(await serialOf('api.example.com')).toBe(parsed(own).serialNumber)
    expect(await serialOf('API.example.com')).toBe(parsed(own).serialNumber)
    expect(await serialOf('other.example.com')).toBe(parsed(wild).serialNumber)
    expect(await serialOf(`${restApiId}.execute-api.localhost`)).toBe(parsed(fallback).serialNumber)
    expect(await serialOf('')).toBe(parsed(fallback).serialNumber)
  })

  test('that is imported anew is served at once', async () => {
    const domain = 'renewed.example.com'
    const CertificateArn = await addDomain(domain, wild)
    const renewed = issue({ name: domain, names: [domain], issuer: authority })
    const texts = { Certificate: btoa(renewed.certificatePem), PrivateKey: btoa(renewed.privateKeyPem) }
    expect(await serialOf(domain)).toBe(parsed(wild).serialNumber)
    await acm(send, 'ImportCertificate', { CertificateArn, ...texts })
    expect(await serialOf(domain)).toBe(parsed(renewed).serialNumber)
  })
})

test('the access log tells version and cipher', async () => {
  const logs = 'arn:aws:logs:us-east-1:000000000000:log-group:tls'
  const value = '$context.requestId $context.tlsVersion $context.cipherSuite'
  const patchOperations = [
    { op: 'replace', path: '/accessLogSettings/destinationArn', value: logs } as const,
    { op: 'replace', path: '/accessLogSettings/format', value } as const,
  ]
  await rest.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
  await get('api.example.com', '/pets')
  const answer = await fetch(sluice.url, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'Logs_20140328.FilterLogEvents', 'Content-Type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ logGroupName: 'tls' }),
  })
  const { events } = (await answer.json()) as { events: { message: string }[] }
  expect(events[0]?.message).toMatch(/ TLSv1\.3 TLS_AES_\d+_GCM_SHA\d+$/)
})

test('requests are served behind it, many on one connection', async () => {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 })
  expect(await get('api.example.com', '/pets', { agent })).toEqual([200, '"api.example.com /pets"'])
  expect(await get('api.example.com', '/pets', { agent })).toEqual([200, '"api.example.com /pets"'])
  agent.destroy()
  expect(await get(`${restApiId}.execute-api.localhost`, '/prod/pets')).toEqual([
    200,
    `"${restApiId}.execute-api.localhost /prod/pets"`,
  ])
})

test('a client that offers HTTP/1.0 alone is served', async () => {
  const socket = await shake('api.example.com', { ALPNProtocols: ['http/1.0'] })
  socket.write('GET /pets HTTP/1.0\r\nHost: api.example.com\r\n\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect([socket.alpnProtocol, answer.toString().split('\r\n')[0]]).toEqual(['http/1.0', 'HTTP/1.1 200 OK'])
  socket.destroy()
})

describe('the security policy', () => {
  test('sets the lowest version', async () => {
    await expect(shake('modern.example.com', { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i)
    const modern = await shake('modern.example.com')
    const usual = await shake('api.example.com', { maxVersion: 'TLSv1.2' })
    expect([modern.getProtocol(), usual.getProtocol()]).toEqual(['TLSv1.3', 'TLSv1.2'])
    modern.destroy()
    usual.destroy()
    await expect(
      shake('api.example.com', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol version|handshake/i)
  })

  test('STRICT refuses a host that the connection was not opened for', async () => {
    expect((await get('modern.example.com', '/pets'))[0]).toBe(200)
    expect(await get('modern.example.com', '/pets', { servername: 'api.example.com' })).toEqual([
      403,
      '{"message":"Forbidden"}',
    ])
  })
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)('a client may resume its %s session', async (maxVersion) => {
  const first = connect({ port, host: '127.0.0.1', servername: 'api.example.com', ca, maxVersion })
  const [session] = (await once(first, 'session')) as [Buffer]
  const again = await shake('api.example.com', { maxVersion, session })
  expect([first.isSessionReused(), again.isSessionReused()]).toEqual([false, true])
  first.destroy()
  again.destroy()
})

test('the addresses of APIs are https', async () => {
  const apiId = await createHttpApi(http, 'addressed')
  const { ApiEndpoint } = await http.send(new GetApiCommand({ ApiId: apiId }))
  expect(ApiEndpoint).toBe(`https://${apiId}.execute-api.localhost:${port}`)
})

test('a hello in pieces is read, and what is no TLS is dropped', async () => {
  const raw = connectPlain(port, '127.0.0.1')
  const inPieces = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, done) => {
      const middle = Math.min(7, chunk.length)
      raw.write(chunk.subarray(0, middle))
      setTimeout(() => raw.write(chunk.subarray(middle), () => done()), 20)
    },
  })
  raw.on('data', (chunk) => inPieces.push(chunk))
  const socket = connect({ socket: inPieces, servername: 'api.example.com', ca })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  expect(socket.getPeerX509Certificate()?.serialNumber).toBe(parsed(own).serialNumber)
  socket.destroy()
  raw.destroy()
  const plain = connectPlain(port, '127.0.0.1')
  plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) =>
    plain
      .once('close', resolve)
      .resume()
      .on('error', () => {}),
  )
})

test.each([
  [['--tls-cert', 'x.pem'], '--tls-cert and --tls-key belong together: name the certificate and its private key.\n'],
  [['--tls-cert', 'x.pem', '--tls-key', 'y.pem'], '--tls-cert needs --tls-port: say where TLS is spoken.\n'],
])('%j is bad usage', async (options, sentence) => {
  const wrong = spawnSluice(['dev', '--port', '0', ...options])
  expect((await wrong.ended).code).toBe(2)
  expect(wrong.stderr()).toBe(sentence)
})
