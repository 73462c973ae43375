// Mutual TLS: who passes with which certificate, and what backends read of it. REST 13.7; HTTP 20.3; Security H.1.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APIGatewayClient, UpdateDomainNameCommand } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiMappingCommand, CreateDomainNameCommand } from '@aws-sdk/client-apigatewayv2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importCertificate } from '../fixture/acm.ts'
import { send as sendPlain } from '../fixture/call.ts'
import { issue, parsed, type Issued } from '../fixture/certificates.ts'
import { credentials } from '../fixture/face.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'

const dayMs = 24 * 3600 * 1000
const domain = 'mutual.example.com'
const open = 'open.example.com'
const root = issue({ name: 'Root', isAuthority: true })
const inner = issue({ name: 'Inner', isAuthority: true, issuer: root })
const second = issue({ name: 'Second', isAuthority: true, issuer: inner })
const third = issue({ name: 'Third', isAuthority: true, issuer: second })
const stranger = issue({ name: 'Stranger', isAuthority: true })
const server = issue({ name: domain, names: [domain, open], issuer: root })
const client = issue({ name: 'A client', issuer: root })

let folder: string
let sluice: RunningSluice
let port: number
let rest: APIGatewayClient
let http: ApiGatewayV2Client
let arn: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-mutual-'))
  await mkdir(join(folder, 'trust'))
  await writeFile(join(folder, 'trust', 'store.pem'), root.certificatePem)
  await writeFile(join(folder, 'trust', 'empty.pem'), 'nothing')
  const old = issue({ name: 'Old', isAuthority: true, notAfterMs: Date.now() - dayMs / 2 })
  await writeFile(join(folder, 'trust', 'old.pem'), root.certificatePem + old.certificatePem)
  sluice = await startSluice(['dev', '--tls-port', '0', '--buckets', folder])
  port = Number(/^TLS: https:\/\/127\.0\.0\.1:(\d+)$/m.exec(sluice.stdout())?.[1])
  const config = { region: 'us-east-1', endpoint: sluice.url, credentials, maxAttempts: 1 }
  rest = new APIGatewayClient(config)
  http = new ApiGatewayV2Client(config)
  arn = await importCertificate((_, init) => fetch(sluice.url, init), server)
  const echo = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })'
  const functionArn = await createNodeFunction(new LambdaClient(config), 'echo', echo)
  const restApiId = await createRestApi(rest, 'mutual')
  const integration = { type: 'AWS_PROXY' as const, integrationHttpMethod: 'POST', uri: invocationUri(functionArn) }
  await putMethod(rest, restApiId, '/event', { integration })
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  const responseTemplates = {
    'application/json': '$context.identity.clientCert.subjectDN | $context.identity.clientCert.validity.notBefore',
  }
  await putMethod(rest, restApiId, '/template', {
    integration: { type: 'MOCK', requestTemplates },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates }],
  })
  await deploy(rest, restApiId, 'prod')
  const httpApiId = await createHttpApi(http, 'mutual')
  await addRoute(http, httpApiId, 'GET /one', invoke(functionArn, '1.0'))
  await addRoute(http, httpApiId, 'GET /two', invoke(functionArn, '2.0'))
  await create(domain, 's3://trust/store.pem')
  await http.send(
    new CreateDomainNameCommand({ DomainName: open, DomainNameConfigurations: [{ CertificateArn: arn }] }),
  )
  for (const DomainName of [domain, open]) {
    await http.send(new CreateApiMappingCommand({ DomainName, ApiMappingKey: 'rest', ApiId: restApiId, Stage: 'prod' }))
    await http.send(
      new CreateApiMappingCommand({ DomainName, ApiMappingKey: 'http', ApiId: httpApiId, Stage: '$default' }),
    )
  }
})
afterAll(async () => {
  expect((await sluice.stop()).code).toBe(0)
  await rm(folder, { recursive: true, force: true })
})

const create = (DomainName: string, TruststoreUri: string) =>
  http.send(
    new CreateDomainNameCommand({
      DomainName,
      DomainNameConfigurations: [{ CertificateArn: arn }],
      MutualTlsAuthentication: { TruststoreUri },
    }),
  )

interface Shown {
  readonly certificate?: Issued
  /** What is sent along with it. */
  readonly chain?: readonly Issued[]
  readonly servername?: string
  readonly host?: string
  readonly agent?: Agent
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
}

