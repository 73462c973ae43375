// HTTP_PROXY of HTTP APIs over a VPC link, against a real backend: what goes there, and what no link or no target answers. HTTP 8.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMemoryStore } from '../../gateway/src/adapters/memory-store.ts'
import type { Store } from '../../gateway/src/ports/store.ts'
import { issue } from '../fixture/certificates.ts'
import { startBackend, type Backend } from './backend.ts'
import type { Call, Reply } from '../fixture/plan-call.ts'
import { account, apiId, proxyTo, region, stageOf, type RoutePlan } from './stage.ts'

let backend: Backend
let store: Store
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(async () => {
  backend.asked.length = 0
  store = createMemoryStore()
  await putLink('AVAILABLE')
})
afterAll(() => backend.close())

async function putLink(VpcLinkStatus: 'AVAILABLE' | 'INACTIVE'): Promise<void> {
  await store.transact({ account, region }, async (transaction) => {
    transaction.put('V2VpcLink', ['l1'], {
      VpcLinkId: 'l1',
      Name: 'link',
      SecurityGroupIds: [],
      SubnetIds: ['subnet-1'],
      VpcLinkStatus,
    })
  })
}

function over(uri: string, more: Integration = {}): RoutePlan {
  return proxyTo(uri, { ConnectionType: 'VPC_LINK', ConnectionId: 'l1', ...more })
}

function stage(plan: RoutePlan, stageName = '$default'): (call?: Call) => Promise<Reply> {
  return stageOf({ store, stageName, routes: { 'ANY /pets/{id}': plan } })
}

const pet: Call = { path: '/pets/7', query: 'x=1' }
const unavailable = [503, '{"message":"Service Unavailable"}', 'application/json']
const outcome = ({ status, text, header }: Reply): unknown[] => [status, text, header('content-type')]

test('the client’s path goes on, with the stage of a named one, behind the URL’s own path', async () => {
  await stage(over(backend.url))(pet)
  await stage(over(backend.url), 'dev')(pet)
  await stage(over(`${backend.url}/v1?fixed`), 'dev')(pet)
  expect(backend.asked.map(({ target }) => target)).toEqual([
    '/pets/7?x=1',
    '/dev/pets/7?x=1',
    '/v1/dev/pets/7?fixed&x=1',
  ])
})

test('a mapping takes the stage out of the path and puts in a host', async () => {
  const RequestParameters = { 'overwrite:path': '$request.path', 'overwrite:header.host': 'orders.internal' }
  await stage(over(backend.url, { RequestParameters }), 'dev')(pet)
  expect([backend.last().target, backend.last().headers.host]).toEqual(['/pets/7?x=1', 'orders.internal'])
})

test('the host is the one that the client called', async () => {
  expect((await stage(over(backend.url))(pet)).status).toBe(200)
  expect(backend.last().headers.host).toBe(`${apiId}.execute-api.localhost`)
})

test('a link that is not available, or not there, is 503, and is asked again once it is', async () => {
  await putLink('INACTIVE')
  const call = stage(over(backend.url))
  const refused = await call(pet)
  expect(outcome(refused)).toEqual(unavailable)
  expect(refused.lines).toContain('the VPC link l1 is not available')
  await putLink('AVAILABLE')
  expect((await call(pet)).status).toBe(200)
  expect(outcome(await stage(over(backend.url, { ConnectionId: 'gone' }))(pet))).toEqual(unavailable)
  expect(backend.asked.length).toBe(1)
})

test.each([
  `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/lb/1/2`,
  `arn:aws:servicediscovery:${region}:${account}:service/srv-1?color=red`,
])('a target of AWS’s own is 503, and the log says what is needed: %s', async (arn) => {
  const reply = await stage(over(arn))(pet)
  expect(outcome(reply)).toEqual(unavailable)
  expect(reply.lines).toContain(`${arn} leads nowhere: no --backends names it`)
})

const listener = `arn:aws:elasticloadbalancing:${region}:${account}:listener/net/lb/1/2`
const cloudMap = `arn:aws:servicediscovery:${region}:${account}:service/srv-1`

test('an ARN leads to the URLs that the configuration names, in turn, and past one that takes no connection', async () => {
  const second = await startBackend()
  try {
    const gone = await startBackend()
    await gone.close()
    const backends = new Map([[listener, [backend.url, gone.url, second.url]]])
    const call = stageOf({ store, backends, routes: { 'ANY /pets/{id}': over(listener) }, stageName: 'dev' })
    for (let index = 0; index < 6; index++) expect((await call(pet)).status).toBe(200)
    expect([backend.asked.length, second.asked.length]).toEqual([2, 4])
    expect([second.last().target, second.last().headers.host]).toEqual([
      '/dev/pets/7?x=1',
      `${apiId}.execute-api.localhost`,
    ])
  } finally {
    await second.close()
  }
})

test('the filters of a Cloud Map service lead where the service does', async () => {
  const backends = new Map([[cloudMap, [backend.url]]])
  const plan = over(`${cloudMap}?color=red&size=2`)
  expect((await stageOf({ store, backends, routes: { 'ANY /pets/{id}': plan } })(pet)).status).toBe(200)
  expect(backend.asked.length).toBe(1)
})

test('where none of an ARN’s targets takes a connection, the answer is 503', async () => {
  const gone = await startBackend()
  await gone.close()
  const backends = new Map([[listener, [gone.url, gone.url]]])
  const reply = await stageOf({ store, backends, routes: { 'ANY /pets/{id}': over(listener) } })(pet)
  expect(outcome(reply)).toEqual(unavailable)
})

test('a server name to verify makes it TLS: the name is sent, and the certificate must be for it', async () => {
  const authority = issue({ name: 'Test authority', isAuthority: true })
  const own = issue({ name: 'orders.internal', names: ['orders.internal'], issuer: authority })
  const before = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...before, authority.certificatePem])
  const names: unknown[] = []
  const server = createServer({ cert: own.certificatePem, key: own.privateKeyPem }, ({ socket }, response) => {
    names.push((socket as tls.TLSSocket).servername)
    response.end('in')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const authorityOf = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const RequestParameters = { 'overwrite:header.host': 'orders.internal' }
    const call = (scheme: string, ServerNameToVerify: string): Promise<Reply> =>
      stage(over(`${scheme}://${authorityOf}`, { TlsConfig: { ServerNameToVerify }, RequestParameters }))(pet)
    expect((await call('https', 'orders.internal')).text).toBe('in')
    expect((await call('http', 'orders.internal')).text).toBe('in')
    expect(outcome(await call('https', 'pets.internal'))).toEqual(unavailable)
    // The name is never taken from the Host header.
    expect(outcome(await stage(over(`https://${authorityOf}`, { RequestParameters }))(pet))).toEqual(unavailable)
    expect(names).toEqual(['orders.internal', 'orders.internal'])
  } finally {
    tls.setDefaultCACertificates(before)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
