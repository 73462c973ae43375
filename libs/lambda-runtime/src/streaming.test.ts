// Streamed answers of Node functions: bytes as they come, the HTTP prelude, failure, slow and absent readers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StreamInvocation } from './definition.ts'
import { bytesOf, functionOf, jsonOf, openFixture } from './fixture.ts'
import type { Fixture } from './fixture.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await openFixture()
})

afterAll(() => fixture.close())

async function stream(source: string, event: unknown = {}): Promise<StreamInvocation> {
  await fixture.runtime.define(functionOf(source))
  return fixture.runtime.invokeStream('pets', bytesOf(event), { requestId: 'ID', logType: 'Tail' })
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('streaming', () => {
  test('hands out each write as it comes', async () => {
    const { body, contentType, completion, requestId, executedVersion } = await stream(
      `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
        stream.setContentType('text/plain')
        stream.write('one ' + context.awsRequestId)
        await new Promise((resolve) => setTimeout(resolve, 40))
        stream.write({ two: 2 })
        stream.end()
      })`,
    )
    expect({ contentType, requestId, executedVersion }).toEqual({
      contentType: 'text/plain',
      requestId: 'ID',
      executedVersion: '$LATEST',
    })
    const chunks: string[] = []
    for await (const chunk of body) chunks.push(Buffer.from(chunk).toString())
    expect(chunks).toEqual(['one ID', '{"two":2}'])
    const result = await completion
    expect(result).toMatchObject({ payload: new Uint8Array(0), logTail: expect.stringMatching(/^START .*REPORT /s) })
    expect(result.durationMs).toBeGreaterThan(35)
  })

  test('puts the HTTP prelude and eight zero bytes before the body', async () => {
    const { body, contentType } = await stream(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } })
        stream.write('body')
      })`,
    )
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response')
    expect((await read(body)).toString()).toBe('{"statusCode":201,"headers":{"a":"b"}}\0\0\0\0\0\0\0\0body')
  })

  test('may end without a byte', async () => {
    const { body, contentType } = await stream(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => stream.end())`,
    )
    expect(contentType).toBe('application/octet-stream')
    expect(await read(body)).toHaveLength(0)
  })

  test('gives the whole answer of a handler that does not stream', async () => {
    const { body, contentType } = await stream(`exports.handler = async () => ({ statusCode: 200 })`)
    expect(contentType).toBe('application/json')
    expect((await read(body)).toString()).toBe('{"statusCode":200}')
  })

  test('is gathered for an invoker who wants the whole', async () => {
    const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      for (let i = 0; i < event.times; i++) stream.write('x'.repeat(100_000))
    })`
    await fixture.runtime.define(functionOf(source))
    const { payload } = await fixture.runtime.invoke('pets', bytesOf({ times: 30 }))
    expect(payload).toHaveLength(3_000_000)
    const tooLarge = await fixture.runtime.invoke('pets', bytesOf({ times: 63 }))
    expect(jsonOf(tooLarge.payload)).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' })
  })
})

describe('a stream that fails', () => {
  test('before its first byte gives only the failure', async () => {
    const { body, completion } = await stream(
      `exports.handler = awslambda.streamifyResponse(async () => { throw new TypeError('early') })`,
    )
    await expect(read(body)).rejects.toMatchObject({ code: 'FunctionFailed' })
    const result = await completion
    expect(result.functionError).toBe('Unhandled')
    expect(jsonOf(result.payload)).toMatchObject({ errorType: 'TypeError', errorMessage: 'early' })
  })

  test.each([
    ['an error', `throw new TypeError('late')`, { errorType: 'TypeError', errorMessage: 'late' }],
    ['an exit', `process.exit(2)`, { errorType: 'Runtime.ExitError' }],
    ['a destroyed stream', `stream.destroy(new Error('torn'))`, { errorType: 'Error', errorMessage: 'torn' }],
  ])('underway by %s gives the bytes before it, then the failure', async (_kind, statement, error) => {
    const { body, completion } = await stream(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        await new Promise((resolve) => stream.write('begun', resolve))
        ${statement}
      })`,
    )
    const chunks: string[] = []
    const reading = (async () => {
      for await (const chunk of body) chunks.push(Buffer.from(chunk).toString())
    })()
    await expect(reading).rejects.toMatchObject({ code: 'FunctionFailed' })
    expect(chunks).toEqual(['begun'])
    expect(jsonOf((await completion).payload)).toMatchObject(error)
  })

  test('by its size ends the sandbox', async () => {
    const { runtime, close } = await openFixture({ streamBytes: 200_000 })
    await runtime.define(
      functionOf(`let count = 0
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write(String(++count))
        if (event.big) stream.write('x'.repeat(200_000))
      })`),
    )
    const { body, completion } = await runtime.invokeStream('pets', bytesOf({ big: true }))
    await expect(read(body)).rejects.toMatchObject({ code: 'FunctionFailed' })
    expect(jsonOf((await completion).payload)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (200000 bytes).',
    })
    const next = await runtime.invokeStream('pets', bytesOf({}))
    expect((await read(next.body)).toString()).toBe('1')
    await close()
  })

  test('to begin is refused with the same faults as any invocation', async () => {
    await expect(fixture.runtime.invokeStream('nobody', bytesOf({}))).rejects.toMatchObject({
      code: 'FunctionNotFound',
    })
  })
})

describe('back-pressure', () => {
  const flood = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    const ticks = { count: 0 }
    const timer = setInterval(() => ticks.count++, 5)
    const chunk = 'x'.repeat(100_000)
    for (let i = 0; i < 100; i++) if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve))
    clearInterval(timer)
    console.log('ticks', ticks.count)
  })`

  test('a slow reader makes the function wait, whose other work goes on', async () => {
    const { body, completion } = await stream(flood)
    await new Promise((resolve) => setTimeout(resolve, 150))
    let bytes = 0
    for await (const chunk of body) bytes += chunk.length
    expect(bytes).toBe(10_000_000)
    const { durationMs, logTail } = await completion
    expect(durationMs).toBeGreaterThan(140)
    expect(Number(/ticks (\d+)/.exec(logTail ?? '')?.[1])).toBeGreaterThan(10)
  })

  test('a reader who leaves does not hold up the function', async () => {
    const { body, completion } = await stream(flood)
    for await (const _chunk of body) break
    expect((await completion).functionError).toBeUndefined()
  })
})
