// HTTP/2 over TLS: each stream is a request like any other, and only the lower-case names of its headers show.
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateDomainNameCommand, type APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { CreateApiMappingCommand, type ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { importCertificate } from '../fixture/acm.ts'
import { issue } from '../fixture/certificates.ts'
import { callApi } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

const authority = issue({ name: 'An authority', isAuthority: true })
const certificate = issue({ name: 'localhost', names: ['*.execute-api.localhost', '*.example.com'], issuer: authority })

let folder: string
let backend: Server
let streaming: ServerResponse | undefined
let sluice: RunningSluice
let port: number
let rest: APIGatewayClient
let http: ApiGatewayV2Client
let id: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-http2-'))
  const [file, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')]
  await writeFile(file, certificate.certificatePem)
  await writeFile(key, certificate.privateKeyPem)
  await mkdir(join(folder, 'trust'))
  await writeFile(join(folder, 'trust', 'trust.pem'), authority.certificatePem)
  backend = createServer((request, response) => {
    if (request.url === '/stream') {
      response.write('first ')
      streaming = response
      return
    }
    if (request.url === '/sized') {
      response.writeHead(200, { 'Content-Length': 5000 })
      response.end(request.method === 'HEAD' ? undefined : 'a'.repeat(5000))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2'])
      response.setHeader('Connection', 'close')
      const { rawHeaders, method } = request
      response.end(JSON.stringify({ method, rawHeaders, bytes: Buffer.concat(chunks).length }))
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const flags = ['--tls-port', '0', '--tls-cert', file, '--tls-key', key, '--buckets', folder]
  sluice = await startSluice(['dev', ...flags])
  port = Number(/^TLS: https:\/\/127\.0\.0\.1:(\d+)$/m.exec(sluice.stdout())?.[1])
  ;({ rest, http } = clientsOf(sluice.url))
  id = await createRestApi(rest, 'http2')
  await defineMethods(backendUrl())
  await deploy(rest, id, 'prod')
})

afterAll(async () => {
  expect((await sluice.stop()).code).toBe(0)
  backend.closeAllConnections()
  backend.close()
  await rm(folder, { recursive: true, force: true })
})

function backendUrl(): string {
  return `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
}

async function defineMethods(uri: string): Promise<void> {
  const proxy = { type: 'HTTP_PROXY' as const, integrationHttpMethod: 'ANY' }
  await putMethod(rest, id, '/echo', { httpMethod: 'ANY', integration: { ...proxy, uri: `${uri}/echo` } })
  await putMethod(rest, id, '/stream', {
    integration: { ...proxy, integrationHttpMethod: 'GET', uri: `${uri}/stream`, responseTransferMode: 'STREAM' },
  })
  await putMethod(rest, id, '/told', {
    httpMethod: 'ANY',
    method: { requestParameters: { 'method.request.header.X-Name': true } },
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [
      {
        statusCode: '200',
        responseTemplates: { 'application/json': `$context.protocol $input.params('X-Name') $context.domainName` },
      },
    ],
  })
}

function open(host = `${id}.execute-api.localhost`): ClientHttp2Session {
  const session = connect(`https://${host}:${port}`, {
    ca: authority.certificatePem,
    lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  onTestFinished(() => session.destroy())
  return session
}

interface Told {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number }
  readonly body: string
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string | Buffer): Promise<Told> {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  const [answered] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  if (!stream.destroyed) await once(stream, 'close')
  return { headers: answered, body: text }
}

const echoed = ({ body }: Told): { method: string; rawHeaders: string[]; bytes: number } =>
  JSON.parse(body) as { method: string; rawHeaders: string[]; bytes: number }

test('many requests share one connection, their bodies whole', async () => {
  const session = open()
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      ask(session, { ':method': 'POST', ':path': '/prod/echo', 'x-index': String(index) }, Buffer.alloc(index * 100)),
    ),
  )
  for (const [index, answer] of answers.entries()) {
    expect(answer.headers).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] })
    expect(answer.headers).toHaveProperty('x-amzn-requestid')
    expect(answer.headers).not.toHaveProperty('connection')
    const { method, rawHeaders, bytes } = echoed(answer)
    expect([method, bytes]).toEqual(['POST', index * 100])
    expect(rawHeaders[rawHeaders.indexOf('x-index') + 1]).toBe(String(index))
  }
})

test('the protocol is told as HTTP/1.1, and the case of a header’s name means nothing', async () => {
  const session = open()
  const told = await ask(session, { ':path': '/prod/told', 'x-name': 'Rex' })
  expect(told.body).toBe(`HTTP/1.1 Rex ${id}.execute-api.localhost`)
})

