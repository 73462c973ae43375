// Traces in memory against the contract of every keeper of traces.
import { tracesContract } from '../ports/traces.contract.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryTraces } from './memory-traces.ts'

const startMs = 1_795_161_600_000

tracesContract('memory, bounded by count', () => {
  const clock = new VirtualClock(startMs)
  return { clock, traces: createMemoryTraces({ clock, maximumTraces: 100 }) }
})

tracesContract('memory, bounded by size', () => {
  const clock = new VirtualClock(startMs)
  return { clock, traces: createMemoryTraces({ clock, maximumChars: 10_100_000 }) }
})
