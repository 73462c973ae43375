// Traces in memory against the contract of every keeper of traces.
import { expect, test } from 'vitest'
import { segment, tracesContract } from '../ports/traces.contract.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryTraces } from './memory-traces.ts'

const startMs = 1_795_161_600_000

tracesContract('memory, bounded by count', () => {
  const clock = new VirtualClock(startMs)
  return { clock, traces: createMemoryTraces({ clock, maximumTraces: 100 }) }
})

tracesContract('memory, bounded by size', () => {
  const clock = new VirtualClock(startMs)
  return { clock, traces: createMemoryTraces({ clock, maximumBytes: 10_100_000 }) }
})

const scope = { account: '000000000000', region: 'us-east-1' }

test('text of more bytes than characters comes back as it was, over many pieces of memory', () => {
  const clock = new VirtualClock(startMs)
  const traces = createMemoryTraces({ clock })
  const user = 'Zoë 🐕\n€'.repeat(1_000)
  for (let each = 0; each < 100; each++) traces.put(scope, segment(`1-${each}`, 'x', { user: `${user}${each}` }))
  for (const each of [0, 50, 99]) {
    expect(traces.find(scope, `1-${each}`)?.segments).toEqual([segment(`1-${each}`, 'x', { user: `${user}${each}` })])
  }
  traces.close()
})

test('what is gone is gone for who asked before, and what comes later is found', () => {
  const clock = new VirtualClock(startMs)
  const traces = createMemoryTraces({ clock, maximumBytes: 1_000_000 })
  const user = 'x'.repeat(10_000)
  traces.put(scope, segment('1-first', 'x', { user }))
  traces.put(scope, segment('1-first', 'y', { user }))
  expect(traces.find(scope, '1-first')?.segments.map(({ id }) => id)).toEqual(['x', 'y'])
  for (let each = 0; each < 1_000; each++) traces.put(scope, segment(`1-${each}`, 'x', { user }))
  traces.put(scope, segment('1-first', 'z'))
  expect(traces.find(scope, '1-first')?.segments.map(({ id }) => id)).toEqual(['z'])
  expect(traces.find(scope, '1-0')).toBeUndefined()
  expect(traces.find(scope, '1-999')?.segments).toEqual([segment('1-999', 'x', { user })])
  traces.close()
})
