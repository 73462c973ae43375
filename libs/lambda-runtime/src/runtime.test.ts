// Defining, invoking, replacing and removing functions: reuse, parallelism, limits, environment and context.
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeSha256 } from './code.ts'
import { bytesOf, functionOf, jsonOf, openFixture, zipOf } from './fixture.ts'
import type { Fixture } from './fixture.ts'

let fixture: Fixture
const event = bytesOf({ id: 1 })

beforeEach(async () => {
  fixture = await openFixture({ sandboxes: 3 })
})

afterEach(() => fixture.close())

const counter = 'let count = 0; exports.handler = async () => ({ count: ++count, pid: process.pid })'
/** Answers when its file appears, so that a test decides how long it is under way. */
const waiting = `const { existsSync } = require('node:fs')
exports.handler = async (event) => {
  while (!existsSync(event.file)) await new Promise((resolve) => setTimeout(resolve, 5))
  return 'VERSION'
}`

async function invoke(key: string, payload: unknown = {}): Promise<unknown> {
  return jsonOf((await fixture.runtime.invoke(key, bytesOf(payload))).payload)
}

describe('sandboxes', () => {
  test('are reused while warm, and only the first invocation reports an init', async () => {
    await fixture.runtime.define(functionOf(counter))
    const first = await fixture.runtime.invoke('pets', event)
    const second = await fixture.runtime.invoke('pets', event)
    expect(jsonOf(first.payload)).toMatchObject({ count: 1 })
    expect(jsonOf(second.payload)).toMatchObject({ count: 2 })
    expect(first.initDurationMs).toBeGreaterThan(0)
    expect(second).not.toHaveProperty('initDurationMs')
    expect(second).toMatchObject({ executedVersion: '$LATEST' })
    expect(second.maxMemoryUsedMb).toBeGreaterThan(0)
    expect(second.billedDurationMs).toBe(Math.ceil(second.durationMs))
  })

  test('take one invocation at a time, and more of them are started for more', async () => {
    await fixture.runtime.define(
      functionOf(`exports.handler = async () => { await new Promise((go) => setTimeout(go, 60)); return process.pid }`),
    )
    const pids = await Promise.all([invoke('pets'), invoke('pets'), invoke('pets')])
    expect(new Set(pids).size).toBe(3)
    expect(pids).toContain(await invoke('pets'))
  })

  test('of one function know nothing of another', async () => {
    const source =
      'exports.handler = async () => { const had = globalThis.mark; globalThis.mark = 1; return had ?? null }'
    await fixture.runtime.define(functionOf(source, { name: 'a' }))
    await fixture.runtime.define(functionOf(source, { name: 'b' }))
    expect([await invoke('a'), await invoke('b'), await invoke('a')]).toEqual([null, null, 1])
  })

  test('that are idle make room for another function when there are enough', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await fixture.runtime.define(functionOf(counter, { name }))
    for (const name of ['a', 'b', 'c', 'd', 'b']) await invoke(name)
    expect(await invoke('b')).toMatchObject({ count: 3 })
    expect(await invoke('a')).toMatchObject({ count: 1 })
  })

  test('end after being idle for long', async () => {
    const { runtime, close } = await openFixture({ idleTimeoutMs: 100 })
    await runtime.define(functionOf(counter))
    const { pid } = jsonOf((await runtime.invoke('pets', event)).payload) as { pid: number }
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
    expect(jsonOf((await runtime.invoke('pets', event)).payload)).toMatchObject({ count: 1 })
    await close()
  })

  test('that are provisioned start ahead, stay, and say so', async () => {
    const { runtime, logs, close } = await openFixture({ idleTimeoutMs: 1 })
    const source = `console.log('started'); exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE`
    await runtime.define(functionOf(source, { provisionedConcurrency: 1 }))
    await expect.poll(() => logs.length, { timeout: 5000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 450))
    const result = await runtime.invoke('pets', event)
    expect(jsonOf(result.payload)).toBe('provisioned-concurrency')
    expect(result).not.toHaveProperty('initDurationMs')
    await close()
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('throttling', () => {
  test('refuses what no sandbox can be had for', async () => {
    await fixture.runtime.define(functionOf(counter))
    const busy = [1, 2, 3].map(() => fixture.runtime.invoke('pets', event))
    await expect(fixture.runtime.invoke('pets', event)).rejects.toMatchObject({
      code: 'TooManyRequests',
      reason: 'ConcurrentInvocationLimitExceeded',
    })
    await Promise.all(busy)
  })
})

describe('replacing and removing', () => {
  test('lets an invocation finish with the old code while the next gets the new', async () => {
    const old = await fixture.runtime.define(functionOf(waiting.replace('VERSION', 'old')))
    const file = join(fixture.folder, 'go')
    const underWay = invoke('pets', { file })
    await fixture.runtime.define(functionOf(waiting.replace('VERSION', 'new')))
    const next = invoke('pets', { file: old.codeFolder })
    expect(await next).toBe('new')
    await writeFile(file, '')
    expect(await underWay).toBe('old')
    await expect
      .poll(() =>
        access(old.codeFolder).then(
          () => 'there',
          () => 'gone',
        ),
      )
      .toBe('gone')
  })

  test('keeps what was there when the new code is refused', async () => {
    await fixture.runtime.define(functionOf(counter))
    const refused = fixture.runtime.define(functionOf('', { code: { zip: Buffer.from('no zip') } }))
    await expect(refused).rejects.toMatchObject({ code: 'InvalidZip' })
    expect(await invoke('pets')).toMatchObject({ count: 1 })
  })

  test('the last call wins when two definitions race', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 'x'.repeat(1000)]))
    const slow = functionOf({ ...files, 'index.js': `exports.handler = async () => 'slow'` })
    const quick = functionOf(`exports.handler = async () => 'quick'`)
    await Promise.all([fixture.runtime.define(slow), fixture.runtime.define(quick)])
    expect(await invoke('pets')).toBe('quick')
  })

  test('reloads code that is used in place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-code-'))
    const definition = functionOf('', { code: { folder } })
    await writeFile(join(folder, 'index.js'), `exports.handler = async () => 1`)
    await fixture.runtime.define(definition)
    expect(await invoke('pets')).toBe(1)
    await writeFile(join(folder, 'index.js'), `exports.handler = async () => 2`)
    expect(await invoke('pets')).toBe(1)
    await fixture.runtime.define(definition)
    expect(await invoke('pets')).toBe(2)
    await rm(folder, { recursive: true })
  })

  test('a removed function is unknown, its process and its code are gone', async () => {
    const { codeFolder } = await fixture.runtime.define(functionOf(counter))
    const { pid } = (await invoke('pets')) as { pid: number }
    await fixture.runtime.remove('pets')
    expect(isAlive(pid)).toBe(false)
    await expect(access(codeFolder)).rejects.toThrow('ENOENT')
    await expect(fixture.runtime.invoke('pets', event)).rejects.toMatchObject({ code: 'FunctionNotFound' })
    await fixture.runtime.remove('pets')
  })

  test('close ends invocations under way and leaves nothing', async () => {
    const { runtime, folder } = fixture
    await runtime.define(functionOf(waiting))
    const underWay = runtime.invoke('pets', bytesOf({ file: '/nowhere' }))
    const refused = expect(underWay).rejects.toMatchObject({ code: 'RuntimeClosed' })
    await runtime.close()
    await refused
    expect(await readdir(folder)).toEqual([])
    await expect(runtime.invoke('pets', event)).rejects.toMatchObject({ code: 'RuntimeClosed' })
    await expect(runtime.define(functionOf(counter))).rejects.toMatchObject({ code: 'RuntimeClosed' })
  })
})

