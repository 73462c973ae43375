// Whatever a function's process does, the runtime stays well: time, memory, output, file descriptors, descendants.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FunctionDefinition, InvokeOptions, InvokeResult } from './definition.ts'
import { bytesOf, functionOf, jsonOf, openFixture } from './fixture.ts'
import type { Fixture } from './fixture.ts'
import { createRuntime } from './runtime.ts'

const hasProc = existsSync('/proc/self/status')
let fixture: Fixture

beforeAll(async () => {
  fixture = await openFixture({ initTimeoutMs: 100, memoryAllowanceMb: 0 })
})

afterAll(() => fixture.close())

async function run(
  source: string,
  changes: Partial<FunctionDefinition> = {},
  options: InvokeOptions = {},
): Promise<InvokeResult> {
  await fixture.runtime.define(functionOf(source, changes))
  return fixture.runtime.invoke('pets', bytesOf({}), { requestId: 'ID', ...options })
}

/** True once the process has ended; one that nobody has collected yet counts as ended. */
async function hasEnded(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
    if (!hasProc) return false
    return /^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

const timedOut = (seconds: string): object => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ID Error: Task timed out after ${seconds} seconds`,
})

describe('time', () => {
  test.each([
    ['waits for ever', 'exports.handler = () => new Promise(() => setTimeout(() => {}, 1e6))'],
    ['loops for ever', 'exports.handler = () => { for (;;); }'],
    ['ignores signals', `process.on('SIGTERM', () => {}); exports.handler = () => { for (;;); }`],
  ])('ends a function that %s', async (_kind, source) => {
    const result = await run(source, { timeoutMs: 250 }, { logType: 'Tail' })
    expect(result.functionError).toBe('Unhandled')
    expect(jsonOf(result.payload)).toEqual(timedOut('0.25'))
    expect(result.durationMs).toBeGreaterThanOrEqual(249)
    expect(result.logTail).toMatch(/Z ID Task timed out after 0\.25 seconds\nEND .*\nREPORT .*\tStatus: timeout\t\n$/)
  })

  test('starts a new sandbox after a time-out', async () => {
    const source = `let count = 0; exports.handler = async (event) => { count++; if (event.loop) for (;;); return count }`
    await fixture.runtime.define(functionOf(source, { timeoutMs: 200 }))
    expect(jsonOf((await fixture.runtime.invoke('pets', bytesOf({}))).payload)).toBe(1)
    await fixture.runtime.invoke('pets', bytesOf({ loop: true }))
    expect(jsonOf((await fixture.runtime.invoke('pets', bytesOf({}))).payload)).toBe(1)
  })

  test('ends one that never finishes to start, after the time for that and its own', async () => {
    const started = performance.now()
    expect(jsonOf((await run('for (;;);', { timeoutMs: 100 })).payload)).toEqual(timedOut('0.10'))
    expect(performance.now() - started).toBeGreaterThanOrEqual(199)
  })

  test('takes an answer that came in time while this process was busy', async () => {
    await fixture.runtime.define(functionOf('exports.handler = async () => 1', { timeoutMs: 100 }))
    await fixture.runtime.invoke('pets', bytesOf({}))
    const underWay = fixture.runtime.invoke('pets', bytesOf({}))
    const until = performance.now() + 300
    while (performance.now() < until);
    expect(jsonOf((await underWay).payload)).toBe(1)
  })

  test('ends the processes that it started too', async () => {
    const source = `const { spawn } = require('node:child_process')
    exports.handler = async () => { console.log('pid', spawn('sleep', ['60']).pid); await new Promise((r) => setTimeout(r, 1e6)) }`
    const { logTail } = await run(source, { timeoutMs: 200 }, { logType: 'Tail' })
    const pid = Number(/pid (\d+)/.exec(logTail ?? '')?.[1])
    await expect.poll(() => hasEnded(pid)).toBe(true)
  })
})

describe('memory', () => {
  const killed = {
    errorType: 'Runtime.OutOfMemory',
    errorMessage: 'RequestId: ID Error: Runtime exited with error: signal: killed',
  }

  test.runIf(hasProc)('ends a function that takes more than its own', async () => {
    const result = await run(
      `exports.handler = async () => {
        const kept = []
        for (;;) { kept.push(Buffer.alloc(10_000_000, 1)); await new Promise((resolve) => setTimeout(resolve, 5)) }
      }`,
      { memoryMb: 128 },
    )
    expect(jsonOf(result.payload)).toEqual(killed)
    expect(result.maxMemoryUsedMb).toBe(128)
  })

  test('of the heap is limited too', async () => {
    const result = await run(
      `exports.handler = async () => { const kept = []; for (;;) kept.push(new Array(1000).fill(1.5)) }`,
      {
        memoryMb: 128,
      },
    )
    expect(jsonOf(result.payload)).toMatchObject({
      errorType: expect.stringMatching(/^Runtime\.(OutOfMemory|ExitError)$/),
    })
  })
})

describe('output', () => {
  test.each([
    ['console', `for (;;) console.log('x'.repeat(1000))`],
    ['standard output, by a program', `require('node:child_process').execSync('yes', { stdio: 'inherit' })`],
    [
      'standard output without a line break',
      `require('node:fs').writeSync(1, 'x'.repeat(50_000)); for (;;) require('node:fs').writeSync(1, 'x'.repeat(1000))`,
    ],
  ])('without end on the %s neither fills memory nor stops others', async (_kind, statement) => {
    let lines = 0
    const runtime = createRuntime({ folder: fixture.folder, log: () => lines++ })
    await runtime.define(functionOf(`exports.handler = async () => { ${statement} }`, { timeoutMs: 700 }))
    await runtime.define(functionOf('exports.handler = async () => 1', { name: 'other' }))
    await runtime.invoke('other', bytesOf({}))
    const before = process.memoryUsage().rss
    const flooding = runtime.invoke('pets', bytesOf({}), { requestId: 'ID', logType: 'Tail' })
    await new Promise((resolve) => setTimeout(resolve, 150))
    const started = performance.now()
    for (let i = 0; i < 10; i++) await runtime.invoke('other', bytesOf({}))
    expect(performance.now() - started).toBeLessThan(500)
    const { payload, logTail } = await flooding
    expect(jsonOf(payload)).toEqual(timedOut('0.70'))
    expect(Buffer.byteLength(logTail ?? '')).toBeLessThanOrEqual(4096)
    expect(lines).toBeGreaterThan(10)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    await runtime.close()
  })

  test('of one line is cut', async () => {
    await run(`exports.handler = async () => { console.log('x'.repeat(1_000_000)) }`, { name: 'pets' })
    expect(Math.max(...fixture.logs.map(({ message }) => message.length))).toBe(262_144)
  })

  test('and a sink that throws ends nothing', async () => {
    const log = (): void => {
      throw new Error('full')
    }
    const runtime = createRuntime({ folder: fixture.folder, log })
    await runtime.define(functionOf(`exports.handler = async () => { console.log('a'); return 1 }`))
    expect(jsonOf((await runtime.invoke('pets', bytesOf({}))).payload)).toBe(1)
    await runtime.close()
  })
})

describe('file descriptors', () => {
  const write = (bytes: string): string => `require('node:fs').writeSync(3, Buffer.from('${bytes}', 'hex'))`

  test.each([
    ['closes all of its own', `for (let fd = 0; fd < 64; fd++) { try { require('node:fs').closeSync(fd) } catch {} }`],
    ['writes a frame of no known kind', write('00000000ff')],
    ['claims a log line of 4 GB', `${write('ffffffff06')}; for (let i = 0; i < 100; i++) ${write('00'.repeat(1000))}`],
  ])('ends a function that %s', async (_kind, statement) => {
    const source = `exports.handler = async () => { ${statement}; await new Promise((resolve) => setTimeout(resolve, 1e6)) }`
    const result = await run(source, { timeoutMs: 3000 })
    expect(jsonOf(result.payload)).toMatchObject({ errorType: 'Runtime.ExitError' })
    expect(jsonOf((await run('exports.handler = async () => 1')).payload)).toBe(1)
  })

  test('answers written twice are taken once', async () => {
    const forged = write(`0000000103${Buffer.from('7').toString('hex')}`)
    await fixture.runtime.define(
      functionOf(`exports.handler = async () => { ${forged}; ${forged}; await 1; return 8 }`),
    )
    const answers = await Promise.all([1, 2].map(() => fixture.runtime.invoke('pets', bytesOf({}))))
    expect(answers.map(({ payload }) => jsonOf(payload))).toEqual([7, 7])
  })
})

describe('when this process is killed', () => {
  test('every sandbox ends, idle or busy', async () => {
    const source = (module: string): string => JSON.stringify(fileURLToPath(new URL(module, import.meta.url)))
    const script = `
      import { createRuntime } from ${source('./runtime.ts')}
      import { functionOf, bytesOf } from ${source('./fixture.ts')}
      const log = ({ message }) => { const pid = /pid (\\d+)/.exec(message)?.[1]; if (pid) console.log(pid) }
      const runtime = createRuntime({ folder: ${JSON.stringify(join(fixture.folder, 'killed'))}, log })
      await runtime.define(functionOf("exports.handler = async () => console.log('pid', process.pid)", { name: 'idle' }))
      await runtime.define(functionOf("exports.handler = async () => { console.log('pid', process.pid); for (;;); }", { name: 'busy' }))
      await runtime.invoke('idle', bytesOf({}))
      await runtime.invoke('busy', bytesOf({}))`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    parent.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    await expect.poll(() => printed.trim().split('\n').length, { timeout: 10_000 }).toBe(2)
    const pids = printed.trim().split('\n').map(Number)
    expect(await Promise.all(pids.map(hasEnded))).toEqual([false, false])
    parent.kill('SIGKILL')
    await expect.poll(() => Promise.all(pids.map(hasEnded)), { timeout: 5000 }).toEqual([true, true])
  })
})
