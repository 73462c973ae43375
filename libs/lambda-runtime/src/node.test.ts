// Node functions: every way to write a handler, every way it can fail, and what it prints.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FunctionDefinition, InvokeResult } from './definition.ts'
import { bytesOf, functionOf, jsonOf, openFixture } from './fixture.ts'
import type { Fixture } from './fixture.ts'

let fixture: Fixture
let count = 0

beforeAll(async () => {
  fixture = await openFixture()
})

afterAll(() => fixture.close())

async function run(
  source: string | Readonly<Record<string, string>>,
  changes: Partial<FunctionDefinition> = {},
  event: unknown = { id: 1 },
): Promise<InvokeResult> {
  const name = changes.name ?? `f${count++}`
  await fixture.runtime.define(functionOf(source, { ...changes, name }))
  const result = await fixture.runtime.invoke(name, bytesOf(event), { requestId: 'ID', logType: 'Tail' })
  await fixture.runtime.remove(name)
  return result
}

async function answerOf(...given: Parameters<typeof run>): Promise<unknown> {
  const result = await run(...given)
  expect(result.functionError).toBeUndefined()
  return jsonOf(result.payload)
}

async function errorOf(...given: Parameters<typeof run>): Promise<Record<string, unknown>> {
  const result = await run(...given)
  expect(result.functionError).toBe('Unhandled')
  return jsonOf(result.payload) as Record<string, unknown>
}

describe('handlers are found', () => {
  const answer = 'async () => 42'
  test.each<[string, Record<string, string>, string]>([
    ['CommonJS', { 'index.js': `exports.handler = ${answer}` }, 'index.handler'],
    ['.cjs', { 'index.cjs': `exports.handler = ${answer}` }, 'index.handler'],
    ['.mjs', { 'index.mjs': `export const handler = ${answer}` }, 'index.handler'],
    ['.mjs that awaits', { 'index.mjs': `const n = await 42; export const handler = async () => n` }, 'index.handler'],
    [
      '.js of a module package',
      { 'package.json': '{"type":"module"}', 'src/app.js': `export const handler = ${answer}` },
      'src/app.handler',
    ],
    [
      '.js with module syntax',
      { 'index.js': `const n = await 42; export const handler = async () => n` },
      'index.handler',
    ],
    ['.ts', { 'index.ts': `export const handler = async (): Promise<number> => 42` }, 'index.handler'],
    ['.mts', { 'index.mts': `export const handler = async (): Promise<number> => 42` }, 'index.handler'],
    ['a nested export', { 'index.js': `exports.a = { b: { handler: ${answer} } }` }, 'index.a.b.handler'],
  ])('in %s', async (_kind, files, handler) => {
    expect(await answerOf(files, { handler })).toBe(42)
  })
})

describe('handlers answer', () => {
  test.each([
    ['a promise', 'exports.handler = async (event) => event', { id: 1 }],
    ['nothing', 'exports.handler = async () => {}', null],
    [
      'a callback',
      'exports.handler = (event, context, callback) => setTimeout(() => callback(null, event), 1)',
      { id: 1 },
    ],
    ['context.succeed', 'exports.handler = (event, context) => context.succeed(1)', 1],
    ['context.done', 'exports.handler = (event, context) => context.done(null, 2)', 2],
    ['the first of two callbacks', 'exports.handler = (e, c, callback) => { callback(null, 1); callback(null, 2) }', 1],
    ['null, when nothing is left to do', 'exports.handler = () => {}', null],
    ['null, when a promise can no longer settle', 'exports.handler = () => new Promise(() => {})', null],
  ])('by %s', async (_kind, source, answer) => {
    expect(await answerOf(source)).toEqual(answer)
  })

  test('by a callback only when the event loop is empty, unless told not to wait', async () => {
    const source = (wait: boolean): string => `exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = ${wait}
      const answer = { isLate: false }
      setTimeout(() => { answer.isLate = true }, 30)
      callback(null, answer)
    }`
    expect(await answerOf(source(true))).toEqual({ isLate: true })
    expect(await answerOf(source(false))).toEqual({ isLate: false })
  })

  test('in time only: a late callback does not answer the next event', async () => {
    await fixture.runtime.define(
      functionOf(
        `exports.handler = (event, context, callback) => {
          context.callbackWaitsForEmptyEventLoop = false
          if (event.id === 1) { context.done(null, 'first'); setTimeout(() => callback(null, 'late'), 20) }
          else setTimeout(() => callback(null, 'second'), 60)
        }`,
        { name: 'late' },
      ),
    )
    const first = await fixture.runtime.invoke('late', bytesOf({ id: 1 }))
    const second = await fixture.runtime.invoke('late', bytesOf({ id: 2 }))
    expect([jsonOf(first.payload), jsonOf(second.payload)]).toEqual(['first', 'second'])
  })

  test('with payloads of megabytes both ways', async () => {
    const text = 'é'.repeat(2_000_000)
    expect(await answerOf('exports.handler = async (event) => event', {}, { text })).toEqual({ text })
  })
})