describe('what a function sees', () => {
  test('is the environment of Lambda and its own, and nothing of ours', async () => {
    process.env['SLUICE_SECRET'] = 'ours'
    const handle = await fixture.runtime.define(
      functionOf('exports.handler = async () => process.env', {
        environment: { STAGE: 'prod', TZ: 'Europe/Rome' },
        credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' },
      }),
    )
    const result = await fixture.runtime.invoke('pets', event, {
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    })
    delete process.env['SLUICE_SECRET']
    expect(jsonOf(result.payload)).toEqual({
      PATH: process.env['PATH'],
      LANG: 'en_US.UTF-8',
      TZ: 'Europe/Rome',
      LD_LIBRARY_PATH: `${handle.codeFolder}:${handle.codeFolder}/lib`,
      PYTHONPATH: handle.codeFolder,
      STAGE: 'prod',
      AWS_ENDPOINT_URL: 'http://aws.invalid',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'pets',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/pets',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
      LAMBDA_RUNTIME_DIR: expect.stringMatching(/bootstrap$/),
      LAMBDA_TASK_ROOT: handle.codeFolder,
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    })
  })

  test('is its code as working folder, and the package by its hash', async () => {
    const zip = zipOf({ 'index.js': 'exports.handler = async () => process.cwd()' })
    const handle = await fixture.runtime.define(functionOf('', { code: { zip } }))
    expect(handle).toMatchObject({ key: 'pets', codeSha256: codeSha256(zip), codeSizeBytes: zip.length })
    expect(await invoke('pets')).toBe(handle.codeFolder)
  })

  test('is a whole context object', async () => {
    await fixture.runtime.define(
      functionOf(
        `exports.handler = async (event, context) => ({ event, ...context, left: context.getRemainingTimeInMillis() })`,
      ),
    )
    const result = await fixture.runtime.invoke('pets', event, {
      requestId: 'my-request',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:pets:live',
      clientContext: '{"custom":{"é":1}}',
      cognitoIdentity: '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}',
    })
    const context = jsonOf(result.payload) as { left: number }
    expect(context).toEqual({
      event: { id: 1 },
      callbackWaitsForEmptyEventLoop: true,
      functionName: 'pets',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/pets',
      logStreamName: expect.stringContaining('[$LATEST]'),
      clientContext: { custom: { é: 1 } },
      identity: { cognitoIdentityId: 'id', cognitoIdentityPoolId: 'pool' },
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:pets:live',
      awsRequestId: 'my-request',
      left: expect.any(Number),
    })
    expect(context.left).toBeGreaterThan(9000)
    expect(context.left).toBeLessThanOrEqual(10_000)
  })

  test('is never an event over the limit', async () => {
    const { runtime, close } = await openFixture({ requestBytes: 100 })
    await runtime.define(functionOf(counter))
    await expect(runtime.invoke('pets', Buffer.alloc(101))).rejects.toMatchObject({
      code: 'RequestTooLarge',
      message: 'Request must be smaller than 100 bytes for the InvokeFunction operation',
    })
    await close()
  })

  test('a runtime that cannot be run here is refused to the invoker', async () => {
    await fixture.runtime.define(functionOf('', { runtime: 'java21' }))
    await expect(fixture.runtime.invoke('pets', event)).rejects.toMatchObject({
      code: 'InvalidRuntime',
      message: 'The runtime java21 cannot be run here; nodejs, python3 and provided can',
    })
  })
})
