// Long work lets others work between its turns, and short work waits for nobody.
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('work of many turns lets an immediate run; within a turn nothing is waited for', async () => {
  const turns = new Turns()
  expect(turns.next()).toBeUndefined()
  let others = 0
  setImmediate(() => others++)
  const endsAtMs = performance.now() + 8
  while (performance.now() < endsAtMs) {
    // Busy, as work is.
  }
  await turns.next()
  expect(others).toBe(1)
  expect(turns.next()).toBeUndefined()
})
