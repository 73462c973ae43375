// Custom runtimes: a `bootstrap` of the package's own that speaks Lambda's HTTP Runtime API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FunctionDefinition } from './definition.ts'
import { bytesOf, functionOf, jsonOf, openFixture, zipOf } from './fixture.ts'
import type { Fixture } from './fixture.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await openFixture({ responseBytes: 100_000 })
})

afterAll(() => fixture.close())

/** A runtime in a few lines: `handle` gets the event, its headers and a call of the Runtime API. */
const runtimeClient = (handle: string): string => `#!${process.execPath}
const http = require('node:http')
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: '/2018-06-01/runtime/' + path, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }))
    })
    request.on('error', reject)
    if (typeof body === 'function') body(request)
    else request.end(body)
  })
}
let count = 0
async function main() {
  for (;;) {
    const { headers, text } = await call('GET', 'invocation/next')
    count++
    const id = headers['lambda-runtime-aws-request-id']
    await (${handle})(JSON.parse(text), headers, (path, ...rest) => call('POST', 'invocation/' + id + '/' + path, ...rest))
  }
}
main()
`

async function define(handle: string, changes: Partial<FunctionDefinition> = {}): Promise<void> {
  await fixture.runtime.define(
    functionOf('', {
      runtime: 'provided.al2023',
      code: { zip: zipOf({ bootstrap: runtimeClient(handle) }) },
      ...changes,
    }),
  )
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('the Runtime API', () => {
  test('gives events with Lambda’s headers and takes answers', async () => {
    await define(`async (event, headers, call) => {
      console.log('handling', event.id)
      const { status, text } = await call('response', JSON.stringify({ event, headers, count, status: globalThis.last }))
      globalThis.last = { status, text }
    }`)
    const before = Date.now()
    const options = {
      requestId: 'ID',
      logType: 'Tail',
      traceHeader: 'Root=1-2-3;\r\nEvil: 1',
      clientContext: '{"é":1}',
      cognitoIdentity: '{"cognitoIdentityId":"x"}',
    } as const
    const first = await fixture.runtime.invoke('pets', bytesOf({ id: 7 }), options)
    const second = await fixture.runtime.invoke('pets', bytesOf({ id: 8 }))
    const answer = jsonOf(first.payload) as { headers: Record<string, string> }
    expect(answer).toMatchObject({
      event: { id: 7 },
      count: 1,
      headers: {
        'lambda-runtime-aws-request-id': 'ID',
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:pets',
        'lambda-runtime-trace-id': 'Root=1-2-3;\\u000d\\u000aEvil: 1',
        'lambda-runtime-client-context': '{"\\u00e9":1}',
        'lambda-runtime-cognito-identity': '{"cognitoIdentityId":"x"}',
      },
    })
    const deadlineMs = Number(answer.headers['lambda-runtime-deadline-ms'])
    expect(deadlineMs).toBeGreaterThanOrEqual(before + 10_000)
    expect(deadlineMs).toBeLessThan(before + 20_000)
    expect(first.logTail).toMatch(/^START .*\nhandling 7\nEND /)
    expect(jsonOf(second.payload)).toMatchObject({ count: 2, status: { status: 202, text: '{"status":"OK"}\n' } })
  })

  test('takes errors', async () => {
    await define(`async (event, headers, call) => {
      await call('error', event.empty ? '' : '{"errorType":"Sad","errorMessage":"no","stackTrace":["a"]}', { 'Lambda-Runtime-Function-Error-Type': 'Runtime.Sad' })
    }`)
    const result = await fixture.runtime.invoke('pets', bytesOf({}))
    expect(result.functionError).toBe('Unhandled')
    expect(jsonOf(result.payload)).toEqual({ errorType: 'Sad', errorMessage: 'no', stackTrace: ['a'] })
    const empty = await fixture.runtime.invoke('pets', bytesOf({ empty: true }))
    expect(jsonOf(empty.payload)).toEqual({ errorType: 'Runtime.Sad', errorMessage: 'The runtime gave no reason' })
  })

  test('refuses what does not fit its state', async () => {
    await define(`async (event, headers, answer) => {
      const early = await call('GET', 'invocation/next')
      const other = await call('POST', 'invocation/other/response', '1')
      const nowhere = await call('POST', 'nowhere', '1')
      const init = await call('POST', 'init/error', '1')
      const seen = [early, other, nowhere, init].map(({ status, text }) => [status, JSON.parse(text).errorType])
      await answer('response', JSON.stringify(seen))
    }`)
    const { payload } = await fixture.runtime.invoke('pets', bytesOf({}))
    expect(jsonOf(payload)).toEqual([
      [403, 'InvalidStateTransition'],
      [400, 'InvalidRequestID'],
      [404, 'InvalidPath'],
      [403, 'InvalidStateTransition'],
    ])
  })

  test('answers 413 to an answer over the limit, and the sandbox stays', async () => {
    await define(`async (event, headers, call) => {
      if (event.big) globalThis.refusal = await call('response', 'x'.repeat(100_001))
      else await call('response', JSON.stringify({ count, ...globalThis.refusal, headers: undefined }))
    }`)
    const big = await fixture.runtime.invoke('pets', bytesOf({ big: true }))
    expect(jsonOf(big.payload)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (100000 bytes).',
    })
    const { payload } = await fixture.runtime.invoke('pets', bytesOf({}))
    expect(jsonOf(payload)).toMatchObject({
      count: 2,
      status: 413,
      text: expect.stringContaining('RequestEntityTooLarge'),
    })
  })

  test('streams chunked answers, whose trailers may tell an error', async () => {
    await define(`async (event, headers, call) => {
      const mode = { 'Lambda-Runtime-Function-Response-Mode': 'streaming', 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked', Trailer: 'Lambda-Runtime-Function-Error-Type' }
      await call('response', (request) => {
        request.write('one,')
        setTimeout(() => {
          request.write('two')
          if (event.fail) request.addTrailers({ 'Lambda-Runtime-Function-Error-Type': 'Runtime.Sad', 'Lambda-Runtime-Function-Error-Body': Buffer.from('{"errorType":"Sad"}').toString('base64') })
          if (event.tear) request.destroy()
          else request.end()
        }, 20)
      }, mode).catch(() => {})
    }`)
    const whole = await fixture.runtime.invokeStream('pets', bytesOf({}))
    expect(whole.contentType).toBe('text/plain')
    expect(await read(whole.body)).toBe('one,two')
    const failed = await fixture.runtime.invokeStream('pets', bytesOf({ fail: true }))
    await expect(read(failed.body)).rejects.toMatchObject({ code: 'FunctionFailed' })
    expect(jsonOf((await failed.completion).payload)).toEqual({ errorType: 'Sad' })
    const torn = await fixture.runtime.invokeStream('pets', bytesOf({ tear: true }))
    await expect(read(torn.body)).rejects.toMatchObject({ code: 'FunctionFailed' })
    expect(jsonOf((await torn.completion).payload)).toMatchObject({ errorType: 'Runtime.TruncatedResponse' })
    expect(await read((await fixture.runtime.invokeStream('pets', bytesOf({}))).body)).toBe('one,two')
  })
})

