// Compressed answers and request bodies of REST APIs. REST 8.4.
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { APIGatewayClient, UpdateRestApiCommand } from '@aws-sdk/client-api-gateway'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startUpstream, type Seen, type Upstream } from '../fixture/upstream.ts'

let gateway: ReturnType<typeof createGateway>
let rest: APIGatewayClient
let upstream: Upstream
let url: string

const long = 'long '.repeat(100)

beforeAll(async () => {
  gateway = createGateway()
  rest = new APIGatewayClient(gateway.clientConfig)
  upstream = await startUpstream()
  const restApiId = await createRestApi(rest, 'compressing')
  const patchOperations = [{ op: 'replace' as const, path: '/minimumCompressionSize', value: '100' }]
  await rest.send(new UpdateRestApiCommand({ restApiId, patchOperations }))
  const mock = (text: string) => ({
    integration: { type: 'MOCK' as const, requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': text } }],
  })
  await putMethod(rest, restApiId, '/long', mock(long))
  await putMethod(rest, restApiId, '/short', mock('short'))
  await putMethod(rest, restApiId, '/echo', {
    httpMethod: 'POST',
    integration: { type: 'HTTP_PROXY', integrationHttpMethod: 'POST', uri: `${upstream.url}/echo` },
  })
  await deploy(rest, restApiId, 'prod')
  url = `http://${restApiId}.execute-api.localhost/prod`
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

async function get(path: string, accept?: string) {
  const answer = await gateway.invoke(
    `${url}${path}`,
    accept === undefined ? {} : { headers: { 'Accept-Encoding': accept } },
  )
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { encoding: answer.headers.get('content-encoding'), vary: answer.headers.get('vary'), bytes }
}

describe('an answer', () => {
  test('is compressed as the client asks', async () => {
    const gzip = await get('/long', 'gzip')
    expect([gzip.encoding, gzip.vary, gunzipSync(gzip.bytes).toString()]).toEqual(['gzip', 'Accept-Encoding', long])
    const deflate = await get('/long', 'deflate')
    expect([deflate.encoding, inflateSync(deflate.bytes).toString()]).toEqual(['deflate', long])
  })

  test.each([
    ['gzip;q=0.5, deflate;q=0.8', 'deflate'],
    ['deflate, gzip', 'deflate'],
    ['GZIP', 'gzip'],
    ['*, gzip;q=0.1', 'gzip'],
    ['gzip;q=0.2, identity;q=0.9', null],
    ['br, gzip;q=0.9', null],
    ['gzip;q=0', null],
    ['*', null],
    [undefined, null],
  ])('Accept-Encoding %s: %s', async (accept, encoding) => {
    const answer = await get('/long', accept)
    expect(answer.encoding).toBe(encoding)
    if (encoding === null) expect(answer.bytes.toString()).toBe(long)
  })

  test('below the minimum size goes as it is', async () => {
    expect(await get('/short', 'gzip')).toMatchObject({ encoding: null, bytes: Buffer.from('short') })
  })
})

describe('a request body', () => {
  const post = (body: Uint8Array, encoding: string) =>
    gateway.invoke(`${url}/echo`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'Content-Encoding': encoding },
    })

  test.each([
    ['gzip', gzipSync('said')],
    ['deflate', deflateSync('said')],
    ['deflate', deflateRawSync('said')],
  ])('in %s reaches the backend as it was', async (encoding, body) => {
    const answer = await post(body, encoding)
    const seen = (await answer.json()) as Seen
    expect(seen.body).toBe('said')
    expect(seen.headers).not.toHaveProperty('content-encoding')
  })

  test.each([
    ['broken', 'gzip'],
    ['of a coding that we do not speak', 'br'],
    ['compressed twice', 'gzip, gzip'],
  ])('that is %s is a 415', async (_case, encoding) => {
    const answer = await post(Buffer.from('no gzip'), encoding)
    expect([answer.status, await answer.text()]).toEqual([415, '{"message": "Unsupported Media Type"}'])
  })

  test('that is not compressed passes, and may say so', async () => {
    const answer = await post(Buffer.from('said'), 'identity')
    expect(((await answer.json()) as Seen).body).toBe('said')
  })

  test('that would burst the payload limit is a 413, and is never unpacked whole', async () => {
    const before = upstream.requests()
    const answer = await post(gzipSync(Buffer.alloc(64 * 1_048_576)), 'gzip')
    expect(answer.status).toBe(413)
    expect(upstream.requests()).toBe(before)
  })
})
