// Remembered verdicts: for how long, also when the clock is set.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { Clock } from '../../ports/clock.ts'
import { VerdictMemory } from './verdict-memory.ts'

const hour = 3_600_000
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const verdict = { bytes: 10 }

/** A clock that shows whatever it is set to. */
class SetClock implements Clock {
  nowMs: number

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  now(): number {
    return this.nowMs
  }

  after(): () => void {
    return () => {}
  }
}

async function remembering(clock: Clock): Promise<VerdictMemory<typeof verdict>> {
  const memory = new VerdictMemory<typeof verdict>(60, clock)
  await memory.ask(['ada'], async () => verdict)
  return memory
}

test('a verdict holds for its time to live, and tells since when', async () => {
  const clock = new SetClock(hour)
  const memory = await remembering(clock)
  clock.nowMs += 59_999
  expect(memory.known(['ada'])).toEqual({ verdict, sinceMs: hour })
  expect(memory.known(['ada', ''])).toBeUndefined()
  clock.nowMs += 1
  expect(memory.known(['ada'])).toBeUndefined()
})

test('a clock that is set back makes no verdict live longer, and one that is set ahead ends it', async () => {
  const clock = new SetClock(10 * hour)
  const memory = await remembering(clock)
  clock.nowMs = 9 * hour
  expect(memory.known(['ada'])).toBeUndefined()
  await memory.ask(['ada'], async () => verdict)
  expect(memory.known(['ada'])?.sinceMs).toBe(9 * hour)
  clock.nowMs += 60_000
  expect(memory.known(['ada'])).toBeUndefined()
  await memory.ask(['ada'], async () => verdict)
  clock.nowMs = 20 * hour
  expect(memory.known(['ada'])).toBeUndefined()
})

test('identities of several values are not confused with each other', async () => {
  const memory = new VerdictMemory<{ bytes: number; of: string }>(60, new SetClock(0))
  for (const of of ['a|b', 'ab|', '|ab', 'a","b|c', 'a|b","c']) {
    await memory.ask(of.split('|'), async () => ({ bytes: 1, of }))
    expect(memory.known(of.split('|'))?.verdict.of).toBe(of)
  }
})

test('takes memory for what it remembers, and remembers 10,000 verdicts at most', async () => {
  collectGarbage()
  const before = usedBytes()
  const memories = Array.from({ length: 200 }, () => new VerdictMemory<typeof verdict>(60, new SetClock(0)))
  collectGarbage()
  expect((usedBytes() - before) / memories.length).toBeLessThan(20_000)

  const [memory] = memories
  for (let index = 0; index < 10_001; index++) await memory?.ask([`user-${index}`], async () => verdict)
  expect([0, 3, 10_000].map((index) => memory?.known([`user-${index}`]) !== undefined)).toEqual([false, true, true])
})

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