describe('handlers fail', () => {
  test('with an error: its class, message and trace', async () => {
    const error = await errorOf(`class PetError extends Error { name = 'PetError' }
exports.handler = async () => { throw new PetError('no pets') }`)
    expect(error).toEqual({ errorType: 'PetError', errorMessage: 'no pets', trace: expect.any(Array) })
    expect(error['trace']).toEqual(expect.arrayContaining(['PetError: no pets', expect.stringMatching(/index\.js:2:/)]))
  })

  test.each([
    ['a rejected text', `exports.handler = async () => { throw 'sad' }`, 'string', 'sad'],
    ['an error thrown at once', `exports.handler = () => { throw new TypeError('bad') }`, 'TypeError', 'bad'],
    ['an error called back', `exports.handler = (e, c, callback) => callback(new Error('back'))`, 'Error', 'back'],
    ['context.fail', `exports.handler = (e, context) => context.fail(new RangeError('far'))`, 'RangeError', 'far'],
    [
      'an uncaught error',
      `exports.handler = () => { setTimeout(() => { throw new Error('loose') }) }`,
      'Error',
      'loose',
    ],
    [
      'a circular answer',
      `exports.handler = async () => { const a = {}; a.a = a; return a }`,
      'Runtime.MarshalError',
      'Unable to stringify response body',
    ],
    [
      'an answer without JSON',
      `exports.handler = async () => () => 1`,
      'Runtime.MarshalError',
      'Unable to stringify response body',
    ],
    [
      'an exit',
      `exports.handler = async () => process.exit(3)`,
      'Runtime.ExitError',
      'RequestId: ID Error: Runtime exited with error: exit status 3',
    ],
    [
      'an exit without a reason',
      `exports.handler = async () => process.exit(0)`,
      'Runtime.ExitError',
      'RequestId: ID Error: Runtime exited without providing a reason',
    ],
    [
      'a signal',
      `exports.handler = () => process.kill(process.pid, 'SIGSEGV')`,
      'Runtime.ExitError',
      'RequestId: ID Error: Runtime exited with error: signal: segmentation fault',
    ],
  ])('with %s', async (_kind, source, errorType, errorMessage) => {
    expect(await errorOf(source)).toMatchObject({ errorType, errorMessage })
  })

  test('with a rejection that nobody handled', async () => {
    const error = await errorOf(
      `exports.handler = () => { setTimeout(() => { Promise.reject(new RangeError('far')) }); return new Promise(() => {}) }`,
    )
    expect(error).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'RangeError: far',
      reason: { errorType: 'RangeError', errorMessage: 'far' },
      promise: {},
    })
  })

  test('and the sandbox stays, unless the error escaped', async () => {
    await fixture.runtime.define(
      functionOf(
        `let count = 0
        exports.handler = async (event) => {
          if (event.escape) setTimeout(() => { throw new Error('loose') })
          else if (++count < 3) throw new Error('count ' + count)
          else return count
          return new Promise(() => setTimeout(() => {}, 1000))
        }`,
        { name: 'stays' },
      ),
    )
    const invoke = async (event: unknown): Promise<unknown> =>
      jsonOf((await fixture.runtime.invoke('stays', bytesOf(event))).payload)
    expect(await invoke({})).toMatchObject({ errorMessage: 'count 1' })
    expect(await invoke({})).toMatchObject({ errorMessage: 'count 2' })
    expect(await invoke({})).toBe(3)
    expect(await invoke({ escape: true })).toMatchObject({ errorMessage: 'loose' })
    expect(await invoke({})).toMatchObject({ errorMessage: 'count 1' })
  })

  test('when the answer is over the limit, and the sandbox stays', async () => {
    const { runtime, close } = await openFixture({ responseBytes: 1000 })
    await runtime.define(
      functionOf(`let n = 0; exports.handler = async (event) => event.size ? 'x'.repeat(event.size) : ++n`),
    )
    for (const size of [999, 2000, 300_000]) {
      const result = await runtime.invoke('pets', bytesOf({ size }))
      expect(result.functionError).toBe('Unhandled')
      expect(jsonOf(result.payload)).toEqual({
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (1000 bytes).',
      })
    }
    expect(jsonOf((await runtime.invoke('pets', bytesOf({ size: 998 }))).payload)).toHaveLength(998)
    expect(jsonOf((await runtime.invoke('pets', bytesOf({}))).payload)).toBe(1)
    await close()
  })

  test('when the event is no JSON', async () => {
    await fixture.runtime.define(functionOf('exports.handler = async () => 1', { name: 'json' }))
    const result = await fixture.runtime.invoke('json', Buffer.from('{'))
    expect(jsonOf(result.payload)).toMatchObject({ errorType: 'Runtime.UnmarshalError' })
  })
})

