// Counters of one process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { countersContract } from '../ports/counters.contract.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryCounters } from './memory-counters.ts'
import { createMemoryStore } from './memory-store.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-counters-'))
let files = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const stores = { memory: createMemoryStore, SQLite: () => openSqliteStore(join(folder, `${files++}.db`)) }

for (const [name, store] of Object.entries(stores)) {
  countersContract(`of one process, kept in the ${name} store`, {
    store,
    clock: (startMs) => new VirtualClock(startMs),
    counters: (store, clock) => createMemoryCounters(store, clock as VirtualClock),
  })
}

test('buckets that are full again are forgotten', async () => {
  const clock = new VirtualClock(0)
  const counters = createMemoryCounters(createMemoryStore(), clock)
  for (let index = 0; index < 1_000; index++) {
    void counters.admit([{ kind: 'bucket', key: `k${index}`, rate: index < 900 ? 1 : 0.001, burst: 2 }])
  }
  expect(counters.buckets.size).toBe(1_000)
  clock.advance(10_000)
  await expect.poll(() => counters.buckets.size).toBe(100)
  await expect
    .poll(() => {
      clock.advance(1_000_000)
      return counters.buckets.size
    })
    .toBe(0)
})

test('a clock that goes back gives nothing and takes nothing', () => {
  let nowMs = 1_000_000
  const clock = { now: () => nowMs, after: () => () => {} }
  const counters = createMemoryCounters(createMemoryStore(), clock)
  const limits = [{ kind: 'bucket', key: 'a', rate: 1, burst: 2 } as const]
  expect([counters.admit(limits), counters.admit(limits), counters.admit(limits)]).toEqual([-1, -1, 0])
  nowMs = 0
  expect(counters.admit(limits)).toBe(0)
  nowMs = 1_001_000
  expect(counters.admit(limits)).toBe(-1)
  nowMs = Number.MAX_SAFE_INTEGER
  expect(counters.admit(limits)).toBe(-1)
})