test('cookies that come apart go on together', async () => {
  const told = await ask(open(), { ':path': '/prod/echo', cookie: ['a=1', 'b=2'] })
  const { rawHeaders } = echoed(told)
  expect(rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'cookie')).toEqual(['a=1; b=2'])
})

test('HEAD is told how long the body is, and gets none', async () => {
  const session = open()
  const got = await ask(session, { ':path': '/prod/told' })
  const told = await ask(session, { ':method': 'HEAD', ':path': '/prod/told' })
  expect(got.headers['content-length']).toBe(String(got.body.length))
  expect([told.headers['content-length'], told.body]).toEqual([got.headers['content-length'], ''])
})

test('HEAD is told the length that the backend of an HTTP API names, over HTTP/1.1 too', async () => {
  const apiId = await createHttpApi(http, 'sized')
  await addRoute(http, apiId, 'ANY /sized', proxyTo(`${backendUrl()}/sized`))
  const session = open(`${apiId}.execute-api.localhost`)
  const told = await ask(session, { ':method': 'HEAD', ':path': '/sized' })
  expect([told.headers['content-length'], told.body]).toEqual(['5000', ''])
  const [first, second] = [
    await callApi(sluice.url, apiId, '/sized', { method: 'HEAD' }),
    await callApi(sluice.url, apiId, '/sized'),
  ]
  expect([first.headers.get('content-length'), first.text]).toEqual(['5000', ''])
  expect([second.headers.get('content-length'), second.text.length]).toEqual(['5000', 5000])
})

test('a streamed answer’s first byte comes before its last has left the backend', async () => {
  const stream = open().request({ ':path': '/prod/stream' })
  stream.setEncoding('utf8')
  expect(await once(stream, 'data')).toEqual(['first '])
  streaming?.end('last')
  expect(await once(stream, 'data')).toEqual(['last'])
})

test('a streamed answer that its backend breaks off is no whole answer', async () => {
  const stream = open().request({ ':path': '/prod/stream' })
  await once(stream, 'data')
  streaming?.destroy()
  expect(await once(stream, 'error')).toMatchObject([{ code: 'ERR_HTTP2_STREAM_ERROR' }])
})

test('a payload above the limit reads 413, a request with two hosts 400', async () => {
  const session = open()
  const large = await ask(session, { ':method': 'POST', ':path': '/prod/echo' }, Buffer.alloc(10 * 1024 * 1024 + 1))
  expect([large.headers[':status'], large.body]).toEqual([
    413,
    '{"message": "HTTP content length exceeded 10485760 bytes."}',
  ])
  const twice = await ask(session, { ':path': '/prod/told', ':authority': 'a.example.com', host: 'b.example.com' })
  expect([twice.headers[':status'], twice.body]).toEqual([400, '{"message":"Bad Request"}'])
})

test('a client that waits for leave to send its body gets it', async () => {
  const stream = open().request({ ':method': 'POST', ':path': '/prod/echo', expect: '100-continue' })
  await once(stream, 'continue')
  stream.end('body')
  const [answered] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  expect(answered).toMatchObject({ ':status': 200 })
})

test('a host that asks for client certificates is not reached over the connection of another one', async () => {
  const domainName = 'mutual.example.com'
  const regionalCertificateArn = await importCertificate((_, init) => fetch(sluice.url, init), certificate)
  await rest.send(
    new CreateDomainNameCommand({
      domainName,
      regionalCertificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      mutualTlsAuthentication: { truststoreUri: 's3://trust/trust.pem' },
    }),
  )
  await http.send(new CreateApiMappingCommand({ DomainName: domainName, ApiId: id, Stage: 'prod' }))
  const told = await ask(open(), { ':path': '/told', ':authority': domainName })
  expect([told.headers[':status'], told.body]).toEqual([421, '{"message":"Misdirected Request"}'])
})

test('a request in flight finishes when the process is told to stop', async () => {
  const session = open()
  const idle = open()
  await ask(idle, { ':path': '/prod/told' })
  const stream = session.request({ ':path': '/prod/stream' })
  stream.setEncoding('utf8')
  expect(await once(stream, 'data')).toEqual(['first '])
  const stopped = sluice.stop()
  await once(idle, 'close')
  streaming?.end('last')
  expect(await once(stream, 'data')).toEqual(['last'])
  expect(await stopped).toEqual({ code: 0, signal: null })
})
