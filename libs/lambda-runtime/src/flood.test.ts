// The brake lets bursts pass, stops floods, and lets go again.
import { expect, test } from 'vitest'
import { FloodBrake } from './flood.ts'

test('lets a burst pass, stops a flood until it is in time, and lets go', async () => {
  const calls: string[] = []
  const brake = new FloodBrake(
    () => calls.push('stop'),
    () => calls.push('go'),
  )
  brake.count(400_000)
  expect(calls).toEqual([])
  const startedMs = performance.now()
  brake.count(1_000_000)
  expect(calls).toEqual(['stop'])
  // Bytes that were under way when it stopped make the pause longer: 3 MB take 150 ms.
  brake.count(2_000_000)
  await expect.poll(() => calls, { interval: 5 }).toEqual(['stop', 'go'])
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149)
  brake.close()
})
