// The virtual clock: what is due runs in order, at its own time, and nothing else does.
import { expect, test } from 'vitest'
import { VirtualClock } from './clocks.ts'

test('runs what is due in order of time, with the clock at that time', () => {
  const clock = new VirtualClock(1000)
  const ran: [string, number][] = []
  clock.after(50, () => ran.push(['late', clock.now()]))
  clock.after(10, () => {
    ran.push(['early', clock.now()])
    clock.after(5, () => ran.push(['nested', clock.now()]))
  })
  const cancel = clock.after(20, () => ran.push(['never', clock.now()]))
  cancel()
  clock.advance(49)
  expect(ran).toEqual([
    ['early', 1010],
    ['nested', 1015],
  ])
  clock.advance(1)
  expect(ran.at(-1)).toEqual(['late', 1050])
  expect(clock.now()).toBe(1050)
})

test('refuses to move backwards', () => {
  expect(() => new VirtualClock(0).advance(-1)).toThrow('forward only')
})

test('is set as the time of a machine is: what waits goes on waiting as long', () => {
  const clock = new VirtualClock(1_000)
  let ran = 0
  clock.after(50, () => ran++)
  clock.set(500)
  clock.advance(49)
  expect([clock.now(), ran]).toEqual([549, 0])
  clock.set(1_000_000)
  clock.advance(1)
  expect([clock.now(), ran]).toEqual([1_000_001, 1])
})
