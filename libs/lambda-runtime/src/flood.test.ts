// The brake lets bursts pass, stops floods, and lets go again.
import { expect, test } from 'vitest'
import { FloodBrake } from './flood.ts'

test('lets a burst pass and stops a flood until it is in time', async () => {
  const calls: string[] = []
  const brake = new FloodBrake(
    () => calls.push('stop'),
    () => calls.push('go'),
  )
  brake.count(399_999)
  expect(calls).toEqual([])
  const started = performance.now()
  brake.count(600_001)
  brake.count(1_000_000)
  await expect.poll(() => calls.length).toBeGreaterThan(0)
  brake.count(10_000_000)
  expect(calls).toEqual(['stop'])
  await expect.poll(() => calls, { timeout: 5000, interval: 10 }).toEqual(['stop', 'go'])
  expect(performance.now() - started).toBeGreaterThan(0)
  brake.close()
})