describe('a bootstrap', () => {
  const runBootstrap = async (files: Record<string, string>, timeoutMs = 10_000): Promise<unknown> => {
    const code = { zip: zipOf(files) }
    await fixture.runtime.define(functionOf('', { runtime: 'provided.al2023', code, timeoutMs }))
    return jsonOf((await fixture.runtime.invoke('pets', bytesOf({}), { requestId: 'ID' })).payload)
  }

  test('may be a shell script with any program behind it', async () => {
    const files = { bootstrap: `#!/bin/sh\nexec "${process.execPath}" "$LAMBDA_TASK_ROOT/main.js"\n` }
    const main = runtimeClient(`async (event, headers, call) => call('response', JSON.stringify(process.env._HANDLER))`)
    expect(await runBootstrap({ ...files, 'main.js': main })).toBe('index.handler')
  })

  test('that is missing, or not executable, is an invalid entry point', async () => {
    expect(await runBootstrap({ 'other.sh': '' })).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(
        /^RequestId: ID Error: Couldn't find valid bootstrap\(s\): \[.*\/bootstrap\]$/,
      ),
    })
  })

  test('that reports an init error is answered with it', async () => {
    const report = runtimeClient('0').replace(
      /main\(\)\n$/,
      `call('POST', 'init/error', '{"errorType":"Runtime.NoConfig","errorMessage":"m"}').then(() => process.exit(1))`,
    )
    expect(await runBootstrap({ bootstrap: report })).toEqual({ errorType: 'Runtime.NoConfig', errorMessage: 'm' })
  })

  test('that exits is told by its status', async () => {
    expect(await runBootstrap({ bootstrap: '#!/bin/sh\necho broken >&2\nexit 5\n' })).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: ID Error: Runtime exited with error: exit status 5',
    })
    expect(fixture.logs.map(({ message }) => message)).toContain('broken')
  })
})
