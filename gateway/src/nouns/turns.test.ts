// Long work lets others work between its turns, and short work waits for nobody.
import { setImmediate as others } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { Turns } from './turns.ts'

let nowMs = 1_000
const now = (): number => nowMs

// No turn of the test before lasts on.
beforeEach(() => others())

test('work of many turns lets an immediate run; within a turn nothing is waited for', async () => {
  const turns = new Turns(now)
  expect(turns.next()).toBeUndefined()
  let counted = 0
  setImmediate(() => counted++)
  nowMs += 8
  await turns.next()
  expect(counted).toBe(1)
  expect(turns.next()).toBeUndefined()
})

test('work that follows other work at once has what is left of its turn', async () => {
  expect(new Turns(now).next()).toBeUndefined()
  nowMs += 8
  expect(new Turns(now).next()).toBeInstanceOf(Promise)
  await others()
  expect(new Turns(now).next()).toBeUndefined()
})
