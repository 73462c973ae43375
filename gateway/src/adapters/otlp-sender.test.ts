// Batches to a real HTTP server: when they go, what is tried again, what is given up, and that nothing grows.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { VirtualClock } from './clocks.ts'
import { OtlpSender, type OtlpSenderOptions } from './otlp-sender.ts'

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** `answers`: what each request is answered in turn, and 200 beyond; `hang` never is. */
async function open(answers: (Answer | 'hang')[] = [], options: Partial<OtlpSenderOptions<number>> = {}) {
  const batches: unknown[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    batches.push(await json(request))
    const answer = answers.shift() ?? { status: 200 }
    if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body ?? '{}')
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const clock = new VirtualClock()
  const said: Record<string, unknown>[] = []
  const sender = new OtlpSender<number>({
    signal: 'traces',
    target: { url, headers: {}, timeoutMs: 1_000, isCompressed: false },
    clock,
    log: createLog('warn', (line) => said.push(JSON.parse(line) as Record<string, unknown>)),
    encode: (items) => items,
    batchItems: 2,
    maximumWaiting: 4,
    ...options,
  })
  ends.push(() => sender.close())
  return { sender, clock, batches, said, server }
}

/** Moves the clock until something happened: the sender waits for answers in between. */
async function advanceUntil(clock: VirtualClock, happened: () => boolean, most = 200): Promise<void> {
  for (let step = 0; step < most && !happened(); step++) {
    clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(happened()).toBe(true)
}

describe('batches', () => {
  test('go when they are full, and the rest after five seconds', async () => {
    const { sender, clock, batches } = await open()
    sender.put([1, 2, 3])
    await expect.poll(() => batches).toEqual([[1, 2]])
    clock.advance(4_999)
    expect(batches).toHaveLength(1)
    clock.advance(1)
    await expect.poll(() => batches).toEqual([[1, 2], [3]])
    expect(sender.dropped).toBe(0)
  })

  test('that wait are bounded: more is dropped, counted, and told once', async () => {
    const { sender, said } = await open(['hang'])
    sender.put([1, 2])
    sender.put([3, 4, 5, 6, 7])
    sender.put([8])
    expect(sender.dropped).toBe(2)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatchObject({
      signal: 'traces',
      dropped: 1,
      message: 'telemetry could not be exported and was dropped',
    })
  })

  test('that wait when the gateway stops are sent then', async () => {
    const { sender, batches } = await open()
    sender.put([1])
    await sender.close()
    expect(batches).toEqual([[1]])
    sender.put([2])
    expect(sender.dropped).toBe(1)
  })
})

describe('a receiver', () => {
  test.each([429, 502, 503, 504])('that answers %i gets the same batch again', async (status) => {
    const { sender, clock, batches } = await open([{ status }, { status }])
    sender.put([1, 2])
    await advanceUntil(clock, () => batches.length === 3)
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
    expect(sender.dropped).toBe(0)
  })

  test('is waited for as long as it asks', async () => {
    const { sender, clock, batches } = await open([{ status: 503, headers: { 'Retry-After': '20' } }])
    sender.put([1, 2])
    await expect.poll(() => batches).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    clock.advance(19_999)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(batches).toHaveLength(1)
    clock.advance(1)
    await expect.poll(() => batches).toHaveLength(2)
  })

  test('that stays busy is given up after five attempts, with a count in the log', async () => {
    const { sender, clock, batches, said } = await open(
      Array.from({ length: 5 }, () => ({ status: 503, body: 'busy' })),
    )
    sender.put([1, 2])
    await advanceUntil(clock, () => sender.dropped > 0)
    expect([batches.length, sender.dropped]).toEqual([5, 2])
    expect(said[0]).toMatchObject({ dropped: 2, why: 'the receiver answered 503: busy' })
    sender.put([3, 4])
    await expect.poll(() => batches.at(-1)).toEqual([3, 4])
  })

  test('that refuses is not asked again', async () => {
    const { sender, batches, said } = await open([{ status: 400, body: 'bad span' }])
    sender.put([1, 2])
    await expect.poll(() => sender.dropped).toBe(2)
    expect(batches).toHaveLength(1)
    expect(said[0]).toMatchObject({ why: 'the receiver answered 400: bad span' })
  })

  test('that takes a part says so, and the rest is counted', async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } })
    const { sender, said } = await open([{ status: 200, body }])
    sender.put([1, 2])
    await expect.poll(() => sender.dropped).toBe(1)
    expect(said[0]).toMatchObject({ why: 'too old' })
  })

  test('that is not there is given up too, and holds nobody up when the gateway stops', async () => {
    const { sender, clock, server, batches, said } = await open()
    server.close()
    sender.put([1, 2])
    await advanceUntil(clock, () => sender.dropped === 2)
    expect(batches).toEqual([])
    expect(said[0]?.['why']).toMatch(/^fetch failed: connect ECONNREFUSED 127\.0\.0\.1:\d+$/)
    const startedMs = performance.now()
    sender.put([1])
    await sender.close()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(sender.dropped).toBe(3)
  })

  test('that hangs while the gateway stops costs no more than the time-out', async () => {
    const { sender } = await open(['hang', 'hang', 'hang'], { maximumWaiting: 10 })
    sender.put([1, 2, 3, 4])
    const startedMs = performance.now()
    await sender.close()
    expect(performance.now() - startedMs).toBeLessThan(5_500)
    expect(sender.dropped).toBe(4)
  })
})
