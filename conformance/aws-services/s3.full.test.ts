// S3 behind REST APIs: objects by path, with bytes both ways and S3's own errors. Recorded: REST 33.
import { CreateRestApiCommand, type PutIntegrationCommandInput } from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { deploy, putMethod } from '../fixture/rest-api.ts'
import { noMoto } from './moto.ts'
import { role, startPlace, type Place } from './place.ts'

const bucket = 'pet-photos'

describe.skipIf(noMoto !== undefined)(`S3 behind a REST API ${noMoto ?? ''}`, () => {
  let place: Place
  let api: string
  beforeAll(async () => {
    place = await startPlace({ takesAnySignature: true })
    await place.aws('s3', 'create_bucket', { Bucket: bucket })
    api = await fileApi(place)
  })
  afterAll(() => place?.close())

  const call = (path: string, init?: RequestInit): Promise<Response> => place.call(api, `/prod${path}`, init)
  const stored = (Key: string): Promise<Record<string, unknown>> =>
    place.aws('s3', 'get_object', { Bucket: bucket, Key })

  test('bytes go to the bucket and come back as they are, with type and ETag', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const put = await call('/files/cats/tom.png', {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: bytes,
    })
    expect(put.status, await put.text()).toBe(200)
    const object = await stored('cats/tom.png')
    expect([object['ContentType'], object['Body']]).toEqual(['image/png', [...bytes]])
    expect(put.headers.get('etag')).toBe(object['ETag'])

    const got = await call('/files/cats/tom.png', { headers: { accept: 'image/png' } })
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect([...new Uint8Array(await got.arrayBuffer())]).toEqual([...bytes])
  })

  test.each([
    ['a%20b/%C3%A9+x.txt', 'a b/é+x.txt'],
    ["it's(1)!*.txt", "it's(1)!*.txt"],
    ['a=1&b:2@c,d.txt', 'a=1&b:2@c,d.txt'],
    ['100%25.txt', '100%.txt'],
    ['deep/er/and/deeper.txt', 'deep/er/and/deeper.txt'],
  ])('the greedy path %s is the key %s', async (path, key) => {
    const put = await call(`/files/${path}`, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: key })
    expect(put.status, await put.text()).toBe(200)
    expect((await stored(key))['Body']).toEqual([...Buffer.from(key)])
    expect(await (await call(`/files/${path}`)).text()).toBe(key)
  })

  test('a list with a prefix from the query is S3’s XML', async () => {
    for (const Key of ['list/a', 'list/b c', 'other']) {
      await place.aws('s3', 'put_object', { Bucket: bucket, Key, Body: 'x' })
    }
    const list = await call('/files?prefix=list%2F')
    expect([list.status, list.headers.get('content-type')]).toEqual([200, 'application/xml'])
    expect((await list.text()).match(/(?<=<Key>).*?(?=<\/Key>)/g)).toEqual(['list/a', 'list/b c'])
  })

  test('DELETE takes an object away; what S3 says of a missing one is the 404', async () => {
    await place.aws('s3', 'put_object', { Bucket: bucket, Key: 'gone', Body: 'x' })
    const deleted = await call('/files/gone', { method: 'DELETE' })
    expect([deleted.status, await deleted.text()]).toEqual([204, ''])
    await expect(stored('gone')).rejects.toThrow('NoSuchKey')
    const missing = await call('/files/gone')
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')])
  })

  test('a range by a mapped header is a 206', async () => {
    await place.aws('s3', 'put_object', { Bucket: bucket, Key: 'range', Body: '0123456789' })
    const part = await call('/files/range', { headers: { range: 'bytes=2-4' } })
    expect([part.status, await part.text()]).toEqual([206, '234'])
  })
})

test.skipIf(noMoto !== undefined).each([
  ['its own secret', {}, 200, ''],
  ['another', { secretAccessKey: 'wrong' }, 403, expect.stringContaining('<Code>SignatureDoesNotMatch</Code>')],
])(`S3 checks the signature that the gateway makes with %s ${noMoto ?? ''}`, async (_, options, status, text) => {
  const place = await startPlace(options)
  onTestFinished(() => place.close())
  await place.aws('s3', 'create_bucket', { Bucket: bucket })
  const put = await place.call(await fileApi(place), '/prod/files/cats/tom', { method: 'PUT', body: 'x' })
  expect([put.status, await put.text()]).toEqual([status, text])
})

/** `/files` lists the bucket, `/files/{key+}` does with an object what its verb says; statuses are S3's. */
async function fileApi({ rest }: Place): Promise<string> {
  const create = new CreateRestApiCommand({ name: 'files', binaryMediaTypes: ['image/*'] })
  const { id = '' } = await rest.send(create)
  await putMethod(rest, id, '/files', {
    method: { requestParameters: { 'method.request.querystring.prefix': false } },
    ...s3(bucket, 'GET', {
      'integration.request.querystring.list-type': "'2'",
      'integration.request.querystring.prefix': 'method.request.querystring.prefix',
    }),
  })
  await putMethod(rest, id, '/files/{key+}', {
    httpMethod: 'ANY',
    method: { requestParameters: { 'method.request.path.key': true, 'method.request.header.range': false } },
    ...s3(`${bucket}/{object}`, 'ANY', {
      'integration.request.path.object': 'method.request.path.key',
      'integration.request.header.Range': 'method.request.header.range',
    }),
  })
  await deploy(rest, id, 'prod')
  return id
}

/** An integration with S3 that passes statuses on. */
function s3(path: string, integrationHttpMethod: string, requestParameters: Record<string, string>) {
  const integration: Omit<PutIntegrationCommandInput, 'restApiId' | 'resourceId' | 'httpMethod'> = {
    type: 'AWS',
    integrationHttpMethod,
    uri: `arn:aws:apigateway:us-east-1:s3:path/${path}`,
    credentials: role,
    requestParameters,
  }
  const isObject = path !== bucket
  const statuses = ['200', '204', '206', '403', '404']
  const back = {
    // Sources are case-sensitive, and moto writes the names of an object's headers in lower case, as fetch does a request's.
    'method.response.header.Content-Type': `integration.response.header.${isObject ? 'content-type' : 'Content-Type'}`,
    'method.response.header.ETag': 'integration.response.header.ETag',
  }
  const responseParameters = Object.fromEntries(Object.keys(back).map((name) => [name, false]))
  return {
    integration,
    responses: statuses.map((statusCode) => ({ statusCode, responseParameters })),
    integrationResponses: statuses.map((statusCode) => ({
      statusCode,
      ...(statusCode === '200' ? {} : { selectionPattern: statusCode }),
      responseParameters: back,
    })),
  }
}
