// Long work lets others work between its turns, and short work waits for nobody.
import { setImmediate as others } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('work of many turns lets an immediate run; within a turn nothing is waited for', async () => {
  await others()
  const turns = new Turns()
  expect(turns.next()).toBeUndefined()
  let counted = 0
  setImmediate(() => counted++)
  const endsAtMs = performance.now() + 8
  while (performance.now() < endsAtMs) {
    // Busy, as work is.
  }
  await turns.next()
  expect(counted).toBe(1)
  expect(turns.next()).toBeUndefined()
})

test('work that follows other work at once has what is left of its turn', async () => {
  await others()
  expect(new Turns().next()).toBeUndefined()
  const endsAtMs = performance.now() + 8
  while (performance.now() < endsAtMs) {
    // Busy, as work is.
  }
  expect(new Turns().next()).toBeInstanceOf(Promise)
  await others()
  expect(new Turns().next()).toBeUndefined()
})
