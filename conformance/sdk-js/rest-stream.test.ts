// Streamed answers of REST APIs: the first byte leaves before the last one came. REST 3.10.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { APIGatewayClient, TestInvokeMethodCommand } from '@aws-sdk/client-api-gateway'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'

let gateway: ReturnType<typeof createGateway>
let rest: APIGatewayClient
let lambda: LambdaClient

beforeAll(() => {
  gateway = createGateway()
  rest = new APIGatewayClient(gateway.clientConfig)
  lambda = new LambdaClient(gateway.clientConfig)
})

afterAll(() => gateway.close())

const streamingUri = (arn: string): string =>
  invocationUri(arn).replace('2015-03-31', '2021-11-15').replace('/invocations', '/response-streaming-invocations')

interface StreamedMethod {
  readonly url: string
  readonly address: { restApiId: string; resourceId: string; httpMethod: string }
}

async function functionMethod(name: string, source: string, streams = true): Promise<StreamedMethod> {
  const arn = await createNodeFunction(lambda, name, source)
  return methodOf(name, {
    type: 'AWS_PROXY' as const,
    integrationHttpMethod: 'POST',
    uri: streams ? streamingUri(arn) : invocationUri(arn),
    ...(streams && { responseTransferMode: 'STREAM' as const, timeoutInMillis: 10_000 }),
  })
}

async function methodOf(
  name: string,
  integration: Parameters<typeof putMethod>[3]['integration'],
): Promise<StreamedMethod> {
  const id = await createRestApi(rest, name)
  const address = await putMethod(rest, id, '/s', { integration })
  await deploy(rest, id, 'prod')
  return { url: `http://${id}.execute-api.localhost/prod/s`, address }
}

async function readerOf({ body }: Response) {
  const reader = body?.getReader()
  if (reader === undefined) throw new Error('there is no body')
  return {
    next: async (): Promise<string | undefined> => {
      const { done, value } = await reader.read()
      return done ? undefined : Buffer.from(value as Uint8Array).toString()
    },
    cancel: () => reader.cancel(),
  }
}

describe('a streaming function', () => {
  test('is heard as it speaks: status, headers and cookies from its prelude, then bytes as they come', async () => {
    const { url } = await functionMethod(
      'speaks',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        const meta = { statusCode: 203, headers: { 'Content-Type': 'text/event-stream', 'X-Path': event.path }, cookies: ['a=1', 'b=2'] }
        stream = awslambda.HttpResponseStream.from(stream, meta)
        stream.write('first')
        await new Promise((resolve) => setTimeout(resolve, 300))
        stream.write('last')
        stream.end()
      })`,
    )
    const response = await gateway.invoke(url)
    const reader = await readerOf(response)
    expect(await reader.next()).toBe('first')
    const firstMs = performance.now()
    expect(await reader.next()).toBe('last')
    expect(performance.now() - firstMs).toBeGreaterThan(150)
    expect(await reader.next()).toBeUndefined()
    expect(response.status).toBe(203)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-path')).toBe('/s')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may answer more than a buffered answer can hold', async () => {
    const { url } = await functionMethod(
      'large',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200 })
        for (let index = 0; index < 12; index++) stream.write(Buffer.alloc(1048576, 97))
        stream.end()
      })`,
    )
    const bytes = await (await gateway.invoke(url)).arrayBuffer()
    expect(bytes.byteLength).toBe(12 * 1_048_576)
  })

  test.each([
    ['without a prelude', `stream.write('just text'); stream.end()`],
    [
      'with a member that no prelude has',
      `stream.write('{"statusCode":200,"body":"x"}' + '\\0'.repeat(8)); stream.end()`,
    ],
    [
      'with a delimiter behind 16 KB',
      `stream.write('{"statusCode":200}' + ' '.repeat(17000) + '\\0'.repeat(8)); stream.end()`,
    ],
    ['that fails', `throw new Error('no')`],
  ])('%s is a 502', async (name, body) => {
    const { url } = await functionMethod(
      name.replace(/\W+/g, '-'),
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => { ${body} })`,
    )
    const response = await gateway.invoke(url)
    expect(response.status).toBe(502)
    expect(await response.text()).toBe('{"message": "Internal server error"}')
  })

  test('that pauses longer than the API’s endpoint allows is cut', async () => {
    const { url } = await functionMethod(
      'pauses',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200 })
        stream.write('first')
        await new Promise(() => setInterval(() => {}, 1000))
      })`,
    )
    const reader = await readerOf(await gateway.invoke(url))
    expect(await reader.next()).toBe('first')
    const next = reader.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    gateway.clock.advance(30_000)
    await expect(next).rejects.toThrow('paused longer')
  })

  test('whose head does not come in time is a 504', async () => {
    const { url } = await functionMethod(
      'silent',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('{"statusCode":')
        await new Promise(() => setInterval(() => {}, 1000))
      })`,
    )
    const answering = gateway.invoke(url)
    await new Promise((resolve) => setTimeout(resolve, 400))
    gateway.clock.advance(10_000)
    const response = await answering
    expect(response.status).toBe(504)
    expect(await response.text()).toBe('{"message": "Endpoint request timed out"}')
  })

  test('invoked without streaming has its status and headers, and no body', async () => {
    const { url } = await functionMethod(
      'buffered',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: { 'X-A': '1' } })
        stream.write('lost')
        stream.end()
      })`,
      false,
    )
    const response = await gateway.invoke(url)
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([202, '1', ''])
  })

  test('is tested with its answer whole and no log', async () => {
    const { address } = await functionMethod(
      'tested-stream',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200 })
        stream.write('all of ')
        stream.write('it')
        stream.end()
      })`,
    )
    expect(await rest.send(new TestInvokeMethodCommand(address))).toMatchObject({
      status: 200,
      body: 'all of it',
      log: '',
    })
  })
})

describe('a streaming HTTP backend', () => {
  test('is passed on as it speaks, and hears when nobody listens any more', async () => {
    let backend: ServerResponse | undefined
    let closed: () => void = () => {}
    const left = new Promise<void>((resolve) => (closed = resolve))
    const server = createServer((_request, response) => {
      backend = response
      response.on('close', () => closed())
      response.writeHead(201, { 'Content-Type': 'application/octet-stream' })
      response.write(Buffer.from([0xff, 0x00]))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { url } = await methodOf('backend', {
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      responseTransferMode: 'STREAM',
    })
    const response = await gateway.invoke(url)
    expect(response.status).toBe(201)
    const reader = response.body?.getReader()
    // Binary without binary media types: a stream is never text.
    expect((await reader?.read())?.value).toEqual(Buffer.from([0xff, 0x00]))
    backend?.write('more')
    expect(Buffer.from((await reader?.read())?.value as Uint8Array).toString()).toBe('more')
    await reader?.cancel()
    await left
    server.close()
  })
})
