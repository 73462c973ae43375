// One timer for many times, one after the other: each is over when it was set to be, and not when it was taken back.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Deadline } from './deadline.ts'

test('a time that is over calls back once, not before it is over', async () => {
  const startedMs = performance.now()
  const expired: number[] = []
  const deadline = new Deadline(() => expired.push(performance.now() - startedMs))
  deadline.set(30)
  await wait(80)
  expect(expired).toHaveLength(1)
  expect(expired[0]).toBeGreaterThanOrEqual(30)
})

test('a time that is taken back never calls', async () => {
  let calls = 0
  const deadline = new Deadline(() => calls++)
  deadline.set(10)
  deadline.clear()
  await wait(40)
  expect(calls).toBe(0)
})

test('a time that is set while the timer of an earlier one runs is over at its own moment', async () => {
  const startedMs = performance.now()
  const expired: number[] = []
  const deadline = new Deadline(() => expired.push(performance.now() - startedMs))
  deadline.set(40)
  deadline.clear()
  await wait(20)
  const setMs = performance.now() - startedMs
  deadline.set(40)
  await wait(120)
  expect(expired).toHaveLength(1)
  expect(expired[0]).toBeGreaterThanOrEqual(setMs + 40)
})

test('a shorter time than the one before is not held up by it', async () => {
  let calls = 0
  const deadline = new Deadline(() => calls++)
  deadline.set(60_000)
  deadline.set(10)
  await expect.poll(() => calls, { interval: 5 }).toBe(1)
  deadline.close()
})

test('nothing calls after it was closed', async () => {
  let calls = 0
  const deadline = new Deadline(() => calls++)
  deadline.set(10)
  deadline.close()
  await wait(40)
  expect(calls).toBe(0)
})