describe('handlers cannot be loaded', () => {
  test.each<[string, Record<string, string>, string, string, RegExp]>([
    [
      'a missing module',
      { 'other.js': '' },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module 'index'\nRequire stack:\n- /,
    ],
    [
      'a missing dependency',
      { 'index.js': `require('missing')` },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module 'missing'\nRequire stack:\n- .*index\.js\n/,
    ],
    [
      'a missing import',
      { 'index.mjs': `import 'missing'` },
      'index.handler',
      'Runtime.ImportModuleError',
      /^Error(?: \[ERR_MODULE_NOT_FOUND\])?: Cannot find package 'missing'/,
    ],
    [
      'a missing export',
      { 'index.js': `exports.other = 1` },
      'index.handler',
      'Runtime.HandlerNotFound',
      /^index\.handler is undefined or not exported$/,
    ],
    [
      'an export that is no function',
      { 'index.js': `exports.handler = 1` },
      'index.handler',
      'Runtime.HandlerNotFound',
      /^index\.handler is not a function$/,
    ],
    ['no export in its name', { 'index.js': '' }, 'index', 'Runtime.MalformedHandlerName', /^Bad handler$/],
    [
      'a name that leaves the folder',
      { 'index.js': '' },
      '../index.handler',
      'Runtime.MalformedHandlerName',
      /^'\.\.\/index\.handler' is not a valid handler name\. Use absolute paths when specifying root directories/,
    ],
    [
      'a syntax error',
      { 'index.js': `syntax error` },
      'index.handler',
      'Runtime.UserCodeSyntaxError',
      /^SyntaxError: Unexpected identifier 'error'$/,
    ],
    ['an error at the top', { 'index.js': `throw new RangeError('top')` }, 'index.handler', 'RangeError', /^top$/],
  ])('because of %s', async (...[, files, handler, errorType, errorMessage]) => {
    const error = await errorOf(files, { handler })
    expect(error).toEqual({ errorType, errorMessage: expect.stringMatching(errorMessage), trace: expect.any(Array) })
  })

  test('because of an exit', async () => {
    expect(await errorOf('process.exit(7)')).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: ID Error: Runtime exited with error: exit status 7',
    })
  })
})

describe('the log', () => {
  test('has console calls with time, request and level, raw output as it is, all in order', async () => {
    const { logTail } = await run(`exports.handler = async (event) => {
      console.log('logged %d', 1, { a: 1 })
      process.stdout.write('raw one\\nraw two\\n')
      console.warn('two\\nlines')
      console.error(new Error('shown').message)
      console.debug('debug')
      process.stderr.write('err')
    }`)
    const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`
    expect(logTail).toMatch(
      new RegExp(
        [
          String.raw`^START RequestId: ID Version: \$LATEST`,
          `${stamp}\tID\tINFO\tlogged 1 { a: 1 }`,
          'raw one',
          'raw two',
          `${stamp}\tID\tWARN\ttwo\nlines`,
          `${stamp}\tID\tERROR\tshown`,
          `${stamp}\tID\tDEBUG\tdebug`,
          'err',
          'END RequestId: ID',
          String.raw`REPORT RequestId: ID\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$`,
        ].join('\n'),
      ),
    )
  })

  test('has the error that a handler failed with', async () => {
    const { logTail } = await run(`exports.handler = async () => { throw Object.assign(new Error('no'), { code: 7 }) }`)
    expect(logTail).toMatch(
      /Z\tID\tERROR\tInvoke Error \t\{"errorType":"Error","errorMessage":"no","code":7,"stack":\["Error: no",/,
    )
  })

  test('tells how a process ended', async () => {
    const { logTail } = await run(`exports.handler = async () => { console.log('last words'); process.exit(1) }`)
    expect(logTail).toMatch(
      /\tlast words\nRequestId: ID Error: Runtime exited with error: exit status 1\nRuntime\.ExitError\nEND .*\n.*\tStatus: error\tError Type: Runtime\.ExitError\t\n$/,
    )
  })

  test('goes to the sink with its group and stream, one event a console call', async () => {
    await run(`exports.handler = async () => console.log('a\\nb')`, { name: 'sunk' })
    const events = fixture.logs.filter(({ functionKey }) => functionKey === 'sunk')
    expect(events).toHaveLength(4)
    expect(events[1]).toEqual({
      functionKey: 'sunk',
      logGroupName: '/aws/lambda/sunk',
      logStreamName: expect.stringMatching(/\[\$LATEST\][0-9a-f]{32}$/),
      timestampMs: expect.any(Number),
      message: expect.stringMatching(/Z\tID\tINFO\ta\nb$/),
    })
  })

  test('is cut to its last 4 KB for the invoker, and absent unless asked for', async () => {
    const { logTail } = await run(
      `exports.handler = async () => { for (let i = 0; i < 500; i++) console.log('line', i) }`,
    )
    expect(Buffer.byteLength(logTail ?? '')).toBe(4096)
    expect(logTail).toContain('line 499')
    await fixture.runtime.define(functionOf('exports.handler = async () => 1', { name: 'quiet' }))
    expect(await fixture.runtime.invoke('quiet', bytesOf(1))).not.toHaveProperty('logTail')
  })
})
