// Functions on this machine through their port: permissions, time, events and their retries, folders, logs.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import type { FunctionRecord } from '../nouns/function-records.ts'
import type { FunctionAnswer, FunctionCall, Functions } from '../ports/functions.ts'
import type { Store } from '../ports/store.ts'
import { createMemoryBlobs } from './blobs.ts'
import { VirtualClock } from './clocks.ts'
import { createLocalFunctions, type LocalFunctionsParts } from './local-functions.ts'
import { createSqliteLogs } from './sqlite-logs.ts'
import { createMemoryStore } from './memory-store.ts'

const scope = { account: '000000000000', region: 'us-east-1' }
const arn = 'arn:aws:lambda:us-east-1:000000000000:function:pets'

let folder: string
let store: Store
let functions: ReturnType<typeof createLocalFunctions>
const clock = new VirtualClock()
const blobs = createMemoryBlobs()
const logs = createSqliteLogs({ file: undefined, clock, log: createLog('silent') })
const linesOf = (group: string): string[] => logs.events({ scope, group, limit: 1_000 }).map(({ message }) => message)

function open(more: Partial<LocalFunctionsParts> = {}): void {
  functions = createLocalFunctions({
    store,
    blobs,
    clock,
    logs,
    log: createLog('silent'),
    codeFolder: folder,
    remote: undefined,
    endpointUrl: () => 'http://127.0.0.1:4566',
    credentials: async () => undefined,
    roles: { assume: () => undefined },
    enforcePermissions: false,
    ...more,
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-functions-'))
  store = createMemoryStore()
})

afterEach(async () => {
  await functions.close()
  await store.close()
  await rm(folder, { recursive: true })
})

async function put(code: FunctionRecord['code'], more: Partial<FunctionRecord> = {}): Promise<void> {
  const configuration = { FunctionName: 'pets', Runtime: 'nodejs24.x' as const, Handler: 'index.handler', Timeout: 3 }
  await store.transact(scope, async (transaction) =>
    transaction.put('Function', ['pets', '$LATEST'], { configuration, code, tags: {}, ...more }),
  )
}

async function putSource(source: string, more: Partial<FunctionRecord> = {}): Promise<void> {
  await put({ zipSha256: await blobs.put(zipSync({ 'index.mjs': strToU8(source) })) }, more)
}

function call(more: Partial<FunctionCall> = {}): FunctionCall {
  return { functionArn: arn, payload: '{}', type: 'RequestResponse', principal: 'apigateway.amazonaws.com', ...more }
}

async function value(more: Partial<FunctionCall> = {}): Promise<unknown> {
  const { payload } = await functions.invoke(call(more))
  return JSON.parse(Buffer.from(payload).toString())
}

test('code in a folder is used in place, and a change reaches the next invocation', async () => {
  open()
  const code = await mkdtemp(join(folder, 'code-'))
  const save = (text: string): Promise<void> => writeFile(join(code, 'index.mjs'), text)
  await save('export const handler = async () => 1')
  await put({ folder: code })
  expect(await value()).toBe(1)
  await save('export const handler = async () => 2')
  await expect.poll(() => value(), { timeout: 5000 }).toBe(2)
})

test('a function finds the gateway in AWS_ENDPOINT_URL, and its lines go to the function log', async () => {
  open()
  await putSource('export const handler = async () => { console.log("hello"); return process.env.AWS_ENDPOINT_URL }')
  expect(await value()).toBe('http://127.0.0.1:4566')
  const lines = linesOf('/aws/lambda/pets')
  expect(lines.some((line) => line.endsWith('INFO\thello'))).toBe(true)
})

test('the caller may stop waiting, at the time of the clock', async () => {
  open()
  await putSource('export const handler = () => new Promise(() => setInterval(() => {}, 1000))')
  const waiting = functions.invoke(call({ timeoutMs: 29_000 }))
  await settled()
  clock.advance(29_000)
  await expect(waiting).rejects.toMatchObject({ name: 'FunctionFault', reason: 'timeout' })
})

test('a function without concurrency left is throttled', async () => {
  open()
  await putSource('export const handler = async () => 1', { reservedConcurrency: 0 })
  await expect(functions.invoke(call())).rejects.toMatchObject({
    reason: 'throttled',
    status: 429,
    code: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    throttle: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
})

describe('events', () => {
  test('are tried as often, and kept as long, as the function’s settings say', async () => {
    open()
    await putSource('export const handler = async ({ id }) => { console.log("try", id); throw new Error("no") }')
    await store.transact(scope, async (transaction) => {
      transaction.put('FunctionEventInvoke', ['pets', '$LATEST'], { retries: 1, modifiedAt: 0 })
    })
    const tries = (id: number): number =>
      linesOf('/aws/lambda/pets').filter((line) => line.includes(`try ${id}`)).length
    const send = (id: number) => functions.invoke(call({ type: 'Event', payload: JSON.stringify({ id }) }))
    const later = async (milliseconds: number): Promise<void> => {
      await settled()
      clock.advance(milliseconds)
    }
    await send(21)
    await expect.poll(() => tries(21), { timeout: 5000 }).toBe(1)
    await later(60_000)
    await expect.poll(() => tries(21), { timeout: 5000 }).toBe(2)
    await later(600_000)
    await store.transact(scope, async (transaction) => {
      transaction.put('FunctionEventInvoke', ['pets', '$LATEST'], { maximumAgeSeconds: 60, modifiedAt: 0 })
    })
    await send(22)
    await expect.poll(() => tries(22), { timeout: 5000 }).toBe(1)
    await later(600_000)
    await settled()
    expect([tries(21), tries(22)]).toEqual([2, 1])
  })

  test('are answered 202 at once and tried three times, after one and after two minutes', async () => {
    open()
    await putSource('export const handler = async ({ id }) => { console.log("try", id); throw new Error("no") }')
    const tries = (): number => linesOf('/aws/lambda/pets').filter((line) => line.includes('try 7')).length
    const answer = await functions.invoke(call({ type: 'Event', payload: '{"id":7}' }))
    expect(answer.status).toBe(202)
    await expect.poll(tries, { timeout: 5000 }).toBe(1)
    await settled()
    clock.advance(59_999)
    await settled()
    expect(tries()).toBe(1)
    clock.advance(1)
    await expect.poll(tries, { timeout: 5000 }).toBe(2)
    await settled()
    clock.advance(120_000)
    await expect.poll(tries, { timeout: 5000 }).toBe(3)
    await settled()
    clock.advance(3_600_000)
    await settled()
    expect(tries()).toBe(3)
  })

  test('of more than 1 MB are refused', async () => {
    open()
    await putSource('export const handler = async () => 1')
    const payload = JSON.stringify('x'.repeat(1_048_576))
    await expect(functions.invoke(call({ type: 'Event', payload }))).rejects.toMatchObject({
      reason: 'too-large',
      status: 413,
    })
  })
})

describe('permissions', () => {
  const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/prod/GET/pets'

  async function allow(qualifier: string, condition: object, resource = arn): Promise<void> {
    const statement = {
      Sid: 'api',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: resource,
      Condition: condition,
    }
    await store.transact(scope, async (transaction) =>
      transaction.put('FunctionPolicy', ['pets', qualifier], {
        revisionId: '1',
        statements: [{ sid: 'api', statement }],
      }),
    )
  }

  beforeEach(async () => {
    open({ enforcePermissions: true })
    await putSource('export const handler = async () => 1')
  })

  test('are needed by services, and looked at again when they change', async () => {
    const denied = {
      reason: 'denied',
      status: 403,
      message: `User: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no resource-based policy allows the lambda:InvokeFunction action`,
    }
    await expect(value({ sourceArn })).rejects.toMatchObject(denied)
    await allow('$LATEST', { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/*' } })
    expect(await value({ sourceArn })).toBe(1)
    await expect(value({ sourceArn: sourceArn.replace('GET', 'POST') })).rejects.toMatchObject(denied)
    await store.transact(scope, async (transaction) => transaction.delete('FunctionPolicy', ['pets', '$LATEST']))
    await expect(value({ sourceArn })).rejects.toMatchObject(denied)
  })

  test('compare the account of the source', async () => {
    await allow('$LATEST', { StringEquals: { 'AWS:SourceAccount': '111111111111' } })
    await expect(value({ sourceArn })).rejects.toMatchObject({ reason: 'denied' })
    expect(await value({ sourceArn: sourceArn.replace('000000000000', '111111111111') })).toBe(1)
  })

  test('do not reach across regions', async () => {
    await allow('$LATEST', {})
    await expect(value({ sourceArn: sourceArn.replace('us-east-1', 'eu-west-1') })).rejects.toMatchObject({
      reason: 'denied',
    })
  })

  test('of the function do not cover its alias', async () => {
    await store.transact(scope, async (transaction) =>
      transaction.put('FunctionAlias', ['pets', 'live'], {
        name: 'live',
        aliasArn: `${arn}:live`,
        functionVersion: '$LATEST',
        description: '',
        revisionId: '1',
      }),
    )
    await allow('$LATEST', {})
    await expect(value({ functionArn: `${arn}:live` })).rejects.toMatchObject({ reason: 'denied' })
    await allow('live', {}, `${arn}:live`)
    expect(await value({ functionArn: `${arn}:live` })).toBe(1)
  })

  test('are not for IAM principals', async () => {
    expect(await value({ principal: 'arn:aws:iam::000000000000:root' })).toBe(1)
  })
})

test('a function that is not here is asked of the remote side, until it is here', async () => {
  const answer: FunctionAnswer = {
    status: 200,
    payload: strToU8('"remote"'),
    executedVersion: '1',
    requestId: 'r',
    logTail: '',
  }
  const remote: Functions = {
    invoke: async () => answer,
    stream: () => Promise.reject(new Error('not asked')),
  }
  open({ remote })
  expect(await value()).toBe('remote')
  await putSource('export const handler = async () => "local"')
  expect(await value()).toBe('local')
})

/** Until promises that are under way have come to rest; the runtime answers within a turn or two of the event loop. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50))
}