function get(path: string, { certificate, chain = [], servername = domain, host = domain, ...more }: Shown = {}) {
  const pem = (issued: Issued): string => issued.certificatePem
  const shown = certificate && { cert: [certificate, ...chain].map(pem).join(''), key: certificate.privateKeyPem }
  return new Promise<[number, string]>((resolve, reject) => {
    const asked = {
      host: '127.0.0.1',
      port,
      path,
      servername,
      agent: false as const,
      ca: root.certificatePem,
      ...shown,
      ...more,
    }
    const sent = request({ ...asked, headers: { host } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve([answer.statusCode ?? 0, Buffer.concat(chunks).toString()]))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const forbidden = [403, '{"message":"Forbidden"}']
const status = async (shown: Shown): Promise<number> => (await get('/rest/template', shown))[0]

describe('passes with', () => {
  test('a certificate that the truststore’s authority issued, of an RSA key too', async () => {
    expect(await status({ certificate: client })).toBe(200)
    expect(await status({ certificate: issue({ name: 'RSA', issuer: root, key: 'RSA' }) })).toBe(200)
  })

  test('a chain of four', async () => {
    const certificate = issue({ name: 'Far', issuer: second })
    expect(await status({ certificate, chain: [second, inner] })).toBe(200)
  })
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'passes again with a client that resumes its %s session',
  async (version) => {
    const certificate = issue({ name: 'Far', issuer: inner })
    const agent = new Agent({ maxCachedSessions: 10 })
    const shown = { certificate, chain: [inner], agent, maxVersion: version }
    for (let turn = 0; turn < 3; turn++) expect(await status(shown)).toBe(200)
  },
)

describe('is refused with', () => {
  test.each<[string, Shown]>([
    ['no certificate', {}],
    ['a certificate of another authority', { certificate: issue({ name: 'x', issuer: stranger }), chain: [stranger] }],
    ['a certificate that signed itself', { certificate: issue({ name: 'x' }) }],
    [
      'a name of the authority without its key',
      { certificate: issue({ name: 'x', issuer: issue({ name: 'Root', isAuthority: true }) }) },
    ],
    ['an expired certificate', { certificate: issue({ name: 'x', issuer: root, notAfterMs: Date.now() - dayMs / 2 }) }],
    [
      'a certificate of tomorrow',
      { certificate: issue({ name: 'x', issuer: root, notBeforeMs: Date.now() + dayMs / 2 }) },
    ],
    [
      'a certificate whose issuer is no authority',
      { certificate: issue({ name: 'x', issuer: client }), chain: [client] },
    ],
    ['a chain of five', { certificate: issue({ name: 'x', issuer: third }), chain: [third, second, inner] }],
    ['a chain with a gap', { certificate: issue({ name: 'x', issuer: second }), chain: [second] }],
    ['a connection that was opened for another host', { certificate: client, servername: open }],
  ])('%s', async (_, shown) => {
    expect(await get('/rest/template', shown)).toEqual(forbidden)
  })

  test('plain HTTP', async () => {
    const { status: code } = await sendPlain(new URL('/rest/template', sluice.url), domain)
    expect(code).toBe(403)
  })
})

test('another domain asks nobody', async () => {
  expect(await status({ servername: open, host: open })).toBe(200)
})

test('events and templates show the certificate', async () => {
  const leaf = parsed(client)
  const clientCert = {
    clientCertPem: client.certificatePem,
    subjectDN: 'CN=A client,O=Sluice,C=US',
    issuerDN: 'CN=Root,O=Sluice,C=US',
    serialNumber: expect.stringMatching(/^01(:[0-9a-f]{2}){2}$/),
    validity: { notBefore: leaf.validFrom, notAfter: leaf.validTo },
  }
  const context = async (path: string, shown: Shown) => {
    const event = JSON.parse((await get(path, shown))[1]) as { requestContext: { identity?: object } }
    return event.requestContext
  }
  const shown = { certificate: client }
  expect((await context('/rest/event', shown)).identity).toMatchObject({ clientCert })
  expect((await context('/http/one', shown)).identity).toMatchObject({ clientCert })
  expect(await context('/http/two', shown)).toMatchObject({ authentication: { clientCert } })
  expect(await context('/http/two', { servername: open, host: open })).not.toHaveProperty('authentication')
  expect(await get('/rest/template', shown)).toEqual([200, `CN=A client,O=Sluice,C=US | ${leaf.validFrom}`])
})

describe('a truststore', () => {
  test('that is not there, or holds nothing, is refused', async () => {
    await expect(create('a.example.com', 's3://trust/none.pem')).rejects.toMatchObject({ name: 'BadRequestException' })
    await expect(create('a.example.com', 's3://trust/empty.pem')).rejects.toMatchObject({
      message: 'The truststore s3://trust/empty.pem holds no certificate',
    })
  })

  test('with an expired certificate is taken with a warning', async () => {
    const { MutualTlsAuthentication } = await create('old.example.com', 's3://trust/old.pem')
    expect(MutualTlsAuthentication).toEqual({
      TruststoreUri: 's3://trust/old.pem',
      TruststoreWarnings: ['The certificate CN=Old,O=Sluice,C=US has expired.'],
    })
  })

  test('that is set to nothing opens the domain; set anew, it is read anew', async () => {
    const set = (value: string) => {
      const patchOperations = [{ op: 'replace' as const, path: '/mutualTlsAuthentication/truststoreUri', value }]
      return rest.send(new UpdateDomainNameCommand({ domainName: domain, patchOperations }))
    }
    expect(await status({})).toBe(403)
    await set('')
    expect(await status({})).toBe(200)
    await writeFile(join(folder, 'trust', 'store.pem'), stranger.certificatePem)
    await set('s3://trust/store.pem')
    expect(await status({ certificate: client })).toBe(403)
    expect(await status({ certificate: issue({ name: 'x', issuer: stranger }) })).toBe(200)
  })
})
